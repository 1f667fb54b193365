import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { flash } from '../../lib/sealform.js'
import { html, type SafeHtml } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework, type View } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of eachKind) describe(`flash on ${framework.name}`, () => cases(framework))

const removed = /^sealform\.flash=; Max-Age=0; Path=\/; HttpOnly/

function cases(framework: Framework): void {
  it('shows a flash of any action in the layout, once, whether or not the page has that form', async (t) => {
    const site = await listSite(t, framework)
    for (const path of ['/list', '/plain']) {
      const cookie = await send(site, 'remove-2')
      const next = await site.request.get(path).set('Cookie', cookie)
      assert.match(next.text, /<p role="status">Removed 2<\/p>/, path)
      assert.match(cookieLine(next), removed)
      assert.equal(next.headers['cache-control'], 'private, no-store')
    }
    const without = await site.request.get('/list')
    assert.doesNotMatch(without.text, /role="status"/)
    assert.equal(without.headers['set-cookie'], undefined)
    assert.equal(without.headers['cache-control'], undefined)
  })

  it('shows the flash of a row in that row only', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    const { text } = await site.request.get('/list?rows=1,2,3').set('Cookie', cookie)
    assert.deepEqual(statuses(text), { 'remove-1': 'idle', 'remove-2': 'done', 'remove-3': 'idle' })
    const rest = await site.request.get('/list?rows=1,3').set('Cookie', cookie)
    assert.deepEqual(statuses(rest.text), { 'remove-1': 'idle', 'remove-3': 'idle' })
  })

  it('tells rows without a key apart by their bound values', async (t) => {
    const site = await listSite(t, framework)
    const page = await site.request.get('/list?rows=1,2,3&keys=no')
    const { fields } = formIn(page.text, 'remove-2')
    const sent = await site.request.post('/list').set(fromSamePage).send(urlencoded(fields))
    const next = await site.request.get('/list?rows=2,3&keys=no').set('Cookie', cookieOf(sent))
    assert.deepEqual(statuses(next.text), { remove: 'done', 'remove-2': 'idle' })
  })

  it('shows the flash of a button in the form that the button stands in', async (t) => {
    const site = await openSite(t, framework, {
      define: (actions) => ({ other: actions.define('other', async () => flash('Cleared', '/both')) }),
      pages: {
        '/both': (view, act, { other }) => {
          const form = view.form(act)
          const own = view.form(other!)
          return {
            html: html`<form ${form.attributes}>${form.fields}<button ${form.submit(other!)}>x</button></form>
              <form ${own.attributes}>${own.fields}</form><i>${form.status} ${own.status}</i>`,
          }
        },
      },
    })
    const page = await site.request.get('/both')
    const button = /name="sealform\.submit" value="([^"]+)"/.exec(page.text)?.[1]
    const fields = { ...formIn(page.text, 'act').fields, 'sealform.submit': button ?? '' }
    const sent = await site.request.post('/both').set(fromSamePage).send(urlencoded(fields))
    const next = await site.request.get('/both').set('Cookie', cookieOf(sent))
    assert.match(next.text, /<i>done idle<\/i>/)
  })

  it('leaves the flash for the next page when a page does not ask for it', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    const silent = await site.request.get('/silent').set('Cookie', cookie)
    assert.equal(silent.headers['set-cookie'], undefined)
    assert.equal(silent.headers['cache-control'], undefined)
  })

  it('does not use the flash up in a region that does not show it', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    for (const region of ['given', 'made', 'failing']) {
      const part = await site.request.get('/list').set({ Cookie: cookie, 'Sealform-Region': region })
      assert.match(part.text, new RegExp(`^<title>List</title><div data-sealform-region id="${region}"`))
      assert.equal(part.headers['set-cookie'], undefined, region)
    }
    const whole = await site.request.get('/list').set('Cookie', cookie)
    assert.match(whole.text, /Removed 2/)
    assert.match(cookieLine(whole), removed)
  })

  it('uses the flash up in the region whose function reads it, by itself or in a form', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    for (const region of ['messages', 'rows']) {
      const part = await site.request.get('/list?rows=2').set({ Cookie: cookie, 'Sealform-Region': region })
      assert.match(part.text, /Removed 2|remove-2 done/)
      assert.match(cookieLine(part), removed, region)
      assert.equal(part.headers['cache-control'], 'private, no-store')
    }
  })

  it('does not use the flash up by HEAD, a page that moved and a page that failed', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    const head = await site.request.head('/plain').set('Cookie', cookie)
    assert.equal(head.headers['set-cookie'], undefined)
    for (const [path, status] of [
      ['/moved', 302],
      ['/broken', 500],
    ] as const) {
      const answer = await site.request.get(path).redirects(0).set('Cookie', cookie)
      assert.equal(answer.status, status)
      assert.equal(answer.headers['set-cookie'], undefined, path)
    }
  })

  it('does not use the flash up where the built-in page or a redirect is sent after a submission', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    const { fields } = formIn((await site.request.get('/list')).text, 'add')
    for (const [path, status] of [
      ['/missing', 200],
      ['/moved', 303],
    ] as const) {
      const answer = await site.request
        .post(path)
        .redirects(0)
        .set({ ...fromSamePage, Cookie: cookie })
        .send(urlencoded(fields))
      assert.equal(answer.status, status, path)
      assert.equal(answer.headers['set-cookie'], undefined, path)
    }
    const shown = await site.request
      .post('/other')
      .set({ ...fromSamePage, Cookie: cookie })
      .send(urlencoded(fields))
    assert.match(shown.text, /Removed 2/)
    assert.match(cookieLine(shown), removed)
  })

  it('removes the flash beside a cookie that the page sets itself', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    const { headers } = await site.request.get('/own-cookie').set('Cookie', cookie)
    const lines = [headers['set-cookie'] ?? []].flat()
    assert.equal(lines.length, 2)
    assert.equal(lines.filter((line) => removed.test(line)).length, 1)
    assert.equal(lines.filter((line) => line === 'own=1').length, 1)
  })

  it('shows nothing of a flash after the headers are out, and keeps it', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    const late = await site.request.get('/late').set('Cookie', cookie)
    assert.equal(late.text, '<p>first</p><p>none</p>')
    assert.equal(late.headers['set-cookie'], undefined)
  })

  it('ignores a flash that was changed, cut or made up', async (t) => {
    const site = await listSite(t, framework)
    const cookie = await send(site, 'remove-2')
    for (const bad of [`${cookie}A`, cookie.slice(0, -1), 'sealform.flash=', 'sealform.flash=x; a=b']) {
      const answer = await site.request.get('/list').set('Cookie', bad)
      assert.equal(answer.status, 200)
      assert.doesNotMatch(answer.text, /role="status"/)
      assert.equal(answer.headers['set-cookie'], undefined)
    }
  })
}

/** An app with a list of rows; each can be removed, which says so by a flash. */
function listSite(t: TestContext, framework: Framework): Promise<Site> {
  return openSite(t, framework, {
    define(actions) {
      const remove = actions.define('remove', async (_submission, id: string) =>
        flash(`Removed ${id}`, '/list'),
      )
      return {
        add: actions.define('add', { path: false, run: async () => 'added' }),
        ...Object.fromEntries(['1', '2', '3'].map((id) => [id, remove.bind(null, id)])),
      }
    },
    pages: {
      '/list': (view, _act, actions) => ({ html: list(view, actions) }),
      '/plain': (view) => ({ html: layout(view, '') }),
      '/other': (view, _act, { add }) => ({
        html: layout(view, html`<form>${view.form(add!).fields}</form>`),
      }),
      '/silent': () => ({ html: '<p>silent</p>' }),
      '/missing': () => undefined,
      '/moved': (view, _act, { add }) => {
        view.form(add!)
        return { to: view.forms.flash === undefined ? '/nowhere' : '/plain' }
      },
      '/broken': (view) => {
        throw new Error(`no page for ${view.forms.flash}`)
      },
      '/own-cookie': (view) => ({ html: layout(view, ''), headers: { 'Set-Cookie': 'own=1' } }),
      '/late': (view) => ({ html: Readable.from(late(view)) }),
    },
  })
}

type Actions = Parameters<NonNullable<SiteOptions['pages']>[string]>[2]

async function* late(view: View): AsyncGenerator<string> {
  yield '<p>first</p>'
  await new Promise(setImmediate)
  yield `<p>${view.forms.flash ?? 'none'}</p>`
}

function layout({ forms }: View, main: SafeHtml | string) {
  return html`<!doctype html><title>List</title>
    ${forms.flash !== undefined && html`<p role="status">${String(forms.flash)}</p>`} ${main}`
}

function list(view: View, actions: Actions) {
  const query = new URL(view.req.url ?? '', 'http://x').searchParams
  const ids = (query.get('rows') ?? '1,2,3').split(',')
  const keyed = query.get('keys') !== 'no'
  const adding = view.form(actions.add!)
  const rows = () =>
    html`<div id="rows">${ids.map((id) => {
      const form = view.form(actions[id]!, keyed ? { key: id } : {})
      return html`<form ${form.attributes}>${form.fields}</form><i>${form.id} ${form.status}</i>`
    })}</div>`
  return layout(
    view,
    html`<form ${adding.attributes}>${adding.fields}</form>
    ${view.region('given', '<div id="given">given</div>')}
    ${view.region('made', () => '<div id="made">made</div>')}
    ${view.region(
      'failing',
      () => {
        throw new Error(`not with ${view.forms.flash}`)
      },
      { fallback: () => '<div id="failing">failed</div>' },
    )}
    ${view.region('messages', () => html`<div id="messages">${String(view.forms.flash ?? '')}</div>`)}
    ${view.region('rows', rows)}`,
  )
}

/** Sends one form of a fresh page. Returns the cookie of its flash. */
async function send(site: Site, id: string): Promise<string> {
  const { fields } = formIn((await site.request.get('/list')).text, id)
  const sent = await site.request.post('/list').set(fromSamePage).send(urlencoded(fields))
  assert.equal(sent.status, 303)
  return cookieOf(sent)
}

interface Answered {
  readonly headers: Record<string, string | string[] | undefined>
}

function cookieLine({ headers }: Answered): string {
  return String([headers['set-cookie'] ?? []].flat().find((line) => line.startsWith('sealform.flash=')))
}

function cookieOf(answer: Answered): string {
  return cookieLine(answer).split(';', 1)[0]!
}

function statuses(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/<i>(\S+) (\w+)<\/i>/g)].map(([, id = '', status = '']) => [id, status]),
  )
}
