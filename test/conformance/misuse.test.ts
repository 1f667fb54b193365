import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { redirect, SealformError } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn } from '../setup/koa-app.js'
import { type Framework, frameworks, type View } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of frameworks) describe(`wrong use on ${framework.name}`, () => cases(framework))

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
