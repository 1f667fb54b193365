import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import type { Refusal } from '../../lib/answer/refusal.js'
import { createActions, flash, type Submittable } from '../../lib/sealform.js'
import { sealform as onExpress, type SealformRequest } from '../../middleware/express.js'
import { sealform as onKoa, type SealformContext } from '../../middleware/koa.js'
import type { Form } from '../../views/form.js'
import { html } from '../../views/html.js'
import { freePort } from '../setup/free-port.js'
import { listen, testKey } from '../setup/koa-app.js'
import { type Nginx, startNginx } from '../setup/nginx.js'
import { openChromium } from './chromium.js'
import { directivesOf, type ProxyCase, proxyCases } from './proxy-cases.js'
import { newVisitor, Tab } from './visit.js'

interface Stage {
  /** Where the visitor goes. */
  readonly visited: string
  readonly runs: readonly string[]
  readonly refusals: readonly Refusal[]
}

const cases = Object.entries(proxyCases)
const stages = new Map<string, Stage>()
const ends: (() => Promise<void>)[] = []
let browser: Browser
let nginx: Nginx

before(async () => {
  const [plain, tls] = [await freePort(), await freePort()]
  const blocks: string[] = []
  for (const [i, [name, way]] of cases.entries()) {
    // Hosts of one site: Chromium starts another process for each site.
    const host = `case-${i}.sealform.test`
    const visited = `${way.scheme}://${host}:${way.scheme === 'https' ? tls : plain}`
    const { handle, ...stage } = serve(way, visited)
    const port = await listen(createServer(handle), (end) => ends.push(end))
    stages.set(name, { visited, ...stage })
    blocks.push(`server {
      listen 127.0.0.1:${way.scheme === 'https' ? `${tls} ssl http2` : plain};
      server_name ${host};
      location / {
        proxy_pass http://127.0.0.1:${port};
        ${directivesOf(way)}
        add_header X-Protocol $server_protocol always;
      }
    }`)
  }
  nginx = await startNginx(blocks.join('\n'), tls)
  browser = await openChromium()
})

after(async () => {
  await browser?.close()
  await nginx?.close()
  for (const end of ends) await end()
})

describe('a form behind nginx, sent by Chromium without JavaScript', { concurrency: 2 }, () => {
  for (const [name, way] of cases)
    it(`${name}: ${way.refused ? 'refused, with the setting to change' : 'taken'}`, () => check(name, way))
})

async function check(name: string, way: ProxyCase): Promise<void> {
  const { visited, runs, refusals } = stages.get(name) ?? assert.fail(name)
  const page = await takePage(way)
  try {
    const tab = new Tab(page, visited)
    const first = await page.goto(`${visited}/notes?list=7`)
    assert.equal(first?.headers()['x-protocol'], way.scheme === 'https' ? 'HTTP/2.0' : 'HTTP/1.1')
    await page.getByLabel('Text').fill('Grüße & <more>')
    const answer = await tab.press('Add')
    if (way.refused) {
      assert.equal(answer.status, 403)
      assert.deepEqual(runs, [])
      assert.equal(refusals.length, 1)
      const advice = await page.locator('body').innerText()
      for (const words of way.refused) {
        assert.match(refusals[0]?.detail ?? '', words)
        assert.match(advice, words)
      }
      return
    }
    assert.deepEqual(refusals, [])
    assert.equal(answer.status, 200)
    assert.equal(answer.url, `${visited}/notes?list=7`)
    assert.deepEqual(runs, ['Grüße & <more>'])
    assert.match(answer.html, /Added Grüße &amp; &lt;more&gt;/)
  } finally {
    page.removeAllListeners()
    idlePages.push({ page, spoofs: way.spoofs })
  }
}

const idlePages: { readonly page: Page; readonly spoofs: ProxyCase['spoofs'] }[] = []

/** Opening a page costs more than the test in it, so a page is reused for the next case with the same headers. */
async function takePage({ spoofs }: ProxyCase): Promise<Page> {
  const at = idlePages.findIndex((idle) => idle.spoofs === spoofs)
  const [idle] = at === -1 ? [] : idlePages.splice(at, 1)
  if (idle) return idle.page
  const context = await newVisitor(browser, {
    ignoreHTTPSErrors: true,
    ...(spoofs && { extraHTTPHeaders: spoofs }),
  })
  return context.newPage()
}

/** One form, whose action sends the visitor back to its page with a flash. */
function serve(way: ProxyCase, visited: string) {
  const runs: string[] = []
  const refusals: Refusal[] = []
  const actions = createActions<unknown>({ keys: testKey })
  const add = actions.define('add', async ({ formData }) => {
    runs.push(String(formData.get('text')))
    return flash(runs.at(-1), '/notes?list=7')
  })
  const options = {
    onRefused: (refusal: Refusal) => refusals.push(refusal),
    ...(way.origin && { origin: way.origin === 'configured' ? visited : way.origin }),
  }
  const handle = way.framework === 'express' ? expressApp() : koaApp()
  return { runs, refusals, handle }

  function koaApp() {
    const app: Koa<Koa.DefaultState, SealformContext> = new Koa()
    app.proxy = way.trustsProxy ?? false
    app.use(onKoa(actions, options))
    app.use((ctx) => {
      ctx.body = notes((action) => ctx.form(action))
    })
    return app.callback()
  }

  function expressApp() {
    const app = express()
    app.set('trust proxy', way.trustsProxy ? 1 : false)
    app.use(onExpress(actions, options))
    app.get('/notes', (req, res) => {
      const { form } = req as typeof req & SealformRequest
      res.send(String(notes((action) => form(action))))
    })
    return app
  }

  function notes(formOf: (action: Submittable) => Form) {
    const form = formOf(add)
    return html`<!doctype html><title>Notes</title><form ${form.attributes}>${form.fields}
      <label>Text <input ${form.input('text')}></label><button>Add</button></form>
      ${form.status === 'done' && html`<p>Added ${String(form.state)}</p>`}`
  }
}
