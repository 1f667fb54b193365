import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of eachKind) {
  describe(`secrets on ${framework.name}`, () => secrets(framework))
}

type OwnPage = NonNullable<SiteOptions['pages']>[string]
type Form = ReturnType<Parameters<OwnPage>[0]['form']>

const typed = {
  text: 'typed text',
  password: 'hunter-1',
  code: 'hunter-2',
  word: 'hunter-3',
  'card[number]': 'hunter-4',
  _note: 'hunter-5',
  door: 'hunter-6',
}

/** The fields that a page sends when `door` is a password on it. */
const { door, ...others } = typed
const sent = { ...others, 'sealform.secret.door': door }

const beginning = (form: Form) => html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>`
const ending = (form: Form) => html`<input ${form.input('password', { type: 'password' })}>
  <input ${form.input('code', { type: 'PASSWORD' })}><input ${form.input('word')}>
  <input ${form.control('card.number', { type: 'password' })}>${form.textarea('_note')}
  <input ${form.input('door', { type: 'password' })}></form>`

const whole: OwnPage = (view, act) => {
  const form = view.form(act)
  return { html: html`${beginning(form)}${ending(form)}` }
}

function secrets(framework: Framework): void {
  const fieldsOf = z.object({ word: z.string().meta({ format: 'password' }).optional() })
  const options: SiteOptions = {
    run: () => invalid({ text: 'Not that' }),
    action: { secrets: ['code', 'card'], input: fieldsOf as never, limits: { depth: 2 } },
  }

  /** Sends a form that this site has not rendered, as another process would have. */
  async function send(site: Site, path = '/page', fields: Readonly<Record<string, string>> = sent) {
    const { fields: hidden } = formIn((await site.request.get('/form')).text, 'act')
    return site.request.post(path).redirects(0).set(fromSamePage).send(urlencoded(hidden, fields))
  }

  /** The form on `/form` has its hidden fields and no controls. */
  function open(t: TestContext, page: OwnPage, more: SiteOptions = {}): Promise<Site> {
    const form: OwnPage = (view, act) => {
      const { attributes, fields } = view.form(act)
      return { html: html`<form ${attributes}>${fields}</form>` }
    }
    return openSite(t, framework, { ...options, ...more, pages: { '/page': page, '/form': form } })
  }

  it('never come back on the page that shows the outcome, and everything else does', async (t) => {
    const site = await open(t, whole)
    const answer = await send(site)
    assert.equal(answer.status, 422)
    assert.match(answer.text, /value="typed text"/)
    assert.match(answer.text, /<input [^>]*name="word"[^>]*type="password"/)
    assert.match(answer.text, /<input id="act-door" name="sealform.secret.door" type="password">/)
    assert.doesNotMatch(answer.text, /hunter/)
  })

  it('never come back through a function that reads what was sent', async (t) => {
    const read: unknown[] = []
    const site = await open(t, (view, act) => {
      const form = view.form(act)
      read.length = 0
      for (const [name, value] of Object.entries(typed)) {
        read.push([
          name,
          form.value(name, 'fallback'),
          form.values(name, ['fallback']),
          form.checked(name, value),
        ])
      }
      const first = beginning(form)
      const controls = Object.keys(typed).map(
        (name) => html`<input ${form.input(name, { type: 'hidden' })}><input ${form.input(name)}>
          ${form.textarea(name)}${form.select(name, ['other'])}<input ${form.control(name)}>
          <input ${form.input(name, { type: 'checkbox', value: 'other' })}>`,
      )
      return { html: html`${first}${controls.slice(1)}</form>` }
    })
    const answer = await send(site)
    assert.equal(answer.status, 422)
    assert.deepEqual(read, [
      ['text', 'typed text', ['typed text'], true],
      ...['password', 'code', 'word', 'card[number]', '_note', 'door'].map((name) => [
        name,
        'fallback',
        [],
        false,
      ]),
    ])
    assert.match(answer.text, /value="typed text"/)
    assert.doesNotMatch(answer.text, /hunter/)
  })

  it('never come back when the page throws before its controls, or after them', async (t) => {
    for (const brokenAt of [0, 1, 2]) {
      const site = await open(t, (view, act) => {
        const form = view.form(act)
        const parts = [() => '', () => beginning(form), () => ending(form)]
        for (const part of parts.slice(0, brokenAt + 1)) String(part())
        throw new Error('the template broke')
      })
      const answer = await send(site)
      assert.equal(answer.status, 422)
      assert.match(answer.text, /value="typed text"/)
      for (const name of ['password', 'code', 'word', 'card[number]', 'sealform.secret.door']) {
        assert.ok(answer.text.includes(`<input type="password" id="secret-`), name)
        assert.ok(answer.text.includes(`name="${name}"></p>`), name)
      }
      assert.doesNotMatch(answer.text, /hunter|_note/)
    }
  })

  it('never come back in place of a region that failed', async (t) => {
    const site = await open(t, (view, act) => ({
      html: html`<title>Page</title>${view.region('box', () => {
        beginning(view.form(act))
        throw new Error('the template broke')
      })}`,
    }))
    const answer = await send(site)
    assert.match(
      answer.text,
      /<title>Page<\/title><div data-sealform-region id="box"[\s\S]*value="typed text"/,
    )
    assert.doesNotMatch(answer.text, /hunter|_note/)
  })

  it('never come back where there is no page, or with a seal that does not open', async (t) => {
    const site = await open(t, whole)
    const missing = await send(site, '/nowhere')
    assert.match(missing.text, /value="typed text"/)
    assert.doesNotMatch(missing.text, /hunter/)
    const { fields } = formIn((await site.request.get('/form')).text, 'act')
    for (const path of ['/page', '/nowhere']) {
      const answer = await site.request
        .post(path)
        .set(fromSamePage)
        .send(urlencoded({ ...fields, sealform: 'AAAA' }, sent))
      assert.equal(answer.status, 400)
      assert.match(answer.text, /typed text/)
      assert.doesNotMatch(answer.text, /hunter/)
    }
  })

  it('never come back where the action is unknown', async (t) => {
    const other = await openSite(t, framework, {
      define: (actions) => ({ gone: actions.define('gone', async () => {}) }),
      pages: {
        '/form': (view, _act, { gone }) => {
          const form = view.form(gone!)
          return { html: html`${beginning(form)}<input ${form.input('door', { type: 'password' })}></form>` }
        },
      },
    })
    const { fields } = formIn((await other.request.get('/form')).text, 'gone')
    const site = await open(t, whole)
    for (const path of ['/page', '/nowhere']) {
      const answer = await site.request.post(path).set(fromSamePage).send(urlencoded(fields, sent))
      assert.equal(answer.status, 409)
      assert.match(answer.text, /typed text/)
      assert.doesNotMatch(answer.text, /hunter/)
    }
  })

  it('never come back when only a validation was asked for, nor in a region alone', async (t) => {
    const site = await open(t, (view, act) => {
      const form = view.form(act)
      return { html: view.region('box', html`<div id="box">${beginning(form)}${ending(form)}</div>`) }
    })
    const { fields } = formIn((await site.request.get('/form')).text, 'act')
    for (const headers of [
      { 'Sealform-Validate': '' },
      { 'Sealform-Region': 'box' },
      { 'X-Up-Validate': 'text' },
    ]) {
      const answer = await site.request
        .post('/page')
        .set({ ...fromSamePage, ...headers })
        .send(urlencoded(fields, sent))
      assert.match(answer.text, /value="typed text"/)
      assert.doesNotMatch(answer.text, /hunter/)
    }
  })

  it('do not count as input that a form of another version has no place for', async (t) => {
    const old = await open(t, whole, { action: { ...options.action, version: 1 } })
    const site = await open(t, (view, act) => ({ html: html`${beginning(view.form(act))}</form>` }), {
      action: { ...options.action, version: 2 },
    })
    const { fields } = formIn((await old.request.get('/form')).text, 'act')
    const answer = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields, sent))
    assert.equal(answer.status, 409)
    assert.match(answer.text, /<form id="act"[\s\S]*value="typed text"/)
    assert.doesNotMatch(answer.text, /hunter/)
  })

  it('keep the value that the page itself gives', async (t) => {
    const site = await open(t, (view, act) => {
      const form = view.form(act)
      const own = form.input('code', { type: 'hidden', value: 'from the page' })
      return { html: html`${beginning(form)}<input ${own}></form>` }
    })
    assert.match((await send(site)).text, /name="code" type="hidden" value="from the page"/)
  })

  it('are known from the control alone, and action, schema and issues use the name of the field', async (t) => {
    const ran: unknown[] = []
    const site = await openSite(t, framework, {
      action: {
        input: z.object({
          door: z
            .string()
            .min(3)
            .refine((code) => code !== 'hunter-0', 'Not that code'),
        }) as never,
      },
      run: ({ formData, input }) => {
        ran.push([...formData], input)
        return invalid({ door: 'No such door' })
      },
      pages: {
        '/page': (view, act) => {
          const form = view.form(act)
          const control = form.input('door', { type: 'password' })
          return {
            html: html`<form ${form.attributes}>${form.fields}<input ${control}>${form.issue('door')}</form>`,
          }
        },
      },
    })
    const { fields, html: page } = formIn((await site.request.get('/page')).text, 'act')
    assert.match(
      page,
      /<input id="act-door" name="sealform.secret.door" type="password" required minlength="3">/,
    )
    for (const [code, message] of [
      ['hunter-0', 'Not that code'],
      ['hunter-1', 'No such door'],
    ]) {
      const answer = await site.request
        .post('/page')
        .set(fromSamePage)
        .send(urlencoded(fields, { 'sealform.secret.door': code ?? '' }))
      assert.equal(answer.status, 422)
      assert.match(answer.text, /name="sealform.secret.door" [^>]*aria-describedby="act-door-issue"/)
      assert.match(answer.text, new RegExp(`<p class="sealform-issue" id="act-door-issue">${message}`))
      assert.doesNotMatch(answer.text, /hunter/)
    }
    assert.deepEqual(ran, [[['door', 'hunter-1']], { door: 'hunter-1' }])
  })

  it('carry the prefix in their name only when nothing but the password control says that the field is secret', async (t) => {
    const printed: Readonly<Record<string, (form: Form) => ReturnType<Form['input']>>> = {
      'sealform.secret.door': (form) => form.input('door', { type: 'password' }),
      'sealform.secret.Door': (form) => form.input('Door', { type: 'PassWord' }),
      'sealform.secret.gate': (form) => form.control('gate', { Type: 'password' }),
      doorPin: (form) => form.input('doorPin', { type: 'password' }),
      text: (form) => form.input('text', { 'data-type': 'password', title: 'type="password"' }),
      code: (form) => form.input('code', { type: 'password' }),
    }
    const site = await open(t, (view, act) => {
      const form = view.form(act)
      return { html: html`${Object.values(printed).map((print) => html`<input ${print(form)}>`)}` }
    })
    const { text } = await site.request.get('/page')
    assert.deepEqual(
      [...text.matchAll(/ name="([^"]*)"/g)].map(([, name]) => name),
      Object.keys(printed),
    )
  })

  it('never come back from a name that is printed as a password and as a text', async (t) => {
    const site = await open(t, (view, act) => {
      const form = view.form(act)
      const twice = html`<input ${form.input('door')}><input ${form.input('door', { type: 'password' })}>`
      return { html: html`${beginning(form)}${twice}${form.value('door', 'none')}</form>` }
    })
    const { text } = await site.request.get('/page')
    assert.match(text, /id="act-door" name="door"><input id="act-door-2" name="sealform.secret.door"/)
    for (const path of ['/page', '/nowhere']) {
      const answer = await send(site, path, {
        door: 'hunter-1',
        'sealform.secret.door': 'hunter-2',
        text: 'typed text',
      })
      assert.match(answer.text, /value="typed text"/)
      assert.doesNotMatch(answer.text, /hunter/)
    }
  })

  it('keep the name of their control on the built-in page, so that they stay secret', async (t) => {
    const site = await open(t, whole)
    const first = await send(site, '/nowhere')
    const label =
      /<label for="(secret-\d)">door<\/label><br><input type="password" id="\1" name="sealform.secret.door">/
    assert.match(first.text, label)
    const again = await site.request
      .post('/nowhere')
      .set(fromSamePage)
      .send(urlencoded(fieldsIn(first.text), sent))
    assert.match(again.text, label)
    assert.doesNotMatch(again.text, /hunter/)
  })

  it('find their row, and count as input that the form has a place for', async (t) => {
    const page: OwnPage = (view, act) => {
      const form = view.form(act)
      const rows = form
        .indexes('rows', [0])
        .map((i) => html`<input ${form.input(`rows[${i}].key`, { type: 'password' })}>`)
      return { html: html`${beginning(form)}${rows}</form>` }
    }
    const old = await open(t, page, { action: { ...options.action, version: 1 } })
    const site = await open(t, page, { action: { ...options.action, version: 2 } })
    const { fields } = formIn((await old.request.get('/form')).text, 'act')
    const answer = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'typed text', 'sealform.secret.rows[7].key': 'hunter' }))
    assert.equal(answer.status, 409)
    assert.match(
      answer.text,
      /value="typed text"><input id="act-rows\[7\].key" name="sealform.secret.rows\[7\].key"/,
    )
    assert.doesNotMatch(answer.text, /hunter/)
  })
}

/** The hidden fields of the form on the built-in page. */
function fieldsIn(page: string): Record<string, string> {
  const hidden = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]))
}
