import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Context } from 'koa'
import type { Browser, Page } from 'playwright-core'
import { directoryStorage, done, invalid, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { openChromium } from '../browser/chromium.js'
import { root } from '../docs/project.js'
import { scratch } from '../setup/file-storage.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { openPage } from './open-page.js'
import { strictPolicy } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const outcomeOf = '.then(({ outcome, state, issues }) => [outcome, state ?? issues[0]?.message])'

describe('call() with buttons', () => {
  it('runs the action of the button again and again, and leaves a form that works without the script', async (t) => {
    const { page, call, ran } = await open(t)
    assert.deepEqual(await call('call(form, { text: "a" }, { button: sign })'), ['done', 'sign a'])
    assert.deepEqual(await call('call(form, { text: "b" }, { button: sign })'), ['done', 'sign b'])
    assert.deepEqual(await call('call(form, { text: "c" }, { button: labelled })'), ['done', 'sign c'])
    assert.deepEqual(await call('call(form, { text: "d" }, { button: labelled })'), ['done', 'sign d'])
    assert.deepEqual(await call('call(form, { text: "e" })'), ['done', 'save e'])
    await page.locator('[name=text]').fill('f')
    await page.getByRole('button', { name: 'Sign' }).first().click()
    await page.getByText('done sign f').waitFor()
    assert.deepEqual(ran(), ['sign a', 'sign b', 'sign c', 'sign d', 'save e', 'sign f'])
  })

  it('presses a button that waits with the seal of the answer before it', async (t) => {
    const { call, ran } = await open(t)
    const both =
      'Promise.all(["a", "b"].map((text) => call(form, { text }, { button: sign }))).then((all) => ({ outcome: all.map((each) => each.outcome), state: 0 }))'
    assert.deepEqual(await call(both), [['done', 'done'], 0])
    assert.deepEqual(ran(), ['sign a', 'sign b'])
  })

  it('validates by a button without a run', async (t) => {
    const { call, ran } = await open(t)
    assert.deepEqual(await call('call(form, { text: "" }, { button: check })'), ['invalid', 'Enter a text'])
    assert.deepEqual(await call('call(form, { text: "a" }, { button: check })'), ['valid', undefined])
    assert.deepEqual(ran(), [])
  })

  it('sends nothing for a button without its form', async (t) => {
    const { page, ran } = await open(t)
    const names = await page.evaluate(
      'Promise.all([call(form.elements.sealform.value, {}, { button: sign }), call(other, {}, { button: sign })].map((each) => each.catch(({ name }) => name)))',
    )
    assert.deepEqual(names, ['TypeError', 'NotFoundError'])
    assert.deepEqual(ran(), [])
  })
})

describe('call() with files', () => {
  it('uploads a file once, and sends its reference until the form is right', async (t) => {
    const { page, call, ran, sizes } = await open(t)
    await page.locator('[name=doc]').setInputFiles([file('a.txt', 'A'.repeat(50_000)), file('b.txt', 'B')])
    assert.deepEqual(await call('call(upload, { text: "" })'), ['invalid', 'Enter a text'])
    assert.deepEqual(await call('call(upload, { text: "" })'), ['invalid', 'Enter a text'])
    assert.deepEqual(await call('call(upload, { text: "x" })'), ['done', 'a.txt 50000, b.txt 1'])
    // What is done has its files: the next call sends them.
    assert.deepEqual(await call('call(upload, { text: "y" })'), ['done', 'a.txt 50000, b.txt 1'])
    assert.deepEqual(ran(), ['upload', 'upload'])
    assert.deepEqual(
      sizes().map((size) => size > 50_000),
      [true, false, false, true],
    )
  })

  it('sends no file that was taken away again', async (t) => {
    const { page, call } = await open(t)
    await page.locator('[name=doc]').setInputFiles([file('a.txt', 'A'), file('b.txt', 'B')])
    assert.deepEqual(await call('call(upload, { text: "" })'), ['invalid', 'Enter a text'])
    await page.locator('[name=doc]').setInputFiles([])
    assert.deepEqual(await call('call(upload, { text: "x" })'), ['done', ''])
  })

  it('keeps a file that was given to it, also for a seal alone', async (t) => {
    const { call, sizes } = await open(t)
    const drop = (target: string, text: string) => call(`call(${target}, { text: "${text}", doc: dropped })`)
    for (const target of ['upload', 'lone']) {
      assert.deepEqual(await drop(target, ''), ['invalid', 'Enter a text'])
      assert.deepEqual(await drop(target, 'x'), ['done', 'c.txt 50000'])
    }
    assert.deepEqual(
      sizes().map((size) => size > 50_000),
      [true, false, true, false],
    )
  })

  it('renews the references that the page has printed, and removes them when they are used', async (t) => {
    const { page, call } = await open(t)
    await page.locator('[name=doc]').setInputFiles(file('a.txt', 'A'))
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.locator('.sealform-kept').waitFor()
    await until(() => page.evaluate('!!window.call'))
    const reference = page.locator('[name="sealform.kept.doc"]')
    const before = await reference.inputValue()
    assert.deepEqual(await call('call(upload)'), ['invalid', 'Enter a text'])
    assert.notEqual(await reference.inputValue(), before)
    assert.deepEqual(await call('call(upload, { text: "x" })'), ['done', 'a.txt 1'])
    assert.equal(await reference.count(), 0)
  })
})

function file(name: string, content: string) {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(content) }
}

interface Opened {
  readonly page: Page
  /** Evaluates a call and returns its outcome with its state or first issue. */
  call(script: string): Promise<unknown>
  ran(): readonly string[]
  /** The bytes of each submission of the form with files. */
  sizes(): readonly number[]
}

async function open(t: TestContext): Promise<Opened> {
  const ran: string[] = []
  const sizes: number[] = []
  const { app } = createTestApp(
    ({ actions, router }) => {
      const note = (name: string) => (submission: Submission<undefined, unknown, Context>) => {
        const { formData } = submission
        ran.push(`${name} ${formData.get('text')}`)
        return done(ran.at(-1))
      }
      const input = {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: (value: unknown) =>
            Reflect.get(Object(value), 'text')
              ? { value }
              : { issues: [{ message: 'Enter a text', path: ['text'] }] },
        },
      } as const
      const save = actions.define('save', { input, run: note('save') as never })
      const sign = actions.define('sign', { once: true, run: note('sign') })
      const other = actions.define('other', note('other'))
      const upload = actions.define('upload', {
        files: { doc: { maxFiles: 3 } },
        run: ({ formData }) => {
          if (!formData.get('text')) return invalid({ text: 'Enter a text' })
          ran.push('upload')
          const files = formData.getAll('doc').filter((each) => each instanceof File)
          return done(files.map(({ name, size }) => `${name} ${size}`).join(', '))
        },
      })
      router.get('/', (ctx) => {
        ctx.set('Content-Security-Policy', strictPolicy)
        const form = ctx.form(save)
        const files = ctx.form(upload)
        ctx.body = html`<!doctype html><html lang="en"><head><title>Call</title><link rel="icon" href="data:,">
          <script type="module" src="/page.js"></script></head><body data-lone="${ctx.form(upload, { key: 'lone' }).seal}">
          <p>${form.status} ${String(form.state)}</p>
          <form ${form.attributes}>${form.fields}<input ${form.input('text')}><button>Save</button>
          <button ${form.submit(sign)}>Sign</button><input ${form.submit(sign, { value: 'Sign it' })}>
          <button ${form.validate()}>Check</button></form>
          <form ${files.attributes}>${files.fields}<input ${files.input('doc')}><button>Upload</button></form>
          <form ${ctx.form(other).attributes}>${ctx.form(other).fields}</form></body></html>`
      })
    },
    { actions: { uploads: { storage: directoryStorage({ directory: scratch(t) }) } } },
  )
  const scripts: Readonly<Record<string, string>> = {
    '/call.js': readFileSync(join(root, 'dist', 'bundle', 'call.js'), 'utf8'),
    '/page.js': pageScript,
  }
  const callback = app.callback()
  const server = createServer((req, res) => {
    const script = scripts[req.url ?? '']
    if (script) return void res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script)
    if (
      req.headers.accept === 'application/vnd.sealform+json' &&
      /^multipart/.test(req.headers['content-type'] ?? '')
    )
      sizes.push(Number(req.headers['content-length']))
    void callback(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  const page = await openPage(t, browser)
  await page.goto(`http://localhost:${port}/`)
  await until(() => page.evaluate('!!window.call'))
  return { page, call: (script) => page.evaluate(script + outcomeOf), ran: () => ran, sizes: () => sizes }
}

const pageScript = `import { call } from '/call.js'
const [form, upload, other] = document.forms
const [, sign, check] = form.querySelectorAll('button')
Object.assign(window, { call, form, upload, other, sign, check, labelled: form.querySelector('[type=submit][value]:not(button)'),
  lone: document.body.dataset.lone, dropped: new File(['C'.repeat(50_000)], 'c.txt') })`
