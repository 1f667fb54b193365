import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { lendPageTo } from '../browser/lend-page.js'
import { root } from '../docs/project.js'
import { listen } from '../setup/koa-app.js'

/** The script as the package holds it. */
export const script = readFileSync(join(root, 'dist', 'bundle', 'client.js'), 'utf8')

/** The strictest policy that a page with the script can have. */
export const strictPolicy =
  "default-src 'none'; img-src data:; script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

/** A submission as it arrived. */
export interface Sent {
  readonly headers: IncomingHttpHeaders
  readonly url: string
  /** The fields as text, files by their names, those of one name joined. */
  readonly fields: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly html?: string
}

/** A server without Sealform that answers as its wire is described, so that each answer can be made to measure. */
export interface SiteOptions {
  /** The content of the page's body. */
  readonly body: string | (() => string)
  /** Attributes of the tag of the script. */
  readonly tag?: string
  /** Other pages and files, by their paths. */
  readonly files?: Readonly<Record<string, string>>
  /** Answers a submission; `cut` ends its connection. */
  answer?(sent: Sent): Answer | 'cut' | Promise<Answer | 'cut'>
}

export interface Site {
  readonly page: Page
  readonly url: string
  readonly sent: readonly Sent[]
  /** Opens the page again, in another tab of the same visitor. */
  open(): Promise<Page>
}

/** Serves a page with the script under the strict policy, and opens it. The test fails when the browser reports a fault. */
export async function openSite(t: TestContext, browser: Browser, options: SiteOptions): Promise<Site> {
  const { answer = (): Answer => ({ status: 204 }), files = {}, tag = '' } = options
  const sent: Sent[] = []
  const server = createServer((req, res) => void respond(req, res))
  const port = await listen(server, (close) => t.after(close))
  const url = `http://127.0.0.1:${port}/`
  const first = await lendPageTo(t, browser)
  const faults: string[] = []
  t.after(() => assert.deepEqual(faults, []))
  const open = async () => openIn(await first.context().newPage())
  return { page: await openIn(first), url, sent, open }

  async function openIn(page: Page): Promise<Page> {
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      // Statuses of the 400s and lost connections are reported as well.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        faults.push(message.text())
    })
    await page.goto(url)
    return page
  }

  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? '/', url)
    if (req.method === 'POST') {
      const pieces: Buffer[] = []
      for await (const piece of req) pieces.push(piece)
      const body = new Response(Buffer.concat(pieces), {
        headers: { 'Content-Type': req.headers['content-type'] ?? '' },
      })
      const fields: Record<string, string> = {}
      for (const [name, value] of await body.formData()) {
        const text = typeof value === 'string' ? value : value.name
        fields[name] = name in fields ? `${fields[name]}, ${text}` : text
      }
      const one = { headers: req.headers, url: req.url ?? '', fields }
      sent.push(one)
      const given = await answer(one)
      if (given === 'cut') return void res.destroy()
      const { status = 200, headers = {}, html = '' } = given
      const type = status === 204 ? {} : { 'Content-Type': 'text/html; charset=utf-8' }
      return send(res, status, { ...type, ...headers }, html)
    }
    if (pathname === '/client.js') return send(res, 200, { 'Content-Type': 'text/javascript' }, script)
    if (pathname in files) {
      const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8'
      return send(
        res,
        200,
        { 'Content-Type': type, 'Content-Security-Policy': strictPolicy },
        files[pathname] ?? '',
      )
    }
    if (pathname !== '/') return send(res, 404, {}, '')
    if (req.headers['sealform-region']) {
      const fields = Object.fromEntries(new URL(req.url ?? '/', url).searchParams)
      const one = { headers: req.headers, url: req.url ?? '', fields }
      sent.push(one)
      const given = await answer(one)
      if (given === 'cut') return void res.destroy()
      const { status = 200, headers = {}, html = '' } = given
      return send(
        res,
        status,
        { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Sealform-Region', ...headers },
        html,
      )
    }
    const body = typeof options.body === 'string' ? options.body : options.body()
    send(
      res,
      200,
      { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': strictPolicy },
      wholePage(
        body,
        `<script src="/client.js" ${tag} defer></script>${'/extra.js' in files ? '<script src="/extra.js" defer></script>' : ''}`,
      ),
    )
  }
}

function send(res: ServerResponse, status: number, headers: Record<string, string>, text: string): void {
  // On a connection that was used before, Chromium itself sends once more what got no answer.
  res.writeHead(status, { ...headers, Connection: 'close' }).end(status === 204 ? undefined : text)
}

export function wholePage(body: string, head = '', title = 'Start'): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`
}

/** A form with a seal, as Sealform prints it. */
export function form(content: string, attributes = '', id = 'add'): string {
  return `<form id="${id}" method="post" ${attributes}><input type="hidden" name="sealform" value="seal of ${id}"><input type="hidden" name="sealform.form" value="${id}">${content}</form>`
}

export function region(content: string, id = 'region', attributes = ''): string {
  return `<section id="${id}" data-sealform-region ${attributes}>${content}</section>`
}

/** A promise that a test resolves, so that a submission stays underway. */
export function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => {}
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { opened, open: (value) => open(value) }
}

/** Records the events of the script but progress, with their details, as far as they are text. Cancels the named one. */
export async function record(page: Page, canceled = ''): Promise<() => Promise<string[]>> {
  await page.evaluate(`
    window.seen = []
    for (const name of ['submit', 'done', 'invalid', 'refused', 'failed', 'redirect', 'swap']) {
      addEventListener('sealform:' + name, (event) => {
        window.seen.push([name, event.detail.status, event.detail.to].filter((each) => each !== undefined).join(' '))
        if (name === '${canceled}') event.preventDefault()
      })
    }`)
  return () => page.evaluate('window.seen')
}
