import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { createActions, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { openChromium } from '../browser/chromium.js'
import { type AnyContext, type Framework, frameworks } from '../conformance/frameworks.js'
import { responseOf } from '../conformance/own-means.js'
import { listen, testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openPage } from './open-page.js'
import { strictPolicy } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const rows = 'name,amount\r\nÄnn,3\r\n'

for (const framework of frameworks.filter(({ name }) => !/[24]$/.test(name))) {
  describe(`a form in a region whose action answers with a file, on ${framework.name}`, () => {
    it('saves it once under its name, and leaves the page and the input', async (t) => {
      const { page, runs, seen } = await open(t, framework)
      const typed = page.getByLabel('What')
      await typed.fill('wrong')
      await page.getByRole('button').click()
      await page.locator('form', { hasText: 'Not that' }).waitFor()
      for (const what of ['csv', 'stream']) {
        await typed.fill(what)
        assert.deepEqual(await download(page), { name: `Aufträge 100% ${what}.csv`, text: rows })
        assert.equal(await typed.inputValue(), what)
      }
      await page.locator('form:not([aria-busy])').waitFor()
      assert.deepEqual(runs, ['wrong', 'csv', 'stream'])
      assert.deepEqual(await seen(), ['submit', 'invalid', 'submit', 'done', 'submit', 'done'])
      assert.equal(await page.evaluate('stayed'), true)
    })

    it('saves what is no page, and a page that is attached', async (t) => {
      const { page } = await open(t, framework)
      await page.getByLabel('What').fill('json')
      assert.deepEqual(await download(page), { name: 'download.json', text: '{"a":1}' })
      await page.getByLabel('What').fill('html')
      assert.deepEqual(await download(page), { name: 'a.html', text: '<h1>A</h1>' })
      assert.equal(await page.locator('h1').count(), 0)
    })

    it('saves nothing where a listener cancels it, or the answer is of an error', async (t) => {
      const { page, runs, seen } = await open(t, framework)
      let saved = 0
      page.on('download', () => saved++)
      await page.evaluate(
        `addEventListener('sealform:done', (event) => event.preventDefault(), { once: true })`,
      )
      await page.getByLabel('What').fill('csv')
      await page.getByRole('button').click()
      await until(async () => (await seen()).length === 2)
      await page.getByLabel('What').fill('error')
      await page.getByRole('button').click()
      await page.locator('.sealform-lost').waitFor()
      assert.deepEqual(await seen(), ['submit', 'done', 'submit', 'failed'])
      assert.deepEqual([runs, saved], [['csv', 'error'], 0])
    })
  })
}

async function download(page: Page): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button').click()])
  return { name: file.suggestedFilename(), text: await text(await file.createReadStream()) }
}

/** Answers as the plain response does, on any framework. */
function answer(context: AnyContext, what: string): void {
  const send = (status: number, headers: Record<string, string>, body: string | Readable) => {
    if ('respond' in context || 'app' in context) Object.assign(context, { respond: false })
    const res: ServerResponse = responseOf(context).writeHead(status, headers)
    if (body instanceof Readable) body.pipe(res)
    else res.end(body)
  }
  const csv = {
    'Content-Type': 'text/csv',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`Aufträge 100% ${what}.csv`)}`,
  }
  if (what === 'csv') send(200, csv, rows)
  if (what === 'stream') send(200, csv, Readable.from([rows.slice(0, 5), rows.slice(5)]))
  if (what === 'json') send(200, { 'Content-Type': 'application/json' }, '{"a":1}')
  if (what === 'html')
    send(
      200,
      { 'Content-Type': 'text/html', 'Content-Disposition': 'attachment; filename=a.html' },
      '<h1>A</h1>',
    )
  if (what === 'error') send(502, { 'Content-Type': 'text/plain' }, 'Bad gateway')
}

async function open(t: TestContext, framework: Framework) {
  const runs: string[] = []
  const actions = createActions<AnyContext>({ keys: testKey })
  const act = actions.define('act', ({ formData, context }) => {
    const what = String(formData.get('what'))
    runs.push(what)
    if (what === 'wrong') return invalid({ what: 'Not that' })
    return answer(context, what)
  })
  const listener = framework.listener({
    actions,
    options: {},
    pages: {
      '/': (view) => {
        const form = view.form(act)
        return {
          headers: { 'Content-Security-Policy': strictPolicy },
          html: html`<!doctype html><html lang="en"><head><title>Files</title><link rel="icon" href="data:,">${view.forms.script}</head><body>
            ${view.region(
              'box',
              html`<section id="box"><form ${form.attributes}>${form.fields}
              <label for="${form.id}-what">What</label><input ${form.input('what')}>${form.issue('what')}<button>Get</button></form></section>`,
            )}</body></html>`,
        }
      },
    },
    posts: {},
    failed: (error) => assert.fail(String(error)),
  })
  const port = await listen(createServer(listener), (close) => t.after(close))
  const page = await openPage(t, browser)
  await page.goto(`http://localhost:${port}/`)
  await page.evaluate(`
    globalThis.stayed = true
    globalThis.seen = []
    for (const name of ['submit', 'done', 'invalid', 'refused', 'failed', 'redirect'])
      addEventListener('sealform:' + name, () => seen.push(name))`)
  return { page, runs, seen: () => page.evaluate<string[]>('seen') }
}
