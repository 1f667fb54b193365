import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Context } from 'koa'
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'
import { done, forbidden, invalid, redirect, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { openChromium } from '../browser/chromium.js'
import { root } from '../docs/project.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openPage } from './open-page.js'
import { gate, strictPolicy } from './site.js'

const file = readFileSync(join(root, 'dist', 'bundle', 'call.js'), 'utf8')
const script = file.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '')

/** Bytes. docs/decisions/call.md says what they are spent on. */
const most = 2500

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('the file sealform/client/call', () => {
  it(`has at most ${most} bytes when it is compressed`, (t) => {
    const { length } = gzipSync(script, { level: 9 })
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= most, `${length} bytes`)
  })

  it('is a module that imports nothing and makes no code of text', () => {
    assert.match(script, /export\{\w+ as call\};?\s*$/)
    assert.doesNotMatch(script, /\bimport\b|\beval\b|new Function|innerHTML|document\.write/)
  })
})

describe('call()', () => {
  it('sends the fields of a form, others in their place, and returns what the action returned', async (t) => {
    const { run, seen } = await open(t)
    const answer =
      await run(`call(form, { count: 3, at: new Date(5), tags: ['a', 'b'] }).then(({ outcome, status, state }) => [
      outcome, status, state.at instanceof Date, state.at.getTime(), state.echo instanceof Map, state.echo.get('count')])`)
    assert.deepEqual(answer, ['done', 200, true, 5, true, '3'])
    assert.deepEqual(seen.at(-1)?.fields, [
      ['text', 'typed'],
      ['count', '3'],
      ['at', '1970-01-01T00:00:00.005Z'],
      ['tags', 'a'],
      ['tags', 'b'],
    ])
    assert.equal(seen.at(-1)?.headers.accept, 'application/vnd.sealform+json')
    assert.equal(seen.at(-1)?.headers['sec-fetch-site'], 'same-origin')
  })

  it('calls a seal without a form, again and again, also where each may be used once', async (t) => {
    const { run, runs } = await open(t)
    for (const n of [1, 2, 3]) {
      assert.equal(await run(`call(lone, { text: '${n}' }).then((answer) => answer.outcome)`), 'done')
    }
    assert.deepEqual(runs(), ['1', '2', '3'])
  })

  it('puts the new seal and state into the form, which then works without the script', async (t) => {
    const { page, run, runs } = await open(t)
    const before = await page.locator('#act [name=sealform]').inputValue()
    await run('call(form)')
    const after = await page.locator('#act [name=sealform]').inputValue()
    assert.notEqual(after, before)
    assert.equal(await run('call(form).then(({ state }) => state.count)'), 2)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Done 3').waitFor()
    assert.deepEqual(runs(), ['typed', 'typed', 'typed'])
  })

  it('returns issues as a value, and changes nothing of the page', async (t) => {
    const { page, run } = await open(t)
    const html = await page.content()
    const answer = await run(
      'call(form, { text: "bad" }).then(({ outcome, issues, values }) => ({ outcome, issues, values }))',
    )
    assert.deepEqual(answer, {
      outcome: 'invalid',
      issues: [{ name: 'text', message: 'Not that' }],
      values: [['text', 'bad']],
    })
    const seal = /name="sealform(\.state)?" value="[^"]*"/g
    assert.equal((await page.content()).replace(seal, ''), html.replace(seal, ''))
  })

  it('returns refusals, failures and redirects as values', async (t) => {
    const { run, url } = await open(t)
    const told = (text: string, member: string) =>
      run<[string, number, string]>(
        `call(form, { text: '${text}' }).then((answer) => [answer.outcome, answer.status, answer['${member}']])`,
      )
    assert.deepEqual(await told('forbidden', 'reason'), ['refused', 403, 'forbidden'])
    const failed = await told('throw', 'reference')
    assert.deepEqual(failed.slice(0, 2), ['failed', 500])
    assert.match(failed[2], /^\w{4}-\w{4}$/)
    assert.deepEqual(await told('away', 'location'), ['redirect', 303, `${url}thanks?a=1`])
    assert.equal(await run('location.pathname'), '/')
  })

  it('is told where the action redirects by its own means, and does not ask for that page', async (t) => {
    const { run, url, visits } = await open(t)
    for (const [to, location] of [
      ['/thanks?a=1', `${url}thanks?a=1`],
      ['/', url],
      ['https://example.org/', 'https://example.org/'],
    ]) {
      const told = `call(many, { text: 'own way', to: '${to}' }).then(({ outcome, location }) => [outcome, location])`
      assert.deepEqual(await run(told), ['redirect', location])
    }
    assert.deepEqual(visits, [])
    assert.equal(await run('location.href'), url)
  })

  it('brings a new seal where the old one was refused', async (t) => {
    const { page, run, runs } = await open(t)
    await page
      .locator('#act [name=sealform]')
      .evaluate((field: { setAttribute(name: string, value: string): void }) =>
        field.setAttribute('value', 'forged'),
      )
    const refused = await run('call(form).then(({ outcome, reason }) => [outcome, reason])')
    assert.deepEqual(refused, ['refused', 'malformed'])
    assert.deepEqual(runs(), [])
    assert.equal(await run('call(form).then(({ outcome }) => outcome)'), 'done')
  })

  it('calls a form one after the other, with the fields of each moment and the seal of the last answer', async (t) => {
    const { run, runs, most } = await open(t)
    const counts = await run(`Promise.all(['a', 'b', 'c'].map((text) => {
      form.elements.text.value = text
      return call(form).then(({ state }) => state.count)
    }))`)
    assert.deepEqual(counts, [1, 2, 3])
    assert.deepEqual(runs(), ['a', 'b', 'c'])
    assert.equal(most(), 1)
  })

  it('calls two forms at the same time, and one where it is told to', async (t) => {
    const held = gate()
    const { run, waiting } = await open(t, held.opened)
    const answers = run(`Promise.all([
      call(many, { text: 'wait' }, { order: 'parallel' }),
      call(many, { text: 'wait' }, { order: 'parallel' }),
      call(form, { text: 'wait' }),
    ]).then((all) => all.map(({ outcome }) => outcome))`)
    await until(() => waiting() === 3)
    held.open()
    assert.deepEqual(await answers, ['done', 'done', 'done'])
  })

  it('rejects at once when it is aborted, underway and while it waits, and goes on with the next', async (t) => {
    const held = gate()
    const { page, run, runs, waiting } = await open(t, held.opened)
    await page.evaluate(`
      window.first = new AbortController()
      window.second = new AbortController()
      window.ended = []
      for (const [name, controller] of [['first', first], ['second', second]])
        call(many, { text: 'wait' }, { signal: controller.signal }).catch((error) => ended.push(name + ' ' + error.name))
      window.third = call(many, { text: 'third' })
      0`)
    await until(() => waiting() === 1)
    assert.deepEqual(await run('second.abort(), Promise.resolve().then(() => 0).then(() => ended)'), [
      'second AbortError',
    ])
    await run('first.abort()')
    assert.deepEqual(await run('Promise.resolve().then(() => ended)'), [
      'second AbortError',
      'first AbortError',
    ])
    assert.equal(await run('third.then(({ outcome }) => outcome)'), 'done')
    held.open()
    assert.deepEqual(runs(), ['wait', 'third'])
    const reason = 'call(many, {}, { signal: AbortSignal.abort("why") }).catch((reason) => reason)'
    assert.equal(await run(reason), 'why')
    assert.deepEqual(runs(), ['wait', 'third'])
  })

  it('uploads files and tells the progress', async (t) => {
    const { run } = await open(t)
    const answer = await run<{ state: unknown; last: [number, number]; rising: boolean }>(`(async () => {
      const steps = []
      const file = new File([new Uint8Array(300_000)], 'a.bin')
      const { state } = await call(upload, { file }, { onProgress: ({ loaded, total }) => steps.push([loaded, total]) })
      return { state, last: steps.at(-1), rising: steps.every(([loaded], i) => i === 0 || loaded >= steps[i - 1][0]) }
    })()`)
    assert.deepEqual(answer.state, ['a.bin', 300_000])
    assert.equal(answer.rising, true)
    assert.equal(answer.last[0], answer.last[1])
    assert.ok(answer.last[1] > 300_000)
  })

  it('says that it has failed without a connection, and keeps the page', async (t) => {
    const { page, run, runs } = await open(t)
    await page.context().setOffline(true)
    const answer = await run(
      'call(form).then(({ outcome, status, reference }) => [outcome, status, reference ?? null])',
    )
    assert.deepEqual(answer, ['failed', 0, null])
    await page.context().setOffline(false)
    assert.deepEqual(runs(), [])
    assert.equal(await run('call(form).then(({ outcome }) => outcome)'), 'done')
  })

  it('tells answers that are not of Sealform, and redirects of what stands before it', async (t) => {
    const { page, run, url } = await open(t)
    await page.evaluate(`form.setAttribute('action', '/broken')`)
    assert.deepEqual(await run('call(form).then(({ outcome, status, text }) => [outcome, status, text])'), [
      'failed',
      502,
      'Bad gateway',
    ])
    await page.evaluate(`form.setAttribute('action', '/guarded')`)
    assert.deepEqual(await run('call(form).then(({ outcome, location }) => [outcome, location])'), [
      'redirect',
      `${url}thanks`,
    ])
    await page.evaluate(`form.removeAttribute('action')`)
    assert.deepEqual(
      await run('call(form, { text: "own" }).then(({ outcome, status, text }) => [outcome, status, text])'),
      ['answered', 202, 'a,b'],
    )
  })

  it('refuses values that no field can carry, and sends nothing', async (t) => {
    const { run, seen } = await open(t)
    const error = await run<string>(
      'call(form, { text: () => 1 }).catch(({ name, message }) => name + ": " + message)',
    )
    assert.match(error, /^TypeError: text: .* cannot be sent as a field/)
    assert.equal(seen.length, 0)
  })

  it('holds the origin rules: a page of another site gets nothing', async (t) => {
    const { url, run, runs } = await open(t)
    const seal = await run('lone')
    const context = await browser.newContext()
    t.after(() => context.close())
    const page = await context.newPage()
    await page.goto(url.replace('localhost', '127.0.0.1'))
    const answer = await page.evaluate(`(() => {
      const form = document.createElement('form')
      form.action = ${JSON.stringify(url)}
      form.append(Object.assign(document.createElement('input'), { name: 'sealform', value: ${JSON.stringify(seal)} }))
      return call(form).then(({ outcome, status, text }) => ({ outcome, status, text }))
    })()`)
    assert.deepEqual(answer, { outcome: 'failed', status: 0, text: '' })
    assert.deepEqual(runs(), [])
  })
})

interface Opened {
  readonly page: Page
  readonly url: string
  readonly seen: { readonly headers: NodeJS.Dict<string | string[]>; readonly fields: unknown }[]
  /** Evaluates a script in the page, where `call`, `form`, `many`, `upload` and `lone` are defined. */
  run<Result>(script: string): Promise<Result>
  runs(): string[]
  /** The paths of GET requests for the pages of the app since the page was opened. */
  readonly visits: readonly string[]
  /** How many runs are waiting now, and how many ran at the same time. */
  waiting(): number
  most(): number
}

async function open(t: TestContext, held: Promise<unknown> = Promise.resolve()): Promise<Opened> {
  const seen: Opened['seen'] = []
  const runs: string[] = []
  let waiting = 0
  let most = 0
  const { app } = createTestApp(({ actions, router }) => {
    const act = async ({
      formData,
      previous,
      context,
      request,
    }: Submission<undefined, { count: number }, Context>) => {
      const text = String(formData.get('text'))
      seen.push({ headers: request.headers, fields: [...formData] })
      if (text === 'bad') return invalid({ text: 'Not that' })
      if (text === 'forbidden') return forbidden()
      if (text === 'away') return redirect('/thanks?a=1')
      if (text === 'throw') throw new Error('no database')
      if (text === 'own way') return context.redirect(String(formData.get('to')))
      if (text === 'own') {
        context.status = 202
        context.body = 'a,b'
        return undefined
      }
      runs.push(text)
      most = Math.max(most, ++waiting)
      if (text === 'wait') await held
      waiting--
      const count = (previous?.count ?? 0) + 1
      return done({ count, at: new Date(5), echo: new Map(formData) })
    }
    const once = actions.define('act', { once: true, run: act })
    const many = actions.define('many', act)
    const lone = actions.define('lone', { once: true, run: act })
    const upload = actions.define('upload', {
      files: { file: { maxSize: '1MiB' } },
      input: z.object({ file: z.file() }),
      run: ({ input }) => done([input.file.name, input.file.size]),
    })
    router.get('/', (ctx) => {
      ctx.set('Content-Security-Policy', strictPolicy)
      const form = ctx.form(once, { initial: { count: 0 } })
      const others = [ctx.form(many), ctx.form(upload)]
      ctx.body = html`<!doctype html><html lang="en"><head><title>Call</title><link rel="icon" href="data:,">
        <script type="module" src="/page.js"></script></head><body data-lone="${ctx.form(lone).seal}">
        <p>${form.status === 'done' && html`Done ${form.state?.count}`}</p>
        <form ${form.attributes}>${form.fields}<input ${form.input('text', { value: 'typed' })}><button>Send</button></form>
        ${others.map((other) => html`<form ${other.attributes}>${other.fields}</form>`)}</body></html>`
    })
  })
  const visits: string[] = []
  const served = serve(app.callback())
  const server = createServer((req, res) => {
    if (req.method === 'GET' && !req.url?.endsWith('.js')) visits.push(req.url ?? '')
    served(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  const page = await openPage(t, browser)
  const url = `http://localhost:${port}/`
  await page.goto(url)
  await until(() => page.evaluate('!!window.call'))
  visits.length = 0
  return {
    page,
    url,
    seen,
    visits,
    run: (script) => page.evaluate(script),
    runs: () => runs,
    waiting: () => waiting,
    most: () => most,
  }
}

const pageScript = `import { call } from '/call.js'
Object.assign(window, { call, form: document.forms[0], many: document.forms[1], upload: document.forms[2], lone: document.body.dataset.lone })`

function serve(app: RequestListener): RequestListener {
  const files: Readonly<Record<string, string>> = { '/call.js': script, '/page.js': pageScript }
  return (req, res) => {
    const { url = '' } = req
    const text = files[url]
    if (text !== undefined) return void res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(text)
    if (url === '/broken') return void res.writeHead(502).end('Bad gateway')
    if (url === '/guarded') return void res.writeHead(302, { Location: '/thanks' }).end()
    if (url.startsWith('/thanks')) return void res.writeHead(200).end('Thanks')
    void app(req, res)
  }
}
