import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { redirect, SealformError } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework, type View } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of eachKind) describe(`wrong use on ${framework.name}`, () => cases(framework))

type Show = NonNullable<SiteOptions['pages']>[string]

/** Opens a page that uses its form wrongly. The error that names the mistake has reached the app's own handler. */
async function refusedPage(t: TestContext, framework: Framework, page: Show): Promise<SealformError> {
  const site = await openSite(t, framework, {
    define: (actions) => ({
      order: actions.define('order', {
        input: z.object({ tags: z.array(z.string()) }),
        run: () => undefined,
      }),
    }),
    pages: { '/wrong': page },
  })
  await site.request.get('/wrong').expect(500)
  const [failure] = await site.failed(1)
  assert.ok(failure?.error instanceof SealformError, String(failure?.error))
  return failure.error
}

function cases(framework: Framework): void {
  const wrong = (t: TestContext, page: Show) => refusedPage(t, framework, page)

  it('refuses misspelt options of a form, with the one that was meant', async (t) => {
    const error = await wrong(t, (view, act) => {
      view.form(act, { intial: 1 } as never)
      return { html: '' }
    })
    assert.equal(error.code, 'ERR_OPTION_INVALID')
    assert.equal(error.message, `form('act') has no option "intial"; did you mean "initial"?`)
  })

  it('refuses a key that is neither text nor number', async (t) => {
    for (const key of [null, {}, ['a'], true, Number.NaN, '']) {
      const error = await wrong(t, (view, act) => {
        view.form(act, { key } as never)
        return { html: '' }
      })
      assert.equal(error.code, 'ERR_FORM_INVALID')
      assert.match(error.message, /^The key of a form of "act" must /)
    }
  })

  it('refuses a control for files that the action does not declare', async (t) => {
    const error = await wrong(t, (view, act) => {
      const form = view.form(act)
      return {
        html: html`<form ${form.attributes}>${form.fields}<input ${form.input('photo', { type: 'file' })}></form>`,
      }
    })
    assert.equal(error.code, 'ERR_FORM_INVALID')
    assert.match(error.message, /the action "act" takes no file in "photo"/)
  })

  it('refuses misspelt attributes of each control and button', async (t) => {
    const misspelt = { requried: true } as const
    for (const print of [
      (form: ReturnType<View['form']>) => form.input('a', misspelt),
      (form: ReturnType<View['form']>) => form.textarea('a', misspelt),
      (form: ReturnType<View['form']>) => form.select('a', [], misspelt),
      (form: ReturnType<View['form']>) => form.validate(misspelt),
    ]) {
      const error = await wrong(t, (view, act) => ({ html: print(view.form(act)) }))
      assert.match(error.message, /HTML has no attribute "requried"; did you mean "required"\?$/)
    }
    const error = await wrong(t, (view, act) => ({ html: view.form(act).submit(act, misspelt) }))
    assert.match(error.message, /^form\.submit\(\): HTML has no attribute "requried"/)
  })

  it('refuses a control whose name leads deeper than the action reads', async (t) => {
    const error = await wrong(t, (view, _act, { order }) => ({ html: view.form(order!).input('tags[]') }))
    assert.equal(error.code, 'ERR_FORM_INVALID')
    assert.match(
      error.message,
      /^The field name "tags\[\]" leads into "tags", but limits\.depth is 0.*depth: 1/,
    )
  })

  it('refuses misspelt options of a region, and a fallback that makes nothing', async (t) => {
    const misspelt = await wrong(t, (view) => ({
      html: view.region('a', '<p id="a">', { fallbck: 1 } as never),
    }))
    assert.match(misspelt.message, /^region\('a'\) has no option "fallbck"; did you mean "fallback"\?$/)
    const text = await wrong(t, (view) => ({
      html: view.region('a', '<p id="a">', { fallback: '' } as never),
    }))
    assert.match(text.message, /^region\('a'\): "fallback" must be a function/)
  })

  it('runs no action and says why when the response was sent before the form arrived here', async (t) => {
    let answer: ((res: ServerResponse) => void) | undefined
    const site = await openSite(t, framework, {
      before: async (_req, res) => {
        answer?.(res)
      },
    })
    const hidden = await site.fields()
    const large = { text: 'x'.repeat(200_000) }
    for (const early of [
      (res: ServerResponse) => res.writeHead(302, { Location: '/login' }).end(),
      (res: ServerResponse) => res.end('Sorry'),
      (res: ServerResponse) => {
        res.writeHead(200).write('So')
        setTimeout(() => res.end('rry'), 100)
      },
    ]) {
      for (const fields of [{}, large]) {
        site.failures.length = 0
        answer = early
        const { status } = await site.request
          .post('/page')
          .redirects(0)
          .set(fromSamePage)
          .send(urlencoded(hidden, fields))
        assert.ok(status === 302 || status === 200, String(status))
        const [failure] = await site.failed(1)
        assert.ok(failure?.error instanceof SealformError)
        assert.equal(failure.error.code, 'ERR_ALREADY_ANSWERED')
        assert.match(failure.error.message, /^This form was not processed: .*await next\(\)/)
        assert.doesNotMatch(failure.error.message, /body parser/)
        assert.equal(site.failures.length, 1)
      }
    }
    answer = undefined
    assert.deepEqual(site.runs, [])
    assert.equal((await site.submit()).status, 200)
    assert.deepEqual(site.runs, ['b1'])
  })

  it('says that the action has run when other code answers meanwhile', async (t) => {
    const answers: (() => void)[] = []
    const site = await openSite(t, framework, {
      before: async (req, res) => {
        if (req.method === 'POST') answers.push(() => res.writeHead(503).end('Too slow'))
      },
      run: async () => {
        for (const answer of answers.splice(0)) answer()
        return redirect('/page')
      },
    })
    const { status } = await site.submit()
    assert.equal(status, 503)
    const [failure] = await site.failed(1)
    assert.ok(failure?.error instanceof SealformError)
    assert.match(failure.error.message, /^The action of this form has run, but the visitor does not see/)
    assert.equal((await site.request.get('/page')).status, 200)
  })

  it('reports an outcome that lacks its argument, and gives the input back', async (t) => {
    const site = await openSite(t, framework, { run: () => Reflect.apply(redirect, undefined, []) })
    const { status, text } = await site.submit()
    assert.equal(status, 500)
    assert.match(formIn(text, 'act').html, /value="typed"/)
    const [failure] = await site.failed(1)
    assert.ok(failure?.error instanceof SealformError)
    assert.match(failure.error.message, /^redirect\(\) needs the target/)
  })
}
