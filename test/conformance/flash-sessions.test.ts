import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { parseCookie } from 'cookie'
import { flash } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { type AnyContext, eachKind, type Framework } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of eachKind) describe(`flash and sessions on ${framework.name}`, () => cases(framework))

/** One browser, whose visitor signs in and out, and an app that remembers who that is by the cookie `sid`. */
async function openBrowser(t: TestContext, framework: Framework) {
  const users = new Map<string, string>()
  const jar = new Map([['sid', 'browser']])
  const sid = (context: AnyContext) => parseCookie(context.req.headers.cookie ?? '').sid ?? ''
  const site = await openSite(t, framework, {
    middleware: { session: (context) => users.get(sid(context)) },
    run({ context, formData }) {
      const user = formData.get('user')
      if (user === 'nobody') users.delete(sid(context))
      else if (user !== null) users.set(sid(context), String(user))
      return flash(`private words for ${users.get(sid(context))}`, '/page')
    },
    pages: {
      '/page': (view, act) => {
        const form = view.form(act)
        const said = () => html`<p id="said">${String(view.forms.flash ?? 'silence')}, ${form.status}</p>`
        return {
          html: html`<!doctype html><title>P</title><form ${form.attributes}>${form.fields}</form>${view.region('said', said, { always: true })}`,
        }
      },
    },
  })
  const cookie = () => [...jar].map((pair) => pair.join('=')).join('; ')
  const keep = ({ headers }: { headers: Record<string, unknown> }) => {
    for (const line of [headers['set-cookie'] ?? []].flat().map(String)) {
      const [name = '', value = ''] = line.split(';', 1)[0]!.split('=')
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
  }
  return {
    users,
    visit: async (headers = {}) => {
      const answer = await site.request.get('/page').set({ Cookie: cookie(), ...headers })
      keep(answer)
      return answer.text
    },
    /** Sends the form, and does not look at the page that the redirect leads to. */
    send: async (fields: Record<string, string>, headers = {}) => {
      const { text } = await site.request.get('/page').set('Cookie', `sid=${jar.get('sid')}`)
      const answer = await site.request
        .post('/page')
        .redirects(0)
        .set({ ...fromSamePage, Cookie: cookie(), ...headers })
        .send(urlencoded(formIn(text, 'act').fields, fields))
      keep(answer)
      return answer
    },
  }
}

function cases(framework: Framework): void {
  it('shows what is said at sign-in, at sign-out, and to visitors without a session', async (t) => {
    const { send, visit } = await openBrowser(t, framework)
    for (const [user, name] of [
      [undefined, 'undefined'],
      ['ann', 'ann'],
      [undefined, 'ann'],
      ['ben', 'ben'],
      ['nobody', 'undefined'],
    ] as const) {
      assert.equal((await send(user === undefined ? {} : { user })).status, 303)
      assert.match(await visit(), new RegExp(`private words for ${name}, done`))
      assert.match(await visit(), /silence, idle/)
    }
  })

  it('shows nothing of a flash that was set for somebody else in the same browser', async (t) => {
    const { send, visit, users } = await openBrowser(t, framework)
    await send({ user: 'ann' })
    for (const other of ['ben', undefined]) {
      if (other === undefined) users.clear()
      else users.set('browser', other)
      assert.match(await visit(), /silence, idle/)
      assert.match(await visit({ 'Sealform-Region': 'said' }), /silence, idle/)
    }
    users.set('browser', 'ann')
    assert.match(await visit(), /private words for ann, done/)
  })

  it('shows one that was set without a session to who has got one since', async (t) => {
    const { send, visit, users } = await openBrowser(t, framework)
    await send({})
    users.set('browser', 'fresh')
    assert.match(await visit(), /private words for undefined, done/)
  })

  it('shows it in the same answer, where the redirect leads to the page itself', async (t) => {
    const { send } = await openBrowser(t, framework)
    for (const user of ['ann', 'ben', 'nobody']) {
      const { text } = await send({ user }, { 'Sealform-Region': 'said' })
      assert.match(text, /private words for (?:ann|ben|undefined), done/, user)
    }
  })
}
