import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser } from 'playwright-core'
import { type FileOptions, forbidden, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { launchChromium } from '../browser/chromium.js'
import { breakingLine } from '../setup/breaking-line.js'
import { scratch } from '../setup/file-storage.js'
import { freePort } from '../setup/free-port.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { startNginx } from '../setup/nginx.js'
import { until } from '../setup/patience.js'
import { uploadStorage } from '../setup/upload-storage.js'
import { openPage } from './open-page.js'
import { strictPolicy } from './site.js'

const mib = 1024 * 1024

let browser: Browser
before(async () => {
  browser = await launchChromium()
})
after(() => browser.close())

describe('an upload in a browser with the script', () => {
  for (const region of [false, true]) {
    it(`goes on where its connection broke, ${region ? 'in a region' : 'in a form that the browser sends'}`, async (t) => {
      const { line, page, choose, received, emptied } = await visit(t, { region })
      const content = randomBytes(6 * mib)
      await page.getByLabel('Title').fill('Ice')
      await choose(content)
      line.breakAfter(2 * mib)
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('Arrived: Ice').waitFor()
      assert.equal(line.breaks, 1)
      const last = line.appended.at(-1)
      assert.ok(last!.offset > 0, `went on at ${last!.offset}`)
      assert.ok(last!.bytes < 6 * mib, `sent ${last!.bytes} bytes`)
      assert.deepEqual(received, [content])
      await emptied()
    })
  }

  it('waits until there is a network again', async (t) => {
    const { line, page, choose, received } = await visit(t)
    const content = randomBytes(3 * mib)
    await page.getByLabel('Title').fill('Ice')
    await choose(content)
    line.cutAfter(mib)
    await page.getByRole('button', { name: 'Send' }).click()
    await until(() => line.breaks === 1)
    const refused = line.refused
    await until(() => line.refused > refused)
    assert.deepEqual(received, [])
    assert.equal(await page.locator('form[aria-busy=true]').count(), 1)
    line.cut(false)
    await page.getByText('Arrived: Ice').waitFor()
    assert.deepEqual(received, [content])
  })

  it('goes on after the page was left, when the same file is chosen again', async (t) => {
    const { line, page, received } = await visit(t)
    const content = randomBytes(3 * mib)
    const path = writeFilm(t, content)
    await page.getByLabel('Title').fill('Ice')
    await page.getByLabel('Film').setInputFiles(path)
    line.cutAfter(mib)
    await page.getByRole('button', { name: 'Send' }).click()
    await until(() => line.breaks === 1)
    const url = page.url()
    await page.goto('about:blank')
    line.cut(false)
    await page.goto(url)
    await page.getByLabel('Title').fill('Ice')
    await page.getByLabel('Film').setInputFiles(path)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Arrived: Ice').waitFor()
    const last = line.appended.at(-1)
    assert.ok(last!.offset > 0, `went on at ${last!.offset}`)
    assert.deepEqual(received, [content])
  })

  it('keeps the file when the form has to be corrected, and does not send it again', async (t) => {
    const { line, page, choose, received } = await visit(t, { region: true })
    const content = randomBytes(2 * mib)
    await choose(content)
    await page.evaluate(`addEventListener('sealform:submit', () => {
      window.filled = document.querySelector('progress').value
    })`)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('film.bin, 2 MB, kept').waitFor()
    assert.equal(await page.evaluate('window.filled'), 100)
    assert.equal(await page.locator('input[name="sealform.kept.film"]').count(), 1)
    await page.getByLabel('Title').fill('Ice')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Arrived: Ice').waitFor()
    assert.equal(line.appended.length, 1)
    assert.deepEqual(received, [content])
  })

  it('tries again when a server has no time, no answer, or ends a request that takes long', async (t) => {
    const statuses = [408, 429, 502, 503]
    const { page, choose, received } = await visit(t, { instead: () => statuses.shift() })
    const content = randomBytes(2 * mib)
    await page.getByLabel('Title').fill('Ice')
    await choose(content)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Arrived: Ice').waitFor()
    assert.deepEqual(statuses, [])
    assert.deepEqual(received, [content])
  })

  it('sends parts behind an nginx that passes on only whole requests', async (t) => {
    const { line, page, choose, received } = await visit(t, { nginx: true })
    const content = randomBytes(12 * mib)
    await page.getByLabel('Title').fill('Ice')
    await choose(content)
    line.breakAfter(10 * mib, Number.POSITIVE_INFINITY)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Arrived: Ice').waitFor()
    assert.ok(line.breaks > 0)
    assert.equal(line.appended.at(-1)?.offset, 8 * mib)
    assert.deepEqual(received, [content])
  })

  it('leaves a small file to its form', async (t) => {
    const { line, page, choose, received } = await visit(t)
    const content = randomBytes(mib)
    await page.getByLabel('Title').fill('Ice')
    await choose(content)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Arrived: Ice').waitFor()
    assert.deepEqual(line.appended, [])
    assert.deepEqual(received, [content])
  })

  it('sends several files, one after the other', async (t) => {
    const { line, page, choose, received } = await visit(t, { rule: { maxFiles: 2 } })
    const [one, two] = [randomBytes(2 * mib), randomBytes(1000)]
    await page.getByLabel('Title').fill('Ice')
    await choose(one, two)
    line.breakAfter(mib)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Arrived: Ice').waitFor()
    assert.equal(line.breaks, 1)
    assert.deepEqual(received, [one, two])
  })

  it('lets the form itself say what is wrong with a file', async (t) => {
    const { page, choose, received } = await visit(t, { rule: { types: ['image/*'] } })
    await page.getByLabel('Title').fill('Ice')
    await choose(randomBytes(2 * mib))
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.sealform-issue', { hasText: 'We cannot accept this type of file here' }).waitFor()
    assert.equal(await page.getByLabel('Title').inputValue(), 'Ice')
    assert.deepEqual(received, [])
  })

  it('lets the form itself say that the visitor may not', async (t) => {
    const { page, choose, received } = await visit(t, { refuses: true })
    await page.getByLabel('Title').fill('Ice')
    await choose(randomBytes(2 * mib))
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('You are not allowed to do this').waitFor()
    assert.equal(await page.getByLabel('Title').inputValue(), 'Ice')
    assert.deepEqual(received, [])
  })

  it('sends the file that was chosen in its place meanwhile', async (t) => {
    const { line, page, choose, received } = await visit(t)
    const [first, second] = [randomBytes(3 * mib), randomBytes(2 * mib)]
    await page.getByLabel('Title').fill('Ice')
    await choose(first)
    line.cutAfter(mib)
    await page.getByRole('button', { name: 'Send' }).click()
    await until(() => line.breaks === 1)
    await choose(second)
    line.cut(false)
    await page.getByText('Arrived: Ice').waitFor()
    assert.deepEqual(received, [second])
  })

  it('does not begin when a button only closes the dialog of the form', async (t) => {
    const { line, page, choose } = await visit(t)
    await choose(randomBytes(2 * mib))
    await page.evaluate(`{
      const dialog = document.createElement('dialog')
      const form = document.querySelector('form')
      form.before(dialog)
      dialog.append(form)
      const cancel = document.createElement('button')
      cancel.textContent = 'Cancel'
      cancel.setAttribute('formmethod', 'dialog')
      form.append(cancel)
      dialog.showModal()
    }`)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await until(async () => (await page.locator('dialog[open]').count()) === 0)
    assert.equal(line.appended.length, 0)
  })

  it('is sent once when the button is pressed again meanwhile', async (t) => {
    const { line, page, choose, received } = await visit(t)
    const content = randomBytes(3 * mib)
    await page.getByLabel('Title').fill('Ice')
    await choose(content)
    line.cutAfter(mib)
    await page.getByRole('button', { name: 'Send' }).click()
    await until(() => line.breaks === 1)
    await page.evaluate(`document.querySelector('button').click()`)
    line.cut(false)
    await page.getByText('Arrived: Ice').waitFor()
    assert.deepEqual(received, [content])
  })
})

interface VisitOptions {
  readonly region?: boolean
  readonly rule?: FileOptions
  readonly refuses?: boolean
  /** The status that a server in between answers a request that appends with. */
  readonly instead?: () => number | undefined
  /** Whether the app is behind an nginx as it is configured by default. */
  readonly nginx?: boolean
}

async function visit(
  t: TestContext,
  { region = false, rule, refuses = false, ...between }: VisitOptions = {},
) {
  const { storage, emptied } = uploadStorage(t)
  const received: Buffer[] = []
  const { app } = createTestApp(
    ({ actions, router }) => {
      const send = actions.define('send', {
        files: { film: { maxSize: '20MiB', resumable: true, required: true, ...rule } },
        authorize: () => (refuses ? forbidden() : undefined),
        async run({ formData }) {
          const title = String(formData.get('title'))
          if (title === '') return invalid({ title: 'Enter a title' })
          for (const film of formData.getAll('film')) {
            if (film instanceof File) received.push(Buffer.from(await film.arrayBuffer()))
          }
          return redirect(`/arrived?title=${title}`)
        },
      })
      router.get('/arrived', (ctx) => {
        ctx.body = html`<!doctype html><title>Arrived</title><p>Arrived: ${String(ctx.query.title)}</p>`
      })
      router.get('/', (ctx) => {
        ctx.set('Content-Security-Policy', strictPolicy)
        const form = ctx.form(send)
        const content = html`<div id="box">${form.summary()}<form ${form.attributes} novalidate>${form.fields}
          <label for="${form.id}-title">Title</label><input ${form.input('title')}>${form.issue('title')}
          <label for="${form.id}-film">Film</label><input ${form.input('film')}>${form.issue('film')}
          <progress data-upload max="100" value="0"></progress><button>Send</button></form></div>`
        ctx.body = html`<!doctype html><html lang="en"><title>Send</title>${ctx.forms.script}
          ${region ? ctx.region('box', content) : content}</html>`
      })
    },
    { actions: { uploads: { storage } } },
  )
  const answer = app.callback()
  const server = createServer((req, res) => {
    const status = req.method === 'PATCH' ? between.instead?.() : undefined
    if (status === undefined) return void answer(req, res)
    req.resume().on('end', () => res.writeHead(status).end())
  })
  const port = await listen(server, (close) => t.after(close))
  const line = await breakingLine(t, between.nginx ? await behindNginx(t, port) : port)
  const page = await openPage(t, browser)
  await page.goto(`http://127.0.0.1:${line.port}/`)
  return {
    line,
    page,
    received,
    emptied,
    choose: (...files: readonly Buffer[]) =>
      page.getByLabel('Film').setInputFiles(files.map((content) => writeFilm(t, content))),
  }
}

/** Chromium reads a file from the disk in a fraction of the time in which it gets one over the connection of the test. */
function writeFilm(t: TestContext, content: Buffer): string {
  const path = join(scratch(t), 'film.bin')
  writeFileSync(path, content)
  return path
}

async function behindNginx(t: TestContext, port: number): Promise<number> {
  const own = await freePort()
  const nginx = await startNginx(
    `server {
      listen 127.0.0.1:${own};
      client_max_body_size 40m;
      location / { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $http_host; }
    }`,
    own,
  )
  t.after(() => nginx.close())
  return own
}
