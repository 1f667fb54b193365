import type { ServerResponse } from 'node:http'
import type { NextFunction, Request, Response } from 'express'
import { sentCookies } from '../lib/action/cookies.js'
import type { Actions } from '../lib/action/registry.js'
import { answer } from '../lib/answer/answer.js'
import { consumedError } from '../lib/answer/consumed-error.js'
import { misplaced, otherFramework } from '../lib/answer/mount.js'
import { recognise } from '../lib/answer/recognise.js'
import { webProtocol } from '../lib/base/web-protocol.js'
import type { FormOptions } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import type { Forms } from '../views/forms.js'
import { SafeHtml } from '../views/safe-html.js'
import { createServedApp, type MiddlewareOptions, type ServedApp } from './app.js'
import { sendScript } from './client-script.js'
import { connectionProtocol } from './connection-protocol.js'
import { asError, failureLine } from './failure-report.js'
import { hashProperties } from './hash-properties.js'
import { createInspector } from './inspector.js'
import { watchLateSenders } from './late-senders.js'
import { hostOn, isServed, joinHost, type MountedHost } from './mounted.js'
import { HttpHost } from './node-host.js'
import type { PageTools } from './page-tools.js'
import type { WatchedResponse } from './watched-response.js'

export type { Refusal } from '../lib/answer/refusal.js'
export type { FormStatus } from '../lib/page/form-record.js'
export type { SearchFormOptions } from '../lib/search/search-options.js'
export type { SearchChanges } from '../lib/search/search-url.js'
export type { Attributes, Props } from '../views/attributes.js'
export type { BuiltInParts } from '../views/built-in-page.js'
export type { ButtonFormAttributes } from '../views/button-form.js'
export type { SelectOption } from '../views/choice.js'
export type { FieldOptions, FieldParts } from '../views/field-options.js'
export type { ControlProps, Controls, FormOf, FormProps } from '../views/form.js'
export type { StepsFormOptions } from '../views/forms.js'
export type { RegionFailure, RegionOptions } from '../views/region.js'
export type { SearchForm } from '../views/search-form.js'
export type { ShownStep, SteppedForm } from '../views/stepped-form.js'
export type { MiddlewareOptions } from './app.js'
export { guard } from './express-guard.js'
export type { Guard } from './guard-outcome.js'
export type { FailureDetails, Form, FormOptions, Forms }

/** What the middleware adds to Express's request. */
export interface SealformRequest extends PageTools {}

/** What the middleware adds to `res.locals`, and so to every template. */
export interface SealformLocals extends PageTools {
  /** For error-handling middleware: details of the error that it receives, with the reference that the visitor saw. */
  failure?: FailureDetails
}

/** The type of `submission.context` in actions, and of the argument of options that are functions. */
export interface ExpressContext {
  readonly req: Request
  readonly res: Response
}

/** The middleware that `sealform()` returns. */
export type SealformHandler = (req: Request, res: Response, next: NextFunction) => void

/**
 * Makes the middleware for Express 4.21+ and 5. Mount it with `app.use()` after the session, before body parsers and
 * routes.
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
  const app = createServedApp(actions, options)
  const inspector = createInspector(app)

  return function sealform(req, res, next) {
    if (next === undefined) throw otherFramework('Express')
    hashProperties(req, res)
    if (sendScript(req, res)) return
    if (inspector?.takes(req)) {
      inspector.answer(req, res)
      return
    }
    const outer = hostOn(req)
    if (isServed(app, outer)) {
      addPageTools({ req, res }, outer.tools())
      next()
      return
    }
    refuseRoute(req, sealform)
    const host = new ExpressHost(app, { context: { req, res }, next, outer })
    if (app.live?.asked(req)) {
      app.live.answer(host)
      return
    }
    if (app.uploads.asked(req, host.path)) {
      host.answerUpload()
      return
    }
    if (req.method !== 'POST') {
      host.openPage()
      next()
      return
    }
    receive(app, host, next).catch((error: unknown) => {
      host.abandon()
      host.failAnswer(error)
    })
  }
}

async function receive(app: ServedApp, host: ExpressHost, next: NextFunction): Promise<void> {
  const recognition = await recognise(host.req, [host.req], (seal) => app.mount.passesOn(seal, host.path))
  if (recognition.kind !== 'foreign' && host.res.headersSent) {
    host.reportEarlyAnswer('before')
    return
  }
  if (recognition.kind === 'aborted') return
  if (recognition.kind === 'submission') {
    host.mount()
    await answer(app, host, recognition.body)
    return
  }
  if (recognition.kind === 'consumed') refuseConsumed(host.req)
  if (recognition.kind === 'foreign') host.hintAtForm(recognition.form)
  host.openPage()
  next()
}

/** Adapts one Express request to the library. */
class ExpressHost extends HttpHost<Request, Response> {
  readonly #next: NextFunction
  readonly #reports: { readonly error: Error; readonly details: FailureDetails }[] = []

  constructor(app: ServedApp, { context, next, outer }: ExpressArrival) {
    super(app, context, outer)
    this.#next = next
  }

  /** The URL that the browser asked for, including the part that a mount removes from `req.url`. */
  get url(): string {
    return this.outer ? this.outer.url : this.req.originalUrl
  }

  get protocol(): string {
    return webProtocol(this.req.protocol, connectionProtocol(this.req))
  }

  /** The host with its port. `req.host` of Express 4 omits the port. */
  get host(): string {
    const { req } = this
    const { host = '' } = req.headers
    const forwarded = req.get('X-Forwarded-Host')
    if (!forwarded || !trustsSender(req)) return host
    return forwarded.split(',', 1)[0]!.trim()
  }

  get secure(): boolean {
    return this.protocol === 'https'
  }

  /** Prepares the request before the app's page runs for a GET, or for a POST that is not a submission. */
  openPage(): void {
    const { outer } = this
    if (outer) {
      joinHost(outer, this)
      addPageTools(this.context, outer.tools())
      return
    }
    this.mount()
    addPageTools(this.context, this.tools())
    this.holdForRegion()
  }

  failAnswer(error: unknown): void {
    // Outside of the promise or event, so that an error in Express's handlers does not reject or end it.
    setImmediate(() => this.#next(error))
  }

  protected override watchWith(watched: WatchedResponse): void {
    super.watchWith(watched)
    const { res } = this
    sendSafeHtml(res)
    watchLateSenders(res, watched)
  }

  protected runPage(fail: (error: unknown) => void): void {
    addPageTools(this.context, this.tools())
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
   * Passes an error to Express's error handlers, which come after this middleware. The page's run already uses `next` for
   * the answer, so the error follows after the answer is sent. The handlers can read everything but cannot answer.
   */
  reportError(thrown: unknown, details: FailureDetails): void {
    const { res } = this
    if (details.reference !== '') this.logFailure(details)
    const error = asError(thrown, details)
    this.#reports.push({ error, details })
    if (res.closed) this.#report()
    else if (this.#reports.length === 1) res.once('close', () => this.#report())
  }

  /** Logs the reference only. A page that answers with 5xx has already passed its error to the handlers. */
  logFailure(details: FailureDetails): void {
    if (this.req.app.get('env') !== 'test') console.error(failureLine(details))
  }

  #report(): void {
    const { res } = this
    silence(res)
    for (const { error, details } of this.#reports.splice(0)) {
      res.locals.failure = details
      try {
        this.#next(error)
      } catch (another) {
        // Thrown in an event of the response, it would end the process.
        console.error(another)
      }
    }
  }

  /** Sends a cached page with `send()`, which answers conditional requests. */
  override sendKept(body: string | Buffer): void {
    this.res.status(200).send(body)
  }
}

/** A request, and the host that an earlier middleware has mounted on it. */
interface ExpressArrival {
  readonly context: ExpressContext
  readonly next: NextFunction
  readonly outer: MountedHost | undefined
}

function addPageTools({ req, res }: ExpressContext, { form, forms, region }: PageTools): void {
  req.form = form
  req.forms = forms
  req.region = region
  res.locals.form = form
  res.locals.forms = forms
  res.locals.region = region
  sendSafeHtml(res)
}

/** Lets `res.send()` send SafeHtml as HTML. Express would send the object as JSON. */
function sendSafeHtml(res: Response): void {
  // A bound function, because V8 would keep a closure and with it the whole request until the next full collection.
  res.send = sendEither.bind(null, res, res.send)
}

function sendEither(res: Response, send: Response['send'], ...args: unknown[]): Response {
  return Reflect.apply(send, res, args[0] instanceof SafeHtml ? [args[0].toString()] : args)
}

/** Tells whether the app's `trust proxy` setting trusts the sender. `req.protocol` of Express uses the same setting. */
function trustsSender(req: Request): boolean {
  const trust: unknown = req.app.get('trust proxy fn')
  return typeof trust === 'function' && trust(req.socket.remoteAddress, 0) === true
}

/** Updates `req.cookies`, which cookie-parser, mounted earlier, has filled with the cookies from before the action. */
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

/** Discards all later writes to the response, and makes it look as if no headers were sent. */
function silence(res: ServerResponse): void {
  const same = () => res
  const nothing = () => {}
  Object.assign(res, {
    write: () => true,
    end: same,
    writeHead: same,
    setHeader: same,
    setHeaders: same,
    appendHeader: same,
    removeHeader: nothing,
    flushHeaders: nothing,
  })
  // If headers look sent, Express's final handler destroys the socket, which may already serve the next request.
  Object.defineProperty(res, 'headersSent', { value: false, configurable: true })
}

/**
 * Throws when the middleware is mounted on a route that does not run it for both the page and its submissions.
 *
 * @throws SealformError `ERR_MOUNT`
 */
function refuseRoute({ route }: Request, middleware: unknown): void {
  // Express keeps the route that ran last, also after it has called next().
  if (!route?.stack.some(({ handle }: { readonly handle: unknown }) => handle === middleware)) return
  const { _all: all, get, post } = route.methods
  if (all || (get && post)) return
  const method = Object.keys(route.methods)[0] ?? 'get'
  throw misplaced(
    `app.${method}()`,
    'Mount it with app.use(sealform(actions)) or router.use(sealform(actions)), before the routes.',
  )
}

/** Throws when a parser mounted earlier has read the body of a form. Such a parser stores the result in `req.body`. */
function refuseConsumed(req: Request): void {
  const error = consumedError([req], earlierMiddleware(req))
  if (error) throw error
}

/** Lists the names of the middleware that is mounted before Sealform, if Express gives access to its router. */
function earlierMiddleware(req: Request): string[] {
  // Express 4 has `_router` and throws on `router`. Express 5 has only `router`.
  const router: unknown = Reflect.get(req.app, '_router') ?? req.app.router
  const stack: unknown = router && Reflect.get(Object(router), 'stack')
  if (!Array.isArray(stack)) return []
  const names = stack.map((layer: { readonly name?: unknown }) => String(layer.name))
  const own = names.indexOf(sealform.name)
  return names.slice(0, Math.max(own, 0)).filter((name) => !omitted.has(name))
}

/** Names that the message omits: Express's own two middlewares, and functions without a name. */
const omitted = new Set(['query', 'expressInit', '<anonymous>', 'handle', ''])
