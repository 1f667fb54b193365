import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createActions, done, invalid, redirect, SealformError } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite, page } from './site.js'

for (const framework of eachKind)
  describe(`what a browser may store on ${framework.name}`, () => cases(framework))

const refuse = () => invalid({ text: 'Not that' })

function cases(framework: Framework): void {
  it('is a page that is shown again, for the visitor alone, with or without a session', async (t) => {
    for (const [run, status] of [
      [refuse, 422],
      [() => done(), 200],
      [
        () => {
          throw new Error('the database is down')
        },
        500,
      ],
    ] as const) {
      const site = await openSite(t, framework, {
        run,
        middleware: { session: ({ req }) => req.headers.cookie },
      })
      for (const headers of [{}, { Cookie: 'sid=ann' }, { 'Sealform-Region': 'box' }]) {
        const answer = await site.submit({}, { headers })
        assert.equal(answer.status, status)
        assert.equal(answer.headers['cache-control'], 'private, no-cache')
      }
      const missing = await site.submit({}, { path: '/nowhere' })
      assert.equal(missing.headers['cache-control'], 'private, no-cache', 'the built-in page')
    }
  })

  it('is no redirect, no page with a form of a session, and no answer to a form from another site', async (t) => {
    const site = await openSite(t, framework, {
      run: () => redirect('/next'),
      middleware: { session: ({ req }) => req.headers.cookie },
    })
    assert.equal((await site.submit()).headers['cache-control'], 'no-store')
    const bound = await site.request.get('/page').set('Cookie', 'sid=ann')
    assert.equal(bound.headers['cache-control'], 'private, no-store')
    const foreign = await site.submit({}, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    assert.deepEqual([foreign.status, foreign.headers['cache-control']], [403, 'no-store'])
  })

  it('is nothing where the page says no-store', async (t) => {
    const site = await openSite(t, framework, {
      run: refuse,
      pages: {
        '/secret': (view, act) => ({
          html: page(view, act),
          headers: { 'Cache-Control': 'no-store, max-age=0' },
        }),
      },
    })
    assert.equal((await site.submit({}, { path: '/secret' })).headers['cache-control'], 'no-store')
  })

  it('is nothing where the action says that history forgets it', async (t) => {
    const site = await openSite(t, framework, { action: { history: 'forget' }, run: refuse })
    assert.equal((await site.request.get('/page')).headers['cache-control'], 'no-store')
    for (const sending of [{}, { path: '/nowhere' }, { headers: { 'Sealform-Region': 'box' } }]) {
      const answer = await site.submit({}, sending)
      assert.equal(answer.status, 422)
      assert.equal(answer.headers['cache-control'], 'no-store')
    }
    const forged = await site.request
      .post('/nowhere')
      .set(fromSamePage)
      .send(urlencoded({ sealform: 'AAAA', text: 'typed' }))
    assert.deepEqual([forged.status, forged.headers['cache-control']], [400, 'no-store'])
  })

  it('is nothing where a button of the form has such an action', async (t) => {
    const site = await openSite(t, framework, {
      run: refuse,
      define: (actions) => ({
        delicate: actions.define('delicate', { history: 'forget', run: async () => undefined }),
      }),
      pages: {
        '/both': (view, act, { delicate }) => {
          const form = view.form(act)
          return {
            html: html`<form ${form.attributes}>${form.fields}<button ${form.submit(delicate!)}>x</button></form>`,
          }
        },
        '/other': (view, act) => ({ html: page(view, act) }),
      },
    })
    assert.equal((await site.request.get('/both')).headers['cache-control'], 'no-store')
    assert.equal((await site.request.get('/other')).headers['cache-control'], undefined)
    const other = await site.submit({}, { path: '/other' })
    assert.equal(other.headers['cache-control'], 'private, no-cache')
  })
}

describe('the option "history"', () => {
  it('is keep or forget', () => {
    const actions = createActions({ keys: testKey })
    for (const history of ['forgot', true, null, '']) {
      assert.throws(
        () => actions.define(`act-${String(history)}x`, { history: history as 'keep', run: async () => {} }),
        (error) => error instanceof SealformError && error.code === 'ERR_OPTION_INVALID',
      )
    }
    actions.define('keeps', { history: 'keep', run: async () => {} })
  })
})
