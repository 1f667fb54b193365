import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http'
import { type Actions, asRegistry } from '../lib/action/registry.js'
import { answer, consumedError } from '../lib/answer/answer.js'
import { recognise } from '../lib/answer/recognise.js'
import { type App, type MiddlewareOptions, resolveSettings } from '../lib/answer/settings.js'
import { SealformError } from '../lib/base/errors.js'
import { saysMissing } from '../lib/outcome/failure.js'
import type { FormOptions } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import type { SafeHtml } from '../views/safe-html.js'
import { describeResponse } from './answer-headers.js'
import { asError, failureLine } from './failure-report.js'
import { HttpHost } from './node-host.js'
import type { PageTools } from './page-tools.js'

export type { Refusal } from '../lib/answer/settings.js'
export type { FormStatus } from '../lib/page/page.js'
export type { Attributes } from '../views/attributes.js'
export type { SelectOption } from '../views/form.js'
export type { RegionFailure, RegionOptions } from '../views/region.js'
export type { FailureDetails, Form, FormOptions }

/** What an action gets as `submission.context`, and the options as their argument. */
export interface NodeContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** What a page has for its forms. */
export interface NodePage extends PageTools {
  /** Ends the answer with this HTML, and says that it is HTML where nothing else was said. */
  send(html: SafeHtml | string): void
}

/** The app itself: everything that is not a submission, and every page that shows an outcome. */
export type PageHandler = (req: IncomingMessage, res: ServerResponse, page: NodePage) => unknown

/** What `sealform()` for plain Node servers takes. */
export interface NodeOptions<Context> extends MiddlewareOptions<Context> {
  /**
   * Takes protocol and host from the last `X-Forwarded-Proto` and `X-Forwarded-Host`, as the proxy before this server
   * sets them. Only behind a proxy that does: otherwise anybody can.
   * @default false
   */
  proxy?: boolean
  /** Told of what an action or a page threw; `details.reference` is what the visitor was shown. @default the console */
  onError?: (error: unknown, details: FailureDetails, context: Context) => void
}

/**
 * The adapter for plain `node:http` servers: makes a listener of your own handler. Submissions are answered by it,
 * everything else by the handler.
 *
 * @param actions what `createActions()` returned
 * @param handler answers requests, and is run for a GET of the same URL to show an outcome; it may be async
 * @throws SealformError `ERR_OPTION_INVALID` on misspelt options and bad values
 * @example
 * ```ts
 * const server = createServer(
 *   sealform(actions, (req, res, page) => {
 *     const form = page.form(addTodo.bind(null, listId))
 *     page.send(`<form ${form.attributes}>${form.fields} <input ${form.input('title')}></form>`)
 *   }),
 * )
 * server.listen(3000)
 * ```
 */
export function sealform<Own = unknown>(
  actions: Actions<Own>,
  handler: PageHandler,
  options: NodeOptions<Own> = {},
): RequestListener {
  const app: NodeApp = {
    registry: asRegistry(actions, 'sealform()'),
    settings: resolveSettings(options as MiddlewareOptions<unknown>, ['proxy', 'onError']),
    handler,
    ...checkOwn(handler, options as NodeOptions<unknown>),
  }

  return function sealform(req, res) {
    const host = new NodeHost(app, { req, res })
    if (req.method !== 'POST') return host.open()
    receive(app, host).catch((error: unknown) => {
      host.abandon()
      host.fail(error)
    })
  }
}

interface NodeApp extends App<unknown> {
  readonly handler: PageHandler
  readonly proxy: boolean
  readonly onError: NonNullable<NodeOptions<unknown>['onError']>
}

async function receive(app: NodeApp, host: NodeHost): Promise<void> {
  const recognition = await recognise(host.req)
  if (recognition.kind === 'aborted') return
  if (recognition.kind === 'submission') {
    await answer(app, host, recognition.body)
    return
  }
  if (recognition.kind === 'consumed') refuseConsumed(host.req)
  host.open()
}

/** One request of a plain Node server, as the library sees it. */
class NodeHost extends HttpHost {
  readonly #app: NodeApp

  constructor(app: NodeApp, context: NodeContext) {
    super(app, context)
    this.#app = app
  }

  get url(): string {
    return this.req.url ?? '/'
  }

  get protocol(): string {
    return this.#forwarded('x-forwarded-proto') ?? ('encrypted' in this.req.socket ? 'https' : 'http')
  }

  get host(): string {
    const { headers } = this.req
    // RFC 9113, section 8.3.1: what HTTP/2 has in place of Host.
    return this.#forwarded('x-forwarded-host') ?? headers.host ?? String(headers[':authority'] ?? '')
  }

  get secure(): boolean {
    return this.protocol === 'https'
  }

  /** Has the handler answer a request that is not a submission. */
  open(): void {
    this.holdForRegion()
    this.runPage((error) => this.fail(error))
  }

  protected runPage(fail: (error: unknown) => void): void {
    const { req, res } = this
    const page: NodePage = { ...this.tools(), send: sendHtml.bind(null, res) }
    try {
      const result: unknown = this.#app.handler(req, res, page)
      if (result !== undefined) Promise.resolve(result).catch(fail)
    } catch (error) {
      fail(error)
    }
  }

  /** Answers for a handler that threw. An error with a status of the 400s says that there is no page for this visitor. */
  fail(error: unknown): void {
    const { res } = this
    const missing = saysMissing(error)
    if (!missing) this.reportError(error, { reference: '', action: undefined })
    if (res.writableEnded) return
    if (res.headersSent) {
      res.destroy()
      return
    }
    const status = missing && error instanceof Error && 'status' in error ? Number(error.status) : 500
    const text = STATUS_CODES[status] ?? 'Error'
    res.statusCode = status
    describeResponse(this, 'html')
    res.setHeader('Content-Type', 'text/plain; charset=utf-8')
    res.setHeader('Content-Length', text.length)
    res.end(text)
  }

  reportError(thrown: unknown, details: FailureDetails): void {
    const error = asError(thrown, details)
    const logBoth = (another: unknown) => {
      console.error(error)
      console.error(another)
    }
    try {
      const told: unknown = this.#app.onError(error, details, this.context)
      if (told instanceof Promise) told.catch(logBoth)
    } catch (another) {
      logBoth(another)
    }
  }

  logFailure(details: FailureDetails): void {
    console.error(failureLine(details))
  }

  /** RFC 7239 knows it as well: each proxy adds at the end, and only the last word is that of ours. */
  #forwarded(name: string): string | undefined {
    if (!this.#app.proxy) return undefined
    const value = this.req.headers[name]
    return typeof value === 'string' ? value.slice(value.lastIndexOf(',') + 1).trim() : undefined
  }
}

function sendHtml(res: ServerResponse, html: SafeHtml | string): void {
  const text = String(html)
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', 'text/html; charset=utf-8')
  res.setHeader('Content-Length', Buffer.byteLength(text))
  res.end(text)
}

function refuseConsumed(req: IncomingMessage): void {
  const error = consumedError(Reflect.get(req, 'body'), [])
  if (error) throw error
}

function checkOwn(
  handler: unknown,
  { proxy = false, onError = logError }: NodeOptions<unknown>,
): Pick<NodeApp, 'proxy' | 'onError'> {
  if (typeof handler !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      'sealform() for plain Node servers takes the handler of the app as its second argument.',
    )
  }
  if (typeof proxy !== 'boolean') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ proxy }) is true or false, not ${typeof proxy}.`,
    )
  }
  if (typeof onError !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ onError }) takes a function, not ${typeof onError}.`,
    )
  }
  return { proxy, onError }
}

function logError(error: unknown, details: FailureDetails): void {
  if (details.reference !== '') console.error(failureLine(details))
  console.error(error)
}
