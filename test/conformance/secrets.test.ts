import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { done, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of frameworks) {
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
}

const beginning = (form: Form) => html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>`
const ending = (form: Form) => html`<input ${form.input('password', { type: 'password' })}>
  <input ${form.input('code', { type: 'PASSWORD' })}><input ${form.input('word')}>
  <input ${form.control('card.number', { type: 'password' })}>${form.textarea('_note')}</form>`

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
  async function send(site: Site, path = '/page', fields: Readonly<Record<string, string>> = typed) {
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
    assert.doesNotMatch(answer.text, /hunter/)
  })

  it('never come back by any way to read what was sent', async (t) => {
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
      ...['password', 'code', 'word', 'card[number]', '_note'].map((name) => [name, 'fallback', [], false]),
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
      for (const name of ['password', 'code', 'word', 'card[number]']) {
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
    assert.match(answer.text, /<title>Page<\/title><div id="box"[\s\S]*value="typed text"/)
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
        .send(urlencoded({ ...fields, sealform: 'AAAA' }, typed))
      assert.equal(answer.status, 400)
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
        .send(urlencoded(fields, typed))
      assert.match(answer.text, /value="typed text"/)
      assert.doesNotMatch(answer.text, /hunter/)
    }
  })

  it('are not what a form of another version has no place for', async (t) => {
    const old = await open(t, whole, { action: { ...options.action, version: 1 } })
    const site = await open(t, (view, act) => ({ html: html`${beginning(view.form(act))}</form>` }), {
      action: { ...options.action, version: 2 },
    })
    const { fields } = formIn((await old.request.get('/form')).text, 'act')
    const answer = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields, typed))
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

  it('have to be known before a page may print one as a password', async (t) => {
    const site = await openSite(t, framework, {
      run: () => done(),
      pages: Object.fromEntries(
        Object.entries({
          '/input': (form: Form) => form.input('door', { type: 'password' }),
          '/case': (form: Form) => form.input('door', { type: 'PassWord' }),
          '/control': (form: Form) => form.control('door', { Type: 'password' }),
          '/named': (form: Form) => form.input('doorPin', { type: 'password' }),
          '/other': (form: Form) => form.input('door', { 'data-type': 'password', title: 'type="password"' }),
        }).map(([path, print]): [string, OwnPage] => [
          path,
          (view, act) => ({ html: html`<input ${print(view.form(act))}>` }),
        ]),
      ),
    })
    for (const path of ['/input', '/case', '/control']) {
      const answer = await site.request.get(path)
      assert.equal(answer.status, 500, path)
    }
    assert.deepEqual(
      (await site.failed(3))
        .map(({ error }) => error)
        .map((error) => [String(error), Reflect.get(Object(error), 'code')]),
      Array(3).fill([
        `SealformError [ERR_SECRET_UNDECLARED]: A form of "act" prints the field "door" as a password, and nothing else says that it is secret. Declare it, so that no page gives it back: actions.define('act', { secrets: ['door'], … }).`,
        'ERR_SECRET_UNDECLARED',
      ]),
    )
    for (const path of ['/named', '/other']) assert.equal((await site.request.get(path)).status, 200, path)
  })
}
