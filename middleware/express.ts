import type { ServerResponse } from 'node:http'
import type { NextFunction, Request, Response } from 'express'
import { sentCookies } from '../lib/action/cookies.js'
import { type Actions, asRegistry } from '../lib/action/registry.js'
import { answer, consumedError } from '../lib/answer/answer.js'
import { recognise } from '../lib/answer/recognise.js'
import { type App, type MiddlewareOptions, resolveSettings } from '../lib/answer/settings.js'
import type { FormOptions } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import { SafeHtml } from '../views/safe-html.js'
import { asError, failureLine } from './failure-report.js'
import { HttpHost } from './node-host.js'
import type { PageTools } from './page-tools.js'

export type { MiddlewareOptions, Refusal } from '../lib/answer/settings.js'
export type { FormStatus } from '../lib/page/page.js'
export type { Attributes } from '../views/attributes.js'
export type { SelectOption } from '../views/form.js'
export type { RegionFailure, RegionOptions } from '../views/region.js'
export type { FailureDetails, Form, FormOptions }

/** What the middleware adds to Express's request. */
export interface SealformRequest extends PageTools {}

/** What the middleware adds to `res.locals`, and so to every template. */
export interface SealformLocals extends PageTools {
  /** For error-handling middleware: what the visitor was shown of the error that it gets. */
  failure?: FailureDetails
}

/** What an action gets as `submission.context`, and the options as their argument. */
export interface ExpressContext {
  readonly req: Request
  readonly res: Response
}

/** What `sealform()` returns. */
export type SealformHandler = (req: Request, res: Response, next: NextFunction) => void

/**
 * The middleware for Express 4.21+ and 5. Mount it with `app.use()` after the session, before body parsers and routes.
 *
 * @param actions what `createActions()` returned
 * @throws SealformError `ERR_OPTION_INVALID` on misspelt options and bad values
 * @example
 * ```ts
 * const app = express()
 * app.use(sealform(actions))
 * ```
 */
export function sealform<Own = unknown>(
  actions: Actions<Own>,
  options: MiddlewareOptions<Own> = {},
): SealformHandler {
  const app: App<unknown> = {
    registry: asRegistry(actions, 'sealform()'),
    settings: resolveSettings(options as MiddlewareOptions<unknown>),
  }

  return function sealform(req, res, next) {
    const host = new ExpressHost(app, { req, res }, next)
    if (req.method !== 'POST') {
      host.openPage()
      next()
      return
    }
    receive(app, host, next).catch((error: unknown) => {
      host.abandon()
      // Outside of the promise, so that what Express does with it can reject nothing.
      setImmediate(() => next(error))
    })
  }
}

async function receive(app: App<unknown>, host: ExpressHost, next: NextFunction): Promise<void> {
  const recognition = await recognise(host.req)
  if (recognition.kind === 'aborted') return
  if (recognition.kind === 'submission') {
    await answer(app, host, recognition.body)
    return
  }
  if (recognition.kind === 'consumed') refuseConsumed(host.req)
  host.openPage()
  next()
}

/** One Express request, as the library sees it. */
class ExpressHost extends HttpHost<Request, Response> {
  readonly #next: NextFunction
  readonly #reports: { readonly error: Error; readonly details: FailureDetails }[] = []

  constructor(app: App<unknown>, context: ExpressContext, next: NextFunction) {
    super(app, context)
    this.#next = next
  }

  /** What the browser asked for, whatever a mount has cut off. */
  get url(): string {
    return this.req.originalUrl
  }

  get protocol(): string {
    return this.req.protocol
  }

  /** With its port, which `req.host` of Express 4 has not. */
  get host(): string {
    const { req } = this
    const { host = '' } = req.headers
    const forwarded = req.get('X-Forwarded-Host')
    if (!forwarded || !trustsSender(req)) return host
    return forwarded.split(',', 1)[0]!.trim()
  }

  get secure(): boolean {
    return this.req.secure
  }

  /** Before the app's own page is run for a GET, or for a POST that is not ours. */
  openPage(): void {
    this.#addPageTools()
    this.holdForRegion()
  }

  protected runPage(fail: (error: unknown) => void): void {
    this.#addPageTools()
    try {
      this.#next()
    } catch (error) {
      fail(error)
    }
  }

  override async renderPage(cookieHeader: string | undefined) {
    if (cookieHeader !== undefined) refreshCookies(this.req, cookieHeader)
    return super.renderPage(cookieHeader)
  }

  /**
   * Express's own way for errors goes through whatever comes after this middleware, and its `next` goes that way once:
   * so the error follows when the answer is out. The handlers may look at everything and answer nothing.
   */
  reportError(thrown: unknown, details: FailureDetails): void {
    const { res } = this
    if (details.reference !== '') this.logFailure(details)
    const error = asError(thrown, details)
    this.#reports.push({ error, details })
    if (res.closed) this.#report()
    else if (this.#reports.length === 1) res.once('close', () => this.#report())
  }

  /** Without the error: a page that answers with a status of the 500s has brought its own to the handlers already. */
  logFailure(details: FailureDetails): void {
    if (this.req.app.get('env') !== 'test') console.error(failureLine(details))
  }

  #report(): void {
    const { res } = this
    silence(res)
    for (const { error, details } of this.#reports.splice(0)) {
      res.locals.failure = details
      this.#next(error)
    }
  }

  /** Express answers conditional requests in `send()`. */
  override sendKept(body: string | Buffer): void {
    this.res.status(200).send(body)
  }

  #addPageTools(): void {
    const { form, region } = this.tools()
    const { req, res } = this
    req.form = form
    req.region = region
    res.locals.form = form
    res.locals.region = region
    sendSafeHtml(res)
  }
}

/** Express takes an object for JSON. */
function sendSafeHtml(res: Response): void {
  // A bound function: V8 keeps what a closure here refers to, which is all of the request, until the next full collection.
  res.send = sendEither.bind(null, res, res.send)
}

function sendEither(res: Response, send: Response['send'], ...said: unknown[]): Response {
  return Reflect.apply(send, res, said[0] instanceof SafeHtml ? [said[0].toString()] : said)
}

/** By the app's setting `trust proxy`, as Express's own `req.protocol` goes by it. */
function trustsSender(req: Request): boolean {
  const trust: unknown = req.app.get('trust proxy fn')
  return typeof trust === 'function' && trust(req.socket.remoteAddress, 0) === true
}

/** The package cookie-parser, mounted before, has read the cookies as they were before the action. */
function refreshCookies(req: Request, header: string): void {
  const parsed: unknown = req.cookies
  if (typeof parsed !== 'object' || parsed === null) return
  const before = new Map(sentCookies(req.headers.cookie ?? ''))
  const now = new Map(sentCookies(header))
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const value = now.get(name)
    if (before.get(name) === value) continue
    if (value === undefined) Reflect.deleteProperty(parsed, name)
    else Object.defineProperty(parsed, name, { value, writable: true, enumerable: true, configurable: true })
  }
}

/** What is written to this response from now on goes nowhere; to all appearances nothing has been sent. */
function silence(res: ServerResponse): void {
  const same = () => res
  const nothing = () => {}
  Object.assign(res, {
    write: () => true,
    end: same,
    writeHead: same,
    setHeader: same,
    appendHeader: same,
    removeHeader: nothing,
    flushHeaders: nothing,
  })
  // With headers that are sent, Express's last handler destroys the socket, which may serve the next request by now.
  Object.defineProperty(res, 'headersSent', { value: false, configurable: true })
}

/** A parser that came first leaves what it read on the request. */
function refuseConsumed(req: Request): void {
  const error = consumedError(req.body, earlierMiddleware(req))
  if (error) throw error
}

/** The names of what is mounted on the app before us, as far as Express keeps a list that can be looked at. */
function earlierMiddleware(req: Request): string[] {
  // Express 4 has the first and throws on the second, Express 5 the second alone.
  const router: unknown = Reflect.get(req.app, '_router') ?? req.app.router
  const stack: unknown = router && Reflect.get(Object(router), 'stack')
  if (!Array.isArray(stack)) return []
  const names = stack.map((layer: { readonly name?: unknown }) => String(layer.name))
  const own = names.indexOf(sealform.name)
  return names.slice(0, Math.max(own, 0)).filter((name) => !unspoken.has(name))
}

/** Express's own two, and functions without a name. */
const unspoken = new Set(['query', 'expressInit', '<anonymous>', 'handle', ''])
