import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http'
import { answer } from '../lib/answer/answer.js'
import { consumedError } from '../lib/answer/consumed-error.js'
import { recognise } from '../lib/answer/recognise.js'
import type { App } from '../lib/answer/settings.js'
import { webProtocol } from '../lib/base/web-protocol.js'
import { saysMissing } from '../lib/outcome/failure.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { SafeHtml } from '../views/safe-html.js'
import { describeResponse } from './answer-headers.js'
import type { ServedApp } from './app.js'
import { sendScript } from './client-script.js'
import { connectionProtocol } from './connection-protocol.js'
import { cutAnswer } from './cut-answer.js'
import { asError, failureLine } from './failure-report.js'
import { hostOn, isServed, joinHost, type MountedHost } from './mounted.js'
import { HttpHost } from './node-host.js'
import type { PageTools } from './page-tools.js'

/** The type of `submission.context` in actions, and of the argument of options that are functions. */
export interface NodeContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** What the handler receives to print forms and to send HTML. */
export interface NodePage extends PageTools {
  /** Ends the answer with this HTML. Sets the Content-Type to HTML unless the page has set one. */
  send(html: SafeHtml | string): void
}

/** The app's own handler. It answers every request that is not a submission, and renders the pages that show an outcome. */
export type PageHandler = (req: IncomingMessage, res: ServerResponse, page: NodePage) => unknown

/** What answers the requests of a plain Node server. */
export interface NodeApp extends ServedApp {
  readonly handler: PageHandler
  /** Takes protocol and host from forwarded headers. */
  readonly proxy: boolean
  readonly onError: (error: unknown, details: FailureDetails, context: NodeContext) => void
}

/** Makes the request listener of an app. */
export function createListener(app: NodeApp): RequestListener {
  return function sealform(req, res) {
    if (sendScript(req, res)) return
    const outer = hostOn(req)
    const host = new NodeHost(app, { req, res }, outer)
    if (isServed(app, outer)) return host.runInside(outer)
    if (app.live?.asked(req)) return host.answerLive(app.live)
    if (app.uploads.asked(req, host.path)) return host.answerUpload()
    if (req.method !== 'POST') return host.open()
    receive(app, host).catch((error: unknown) => {
      host.abandon()
      host.fail(error)
    })
  }
}

async function receive(app: NodeApp, host: NodeHost): Promise<void> {
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
  host.open()
}

/** Adapts one request of a plain Node server to the library. */
class NodeHost extends HttpHost {
  readonly #app: NodeApp

  /** Kept, because code that mounts another app may take a prefix off `req.url`. */
  readonly url: string
  #fail = (error: unknown) => this.fail(error)

  constructor(app: NodeApp, context: NodeContext, outer: MountedHost | undefined) {
    super(app, context, outer)
    this.#app = app
    this.url = outer ? outer.url : (context.req.url ?? '/')
  }

  get protocol(): string {
    return webProtocol(this.#forwarded('x-forwarded-proto'), connectionProtocol(this.req))
  }

  get host(): string {
    const { headers } = this.req
    // HTTP/2 has `:authority` in place of Host (RFC 9113, section 8.3.1).
    return this.#forwarded('x-forwarded-host') ?? headers.host ?? String(headers[':authority'] ?? '')
  }

  get secure(): boolean {
    return this.protocol === 'https'
  }

  /** Opens a stream for a page, or refuses it. */
  answerLive(live: NonNullable<App<unknown>['live']>): void {
    try {
      live.answer(this)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Runs the handler for a request that is not a submission. */
  open(): void {
    if (this.outer) {
      joinHost(this.outer, this)
      this.runInside(this.outer)
      return
    }
    this.mount()
    this.holdForRegion()
    this.runPage(this.#fail)
  }

  protected runPage(fail: (error: unknown) => void): void {
    this.#fail = fail
    this.#runHandler(this.tools(), fail)
  }

  /** Runs the handler inside an earlier middleware, whose page makes the forms and which answers when the handler fails. */
  runInside(outer: MountedHost): void {
    const answering = outer instanceof NodeHost ? outer : this
    this.#runHandler(outer.tools(), (error) => answering.#fail(error))
  }

  #runHandler(tools: PageTools, fail: (error: unknown) => void): void {
    const { req, res } = this
    try {
      const result: unknown = this.#app.handler(req, res, new HandlerPage(this, tools))
      if (result !== undefined) Promise.resolve(result).catch(fail)
    } catch (error) {
      fail(error)
    }
  }

  protected failAnswer(error: unknown): void {
    this.fail(error)
  }

  /** Answers when the handler threw. An error with a 4xx status means that there is no page for this visitor. */
  fail(error: unknown): void {
    const { res } = this
    const missing = saysMissing(error)
    if (!missing) this.reportError(error, { reference: '', action: undefined })
    this.abandon()
    if (res.writableEnded) return
    if (res.headersSent) {
      cutAnswer(res)
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
      const result: unknown = this.#app.onError(error, details, this.context)
      if (result instanceof Promise) result.catch(logBoth)
    } catch (another) {
      logBoth(another)
    }
  }

  logFailure(details: FailureDetails): void {
    console.error(failureLine(details))
  }

  /** Returns the last value of a forwarded header. Each proxy appends one, so only the last comes from our own proxy. */
  #forwarded(name: string): string | undefined {
    if (!this.#app.proxy) return undefined
    const value = this.req.headers[name]
    return typeof value === 'string' ? value.slice(value.lastIndexOf(',') + 1).trim() || undefined : undefined
  }
}

/** The tools of a page. All are its own properties, so that an object can be made of them. */
class HandlerPage implements NodePage {
  readonly form: NodePage['form']
  declare readonly forms: NodePage['forms']
  readonly region: NodePage['region']
  readonly send: NodePage['send']
  readonly #tools: PageTools

  /** Made when the handler reads it, which takes longer than all the rest. One getter serves all pages. */
  static readonly #forms: PropertyDescriptor & ThisType<HandlerPage> = {
    enumerable: true,
    get() {
      return this.#tools.forms
    },
  }

  constructor(host: NodeHost, tools: PageTools) {
    this.#tools = tools
    this.form = tools.form
    this.region = tools.region
    this.send = sendHtml.bind(null, host)
    Object.defineProperty(this, 'forms', HandlerPage.#forms)
  }
}

function sendHtml(host: NodeHost, html: SafeHtml | string): void {
  const { res } = host
  const text = String(html)
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', 'text/html; charset=utf-8')
  // A held answer gets its length when it is sent. To measure a long text costs as much as to encode it.
  if (!host.holdsAnswer) res.setHeader('Content-Length', Buffer.byteLength(text))
  res.end(text)
}

function refuseConsumed(req: IncomingMessage): void {
  const error = consumedError([req], [])
  if (error) throw error
}
