import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { forbidden, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of eachKind) {
  describe(`what a page says of all its forms on ${framework.name}`, () => cases(framework))
}

/** A page with a form for each of three rows, and the summary above them. The layout is printed before or after the forms are made. */
function listPage(order: 'layout first' | 'forms first'): NonNullable<SiteOptions['pages']>[string] {
  return (view, _act, rows) => {
    const top = () => String(html`<title>${view.forms.titlePrefix}Rows</title>${view.forms.summary()}`)
    const early = order === 'layout first' ? top() : ''
    const forms = Object.values(rows).map((row) => {
      const form = view.form(row)
      return html`<form ${form.attributes}>${form.fields}<input ${form.input('name')}>${form.issue('name')}</form>`
    })
    return { html: `<!doctype html><html lang="en">${early || top()}${forms.join('')}</html>` }
  }
}

function listSite(run: (name: string) => unknown): SiteOptions {
  return {
    define: (actions) => {
      const row = actions.define('row', async ({ formData }, _id: string) =>
        run(String(formData.get('name'))),
      )
      return { first: row.bind(null, '1'), second: row.bind(null, '2'), third: row.bind(null, '3') }
    },
    pages: { '/early': listPage('layout first'), '/late': listPage('forms first') },
  }
}

function cases(framework: Framework): void {
  it('is nothing on a visit and after success', async (t) => {
    const site = await openSite(
      t,
      framework,
      listSite(() => 'kept'),
    )
    const page = await site.request.get('/early')
    assert.match(page.text, /<title>Rows<\/title><form /)
    const { fields } = formIn(page.text, 'row')
    const done = await site.request
      .post('/early')
      .set(fromSamePage)
      .send(urlencoded(fields, { name: 'x' }))
    assert.equal(done.status, 200)
    assert.match(done.text, /<title>Rows<\/title><form /)
  })

  for (const path of ['/early', '/late']) {
    it(`tells what is wrong with the form that was sent, whichever it is: ${path}`, async (t) => {
      const site = await openSite(
        t,
        framework,
        listSite(() => invalid({ name: 'Too <short>' })),
      )
      const page = await site.request.get(path)
      const { fields } = formIn(page.text, 'row-2')
      const { status, text } = await site.request
        .post(path)
        .set(fromSamePage)
        .send(urlencoded(fields, { name: 'x' }))
      assert.equal(status, 422)
      assert.match(text, /<title>Error: Rows<\/title>/)
      assert.equal(text.match(/role="alert"/g)?.length, 1, 'one summary, and no notice beside it')
      assert.match(text, /<div class="sealform-summary" id="row-2-summary" role="alert"/)
      assert.match(text, /<a href="#row-2-name">Too &lt;short&gt;<\/a>/)
      assert.equal(formIn(text, 'row-2').html.match(/id="row-2-name"/g)?.length, 1, 'the link leads there')
    })

    it(`tells a refusal that is about no field: ${path}`, async (t) => {
      const site = await openSite(
        t,
        framework,
        listSite(() => forbidden()),
      )
      const { fields } = formIn((await site.request.get(path)).text, 'row')
      const { status, text } = await site.request.post(path).set(fromSamePage).send(urlencoded(fields))
      assert.equal(status, 403)
      assert.match(text, /<title>Error: Rows<\/title>/)
      assert.match(text, /id="row-summary"[^>]*>.*<p>You are not allowed to do this/s)
    })
  }

  it('tells nothing twice when the summary is printed before the form is made', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Too short', '': 'Not today' }),
      pages: {
        '/page': (view, act) => {
          const top = String(view.forms.summary())
          const form = view.form(act)
          return { html: `<!doctype html>${top}<form ${form.attributes}>${form.fields}</form>` }
        },
      },
    })
    const { status, text } = await site.submit()
    assert.equal(status, 422)
    for (const words of [/Too short/g, /Not today/g])
      assert.equal(text.match(words)?.length, 1, String(words))
  })

  it('leaves no message out when the summary is asked for and not printed', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid({ '': 'Not today' }),
      pages: {
        '/page': (view, act) => {
          view.forms.summary()
          const form = view.form(act)
          return { html: html`<!doctype html><form ${form.attributes}>${form.fields}</form>` }
        },
      },
    })
    const { status, text } = await site.submit()
    assert.equal(status, 422)
    assert.equal(text.match(/Not today/g)?.length, 1)
  })

  it('is a whole form with one button', async (t) => {
    const removed: string[] = []
    const site = await openSite(t, framework, {
      define: (actions) => {
        const remove = actions.define('remove', async ({ formData }, id: string) => {
          removed.push(`${id} ${String(formData.get('how'))}`)
          return id === '2' ? invalid({ '': 'It is <locked>' }) : redirect('/page')
        })
        return { first: remove.bind(null, '1'), second: remove.bind(null, '2') }
      },
      pages: {
        '/page': (view, _act, { first, second }) => {
          const own = { name: 'how', value: 'softly', class: 'quiet', 'data-confirm': 'Really?' }
          const attributes = { ...own, form: { class: 'row', 'data-region': 'list' } }
          const button = view.forms.button(first!, 'Remove <1>', attributes)
          return {
            html: html`<!doctype html><p>${button}</p><p>${view.forms.button(second!, html`<b>2</b>`, attributes)}</p>`,
          }
        },
      },
    })
    const { text } = await site.request.get('/page')
    const first = formIn(text, 'remove')
    assert.match(
      first.html,
      /^<form id="remove" method="post" accept-charset="utf-8" class="row" data-region="list">/,
    )
    assert.match(
      first.html,
      /<button type="submit" name="how" value="softly" class="quiet" data-confirm="Really\?">Remove &lt;1&gt;<\/button>$/,
    )
    const send = (id: string) =>
      site.request
        .post('/page')
        .set(fromSamePage)
        .send(urlencoded(formIn(text, id).fields, { how: 'softly' }))
    assert.equal((await send('remove')).status, 303)
    const refused = await send('remove-2')
    assert.equal(refused.status, 422)
    assert.match(formIn(refused.text, 'remove-2').html, /role="alert"><p>It is &lt;locked&gt;/)
    assert.doesNotMatch(formIn(refused.text, 'remove').html, /role="alert"/)
    assert.deepEqual(removed, ['1 softly', '2 softly'])
  })

  it('refuses attributes that would keep the button from its action', async (t) => {
    const misuses: readonly [object, RegExp][] = [
      [{ type: 'button' }, /^forms\.button\(\) got the attribute type="button"\. Use "submit"/],
      [{ formaction: '/x' }, /formaction="\/x"\. The form posts to its own page/],
      [{ name: 'sealform.x' }, /reserved/],
      [{ form: 'other' }, /"form" takes an object/],
      [{ form: { ACTION: '/x' } }, /got the attribute ACTION for its form/],
      [{ clas: 'x' }, /^forms\.button\(\): HTML has no attribute "clas"; did you mean "class"/],
    ]
    const seen: string[] = []
    const site = await openSite(t, framework, {
      pages: {
        '/page': (view, act) => {
          for (const [attributes, message] of misuses) {
            assert.throws(() => view.forms.button(act, 'Go', attributes as never), {
              code: 'ERR_FORM_INVALID',
              message,
            })
            seen.push(message.source)
          }
          assert.throws(() => view.forms.button(act, 3 as never), { message: /needs the text of the button/ })
          return { html: html`<!doctype html><p>ok</p>` }
        },
      },
    })
    assert.equal((await site.request.get('/page')).status, 200)
    assert.equal(seen.length, misuses.length)
  })
}
