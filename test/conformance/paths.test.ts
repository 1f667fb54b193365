import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type supertest from 'supertest'
import { invalid, redirect, type Submittable } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type Framework, frameworks, type View } from './frameworks.js'
import { openSite, type Site } from './site.js'

for (const framework of frameworks)
  describe(`the path of a form on ${framework.name}`, () => paths(framework))

type Act = Submittable<unknown>

function own(view: View, act: Act) {
  const form = view.form(act)
  return {
    html: html`${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}></form>`,
  }
}

const spellings = [
  '/page/',
  '/Page',
  '/%70age',
  '//page',
  '/page//',
  '/page;a',
  '/page%2F',
  '/page%00',
  '/',
  '/page/page',
]

function paths(framework: Framework): void {
  /** Pages with the same form `own`, which says nothing about its path. */
  async function open(t: TestContext, at: readonly string[] = ['/here', '/there']) {
    const ran: string[] = []
    const site = await openSite(t, framework, {
      define: (actions) => ({
        own: actions.define('own', async ({ formData }) => {
          const text = String(formData.get('text'))
          if (text === 'no') return invalid({ text: 'Not that' })
          ran.push(text)
          return redirect('/done')
        }),
      }),
      pages: Object.fromEntries(at.map((path) => [path, (view, _act, { own: act }) => own(view, act!)])),
    })
    return { site, ran }
  }

  async function fieldsAt(site: Site, path: string) {
    return formIn((await site.request.get(path).expect(200)).text, 'own').fields
  }

  function send(site: Site, path: string, fields: Record<string, string>): Promise<supertest.Response> {
    return site.request.post(path).redirects(0).set(fromSamePage).send(urlencoded(fields))
  }

  it('is the one of its page, with any query string', async (t) => {
    const { site, ran } = await open(t)
    const fields = await fieldsAt(site, '/here?tab=1')
    for (const path of ['/here?tab=1', '/here', '/here?tab=2&a=/there', '/here?']) {
      assert.equal((await send(site, path, { ...fields, text: path })).status, 303, path)
    }
    assert.equal(ran.length, 4)
    const again = await send(site, '/here?tab=1', { ...fields, text: 'no' })
    assert.equal(again.status, 422)
    assert.equal(
      (await send(site, '/here', { ...formIn(again.text, 'own').fields, text: 'yes' })).status,
      303,
    )
  })

  it('refuses it elsewhere, with the input and the form of that page', async (t) => {
    const { site, ran } = await open(t)
    const fields = await fieldsAt(site, '/here')
    const refused = await send(site, '/there', { ...fields, text: 'typed' })
    assert.equal(refused.status, 403)
    assert.match(refused.text, /belongs to another page/)
    assert.match(refused.text, /value="typed"/)
    assert.deepEqual([ran, site.refusals], [[], ['other-path']])
    const fresh = formIn(refused.text, 'own').fields
    assert.equal((await send(site, '/there', { ...fresh, text: 'typed' })).status, 303)
    assert.equal((await send(site, '/here', { ...fresh, text: 'again' })).status, 403)
    assert.deepEqual(ran, ['typed'])
  })

  it('gives the input back, and no seal, where there is no page with the form', async (t) => {
    const { site, ran } = await open(t)
    const fields = await fieldsAt(site, '/here')
    for (const path of ['/page', '/nowhere']) {
      const refused = await send(site, path, { ...fields, text: 'typed' })
      assert.equal(refused.status, 403, path)
      assert.match(refused.text, />\r?\n?typed</)
      assert.doesNotMatch(refused.text, /name="sealform"/)
    }
    assert.deepEqual(ran, [])
  })

  it('refuses it under another spelling of its path', async (t) => {
    const { site } = await open(t, ['/page'])
    const fields = await fieldsAt(site, '/page')
    for (const path of spellings) {
      const refused = await send(site, path, { ...fields, text: 'typed' })
      assert.equal(refused.status, 403, path)
      assert.match(refused.text, /typed/, path)
    }
    assert.equal((await send(site, '/page', { ...fields, text: 'no' })).status, 422)
  })

  it('takes it on the URL of its own page, however that is spelt', async (t) => {
    const own = [
      '/a%20b',
      '/caf%C3%A9',
      '/caf%c3%a9',
      '/A/',
      '/a//b',
      '/~x',
      "/it's",
      '/%7Ex',
      `/${'a'.repeat(2000)}`,
    ]
    const { site, ran } = await open(t, own)
    for (const path of own) {
      const fields = await fieldsAt(site, path)
      assert.equal((await send(site, path, { ...fields, text: path })).status, 303, path)
    }
    assert.deepEqual(ran, own)
  })

  it('does not matter to an action that opts out', async (t) => {
    const site = await openSite(t, framework, { run: () => redirect('/done'), action: { path: false } })
    for (const path of ['/page', '/other', '/']) assert.equal((await site.submit({}, { path })).status, 303)
    assert.deepEqual(site.runs, ['b1', 'b1', 'b1'])
  })

  it('holds for the form itself when one of its buttons opts out, and the other way round', async (t) => {
    const ran: string[] = []
    const site = await openSite(t, framework, {
      define: (actions) => ({
        bound: actions.define('bound', async () => void ran.push('bound')),
        free: actions.define('free', { path: false, run: async () => void ran.push('free') }),
      }),
      pages: {
        '/one': (view, _act, { bound, free }) => buttons(view, bound!, free!),
        '/two': (view, _act, { bound, free }) => buttons(view, free!, bound!),
      },
    })
    for (const [path, id] of [
      ['/one', 'bound'],
      ['/two', 'free'],
    ] as const) {
      const { html: form, fields } = formIn((await site.request.get(path)).text, id)
      const [, name = '', value = ''] =
        /<button [^>]*?name="([^"]+)"(?: [^>]*?value="([^"]*)")?/.exec(form) ?? []
      assert.notEqual(name, '')
      assert.equal((await send(site, '/page', { ...fields, [name]: value })).status, 403, path)
      assert.deepEqual(ran, [])
      assert.equal((await send(site, path, { ...fields, [name]: value })).status, 200, path)
      ran.length = 0
    }
  })
}

function buttons(view: View, act: Act, other: Act) {
  const form = view.form(act)
  return {
    html: html`<form ${form.attributes}>${form.fields}<button ${form.submit(other)}>Other</button></form>`,
  }
}
