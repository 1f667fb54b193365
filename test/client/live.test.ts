import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { createCache } from '../../lib/cache/cache.js'
import { invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { launchChromiumThatKeepsPages, openChromium } from '../browser/chromium.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { fileFor } from './files.js'
import { openPage } from './open-page.js'
import { gate, strictPolicy } from './site.js'

/** Bytes. docs/decisions/live-regions.md says what they are spent on. */
const most = 1500

let browser: Browser
let keeping: Browser
before(async () => {
  browser = await openChromium()
  keeping = await launchChromiumThatKeepsPages()
})
after(async () => {
  await browser.close()
  await keeping.close()
})

describe('the file sealform/client/live', () => {
  const script = fileFor('live')

  it(`has at most ${most} bytes when it is compressed`, (t) => {
    const { length } = gzipSync(script, { level: 9 })
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= most, `${length} bytes`)
  })

  it('is a classic script that imports nothing and makes no code of text', () => {
    assert.match(script, /^\(function\(\)\{|^\(\(\)=>\{/)
    assert.doesNotMatch(script, /\bimport\b|\bexport\b|\beval\b|new Function|innerHTML|document\.write/)
  })
})

describe('a live region', () => {
  it('shows what another page has done, and keeps what is typed, the focus and what is open', async (t) => {
    const { app, open } = await openApp(t)
    const [one, other] = [await open(), await open()]
    const title = other.page.locator('#todos\\.add-title')
    await other.page.getByText('More').click()
    await title.pressSequentially('half ty')
    await one.add('Milk')
    await other.page.locator('li', { hasText: 'Milk' }).waitFor()
    assert.equal(await title.inputValue(), 'half ty')
    assert.equal(await other.page.evaluate('document.activeElement.id'), 'todos.add-title')
    assert.equal(await other.page.evaluate('document.activeElement.selectionStart'), 7)
    assert.equal(await other.page.locator('details[open]').count(), 1)
    await title.pressSequentially('ped')
    await other.page.keyboard.press('Enter')
    await one.page.locator('li', { hasText: 'half typed' }).waitFor()
    assert.deepEqual(app.titles(), ['Milk', 'half typed'])
    assert.deepEqual([one.streams(), other.streams()], [1, 1])
  })

  it('is not asked for by the page whose own form has changed it', async (t) => {
    const { open } = await openApp(t)
    const [one, other] = [await open(), await open()]
    await one.add('Milk')
    await until(() => other.refreshes() === 1)
    await other.add('Bread')
    await one.page.locator('li', { hasText: 'Bread' }).waitFor()
    assert.deepEqual([one.refreshes(), other.refreshes()], [1, 1])
  })

  it('waits while a form is underway, and until a form that gives input back has been sent', async (t) => {
    const { app, open } = await openApp(t)
    const [{ page, add, refreshes }, other] = [await open(), await open()]
    const { opened, open: go } = gate()
    app.before = () => opened
    await add('x', false)
    await page.locator('form[aria-busy=true]').waitFor()
    await app.publish('Elsewhere')
    await other.page.locator('li', { hasText: 'Elsewhere' }).waitFor()
    assert.equal(refreshes(), 0)
    go()
    await page.locator('[aria-invalid=true]').waitFor()
    assert.equal(await page.locator('#todos\\.add-title').inputValue(), 'x')
    await app.publish('Once more')
    await page.locator('#clock', { hasText: '2' }).waitFor()
    assert.equal(await page.locator('#todos\\.add-title').inputValue(), 'x')
    assert.equal(await page.locator('[aria-invalid=true]').count(), 1)
    await add('Corrected')
    const before = refreshes()
    await app.publish('At last')
    await page.locator('li', { hasText: 'At last' }).waitFor()
    assert.ok(refreshes() > before)
  })

  it('keeps a row in which somebody is typing when another page removes it', async (t) => {
    const { app, open } = await openApp(t)
    await app.publish('Milk')
    const { page } = await open()
    await page.getByLabel('Note').pressSequentially('two li')
    const refreshed = page.waitForResponse((answer) => answer.request().headers()['sealform-live'] === '1')
    await app.remove('Milk')
    await (await refreshed).finished()
    await page.getByLabel('Note').pressSequentially('tres')
    assert.equal(await page.getByLabel('Note').inputValue(), 'two litres')
  })

  it('holds no stream while the page is hidden, and catches up when it is seen', async (t) => {
    const { app, open } = await openApp(t)
    const { page, streams } = await open()
    await until(() => streams() === 1)
    await hide(page, true)
    await until(() => app.openStreams() === 0)
    await app.publish('Milk')
    await hide(page, false)
    await page.locator('li', { hasText: 'Milk' }).waitFor()
    assert.equal(streams(), 2)
  })

  it('catches up when the visitor comes back to a page that the browser has kept', async (t) => {
    const { app, open } = await openApp(t)
    const { page } = await open(keeping)
    await until(() => app.openStreams() === 1)
    await page.evaluate('window.kept = true')
    await page.goto(page.url().replace(/\/$/, '/away'))
    await until(() => app.openStreams() === 0)
    await app.publish('Milk')
    await page.goBack({ waitUntil: 'commit' })
    await page.locator('li', { hasText: 'Milk' }).waitFor()
    assert.equal(await page.evaluate('window.kept'), true)
  })

  it('comes back when its stream is lost, and knows then what it has missed', async (t) => {
    const { app, open } = await openApp(t)
    const { page, streams } = await open()
    app.cut()
    await app.publish('Milk')
    await page.locator('li', { hasText: 'Milk' }).waitFor()
    assert.equal(streams(), 2)
  })

  it('comes back when its stream is lost before it has begun', async (t) => {
    const { app, open } = await openApp(t)
    app.losesNext = true
    const { page } = await open()
    assert.equal(app.losesNext, false)
    await app.publish('Milk')
    await page.locator('li', { hasText: 'Milk' }).waitFor()
  })

  it('leaves the page alone that its path shows to somebody else now', async (t) => {
    const { app, open } = await openApp(t)
    const { page } = await open()
    await until(() => app.openStreams() === 1)
    app.signedOut = true
    const refreshed = page.waitForResponse((answer) => answer.request().headers()['sealform-live'] === '1')
    await app.publish('Milk')
    await (await refreshed).finished()
    assert.equal(await page.getByRole('heading', { name: 'Sign in' }).count(), 0)
    assert.equal(await page.getByRole('button', { name: 'Add' }).count(), 1)
  })

  it('is as without all this when scripts are off', async (t) => {
    const { app, open } = await openApp(t)
    const { page, streams, add } = await open(browser, false)
    await app.publish('Milk')
    await add('Bread')
    assert.deepEqual(await page.locator('li label').count(), 2)
    assert.equal(streams(), 0)
  })
})

/** What Chromium says of a page that stands behind another one. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
}

/** A list with a form that adds to it, and a clock that is live by itself. */
async function openApp(t: TestContext) {
  let titles: string[] = []
  let ticks = 0
  const cache = createCache()
  t.after(() => cache.close())
  const state = { before: async (): Promise<void> => {}, signedOut: false, losesNext: false }
  const { app } = createTestApp(
    ({ actions, router }) => {
      const add = actions.define('todos.add', async ({ formData, revalidateTag }) => {
        await state.before()
        const title = String(formData.get('title'))
        if (title.length < 2) return invalid({ title: 'Too short' })
        titles.push(title)
        await revalidateTag('todos')
        return undefined
      })
      router.get('/away', (ctx) => {
        ctx.body = html`<!doctype html><title>Away</title>`
      })
      router.get('/', (ctx) => {
        ctx.set('Content-Security-Policy', strictPolicy)
        ctx.type = 'html'
        if (state.signedOut) {
          ctx.body = html`<!doctype html><title>Sign in</title><h1>Sign in</h1>`
          return
        }
        const form = ctx.form(add)
        const rows = titles.map(
          (title) => html`<li id="row-${title}">${title} <label>Note <input id="note-${title}"></label></li>`,
        )
        const content = html`<section id="todos"><ul>${rows}</ul>${form.summary()}
          <form ${form.attributes}>${form.fields}<label>Title <input ${form.input('title')}></label>${form.issue('title')}
          <button>Add</button></form><details id="more"><summary>More</summary>${titles.length}</details></section>`
        ctx.body = html`<!doctype html><html lang="en"><head><title>Todos</title><link rel="icon" href="data:,">${ctx.forms.script}</head>
          <body>${ctx.region('todos', content, { live: ['todos'] })}
          ${ctx.region('clock', html`<p id="clock">${ticks}</p>`, { live: ['clock'] })}</body></html>`
      })
    },
    { actions: { cache }, live: true },
  )
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((req, res) => {
    if (req.url?.startsWith('/sealform-live?')) {
      if (state.losesNext) {
        state.losesNext = false
        req.socket.destroy()
        return
      }
      sockets.add(req.socket)
      res.once('close', () => sockets.delete(req.socket))
    }
    app.callback()(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  t.after(() => server.closeAllConnections())

  return {
    open,
    app: Object.assign(state, {
      titles: () => titles,
      openStreams: () => sockets.size,
      cut() {
        for (const socket of sockets) socket.destroy()
      },
      /** As another process does, or a timer. The clock goes on as well. */
      async publish(title: string) {
        titles = [...titles, title]
        await cache.revalidateTag('todos')
        ticks++
        await cache.revalidateTag('clock')
      },
      async remove(title: string) {
        titles = titles.filter((each) => each !== title)
        await cache.revalidateTag('todos')
      },
    }),
  }

  async function open(at = browser, javaScriptEnabled = true) {
    const page = await openPage(t, at, { javaScriptEnabled })
    let streams = 0
    let refreshes = 0
    page.on('request', (sent) => {
      if (sent.url().includes('/sealform-live?')) streams++
      if (sent.headers()['sealform-live']) refreshes++
    })
    // Not when the server has the request: what is cut before the browser has an answer, Chromium itself sends once more.
    const stream = javaScriptEnabled && page.waitForResponse(/\/sealform-live\?/)
    await page.goto(`http://localhost:${port}/`)
    await stream
    return { page, streams: () => streams, refreshes: () => refreshes, add }

    async function add(title: string, waits = true): Promise<void> {
      await page.locator('#todos\\.add-title').fill(title)
      await page.getByRole('button', { name: 'Add' }).click()
      if (waits) await page.locator('li', { hasText: title }).waitFor()
    }
  }
}
