import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { Submittable } from '../lib/action/action.js'
import type { OwnAnswer } from '../lib/action/own-answer.js'
import type { Registry } from '../lib/action/registry.js'
import type { WatchedSubmission } from '../lib/action/submission.js'
import type { ClientHeaders } from '../lib/answer/adapt-reply.js'
import type { Host, HtmlSending } from '../lib/answer/answer.js'
import { reportEarlyAnswer } from '../lib/answer/answered-early.js'
import type { JsonFormat } from '../lib/answer/asked-format.js'
import { type ClientRow, clientOf } from '../lib/answer/client-table.js'
import type { AnswerContent } from '../lib/answer/describe-answer.js'
import { hintAtForm } from '../lib/answer/hint-at-form.js'
import type { RenderedPage, Rendering } from '../lib/answer/judge-rendering.js'
import { partOfVisit, type VisitPart } from '../lib/answer/part-of-page.js'
import type { ForeignForm } from '../lib/answer/recognise.js'
import type { App, Settings } from '../lib/answer/settings.js'
import { tellerFor } from '../lib/answer/tell-client.js'
import { hasLeft } from '../lib/base/visitor-left.js'
import { offerPage } from '../lib/cache/offered-page.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import { type FormOptions, Page } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import { createForms, type Forms } from '../views/forms.js'
import type { SafeHtml } from '../views/safe-html.js'
import {
  describeResponse,
  headerOf,
  noCookies,
  redirectAtOnce,
  type SentFacts,
  tellAtOnce,
} from './answer-headers.js'
import { printBuiltIn, type ServedApp } from './app.js'
import { mountOf } from './client-script.js'
import { cutAnswer } from './cut-answer.js'
import { isEncoded, isHtml, isJson, maxHeldBytes, pageTime, unanswered } from './held-page.js'
import { applyHead, HeldResponse } from './held-response.js'
import { type MountedHost, mountOn } from './mounted.js'
import {
  formOn,
  type PageTools,
  printCallModule,
  type RegionArguments,
  regionOn,
  scriptTagOn,
  searchOn,
  stepsOn,
} from './page-tools.js'
import { askInFull, presentAsGet, restoreRequest } from './present-as-get.js'
import { pathOf } from './request-path.js'
import { progressOf, WatchedResponse } from './watched-response.js'

/** Headers that Sealform itself sets between the end of a page and its sending. */
const ownHeaders = ['server-timing']
const nothing = Buffer.alloc(0)

/** A page that has broken off its answer, as if it had answered 500: what failed has told the app already. */
const brokenOff: Rendering = {
  kind: 'rendered',
  status: 500,
  location: '',
  body: 'none',
  content: undefined,
  encoded: false,
  json: false,
  takenOver: false,
}

/**
 * Adapts one request of a framework whose pages write to Node's own response. Holds the writes of a page only when
 * Sealform has to decide about them. A redirect, and a page without a requested region, are written directly.
 */
export abstract class HttpHost<
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
> implements Host, MountedHost, PageTools
{
  readonly req: Req
  readonly res: Res
  readonly context: { readonly req: Req; readonly res: Res }
  readonly settings: Settings<unknown>
  /** The Set-Cookie lines that Sealform has added to the response. */
  cookies: readonly string[] = noCookies
  readonly #app: ServedApp
  protected readonly outer: MountedHost | undefined
  /** The URL as the middleware sees it. What it has mounted inside may take a prefix off. */
  readonly #url: string
  #page: Page | undefined
  #form: PageTools['form'] | undefined
  #forms: Forms | undefined
  #region: PageTools['region'] | undefined
  #heldResponse: HeldResponse | undefined
  #describesHead = false
  /** The page failed after it was judged, so it will never end its answer. */
  #brokenOff = false
  #watched: WatchedResponse | undefined

  /** @param outer the host that an earlier middleware has mounted on the request */
  constructor(
    app: ServedApp,
    context: { readonly req: Req; readonly res: Res },
    outer: MountedHost | undefined,
  ) {
    this.outer = outer
    this.req = context.req
    this.res = context.res
    this.context = context
    this.settings = app.settings
    this.#app = app
    this.#url = context.req.url ?? ''
    // A live page notes when it begins: before the app reads what it shows.
    if (app.live) this.#page = new Page(app.registry, this)
  }

  /** Made when something asks for it: most requests of an app have no forms. */
  get page(): Page {
    this.#page ??= new Page(this.#app.registry, this)
    return this.#page
  }

  abstract readonly url: string
  abstract readonly protocol: string
  abstract readonly host: string
  abstract readonly secure: boolean
  abstract reportError(error: unknown, details: FailureDetails): void
  abstract logFailure(details: FailureDetails): void
  /** Runs the app's page. Passes an error that the framework does not handle to `fail`. */
  protected abstract runPage(fail: (error: unknown) => void): void
  /** Answers as the framework does when a handler fails. */
  protected abstract failAnswer(error: unknown): void

  get path(): string {
    return pathOf(this.url)
  }

  get registry(): Registry {
    return this.#app.registry
  }

  get live(): App<unknown>['live'] {
    return this.#app.live
  }

  session(): string | undefined {
    return this.settings.session(this.context)
  }

  messages(): Messages {
    return this.settings.messages(this.context)
  }

  nonce(): string | undefined {
    return this.settings.nonce(this.context)
  }

  /** Answers a request of an upload that can be resumed. */
  answerUpload(): void {
    const { res } = this
    this.#app.uploads.answer(this).then(
      ({ status, headers, body }) => {
        if (res.headersSent) return
        const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }
        res.writeHead(status, { ...headers, ...length }).end(body)
      },
      (error: unknown) => this.failAnswer(error),
    )
  }

  builtInPage(page: BuiltInPage): string {
    return printBuiltIn(this.#app, this, page)
  }

  /** Says on the console, outside of production, what a form lacks that is not a submission. */
  hintAtForm(form: ForeignForm): void {
    hintAtForm(form, this.res, { path: this.path, advises: this.settings.advises })
  }

  /** Offers `form`, `forms` and `region` to a page that is about to run, with the flash of the cookies that it is run with. */
  tools(): PageTools {
    this.#forms = undefined
    return this
  }

  // Bound functions, because V8 keeps a closure of a request until the next full collection.
  get form(): PageTools['form'] {
    this.#form ??= toolForm.bind(this) as PageTools['form']
    return this.#form
  }

  get forms(): Forms {
    this.#forms ??= this.#createForms()
    return this.#forms
  }

  get region(): PageTools['region'] {
    this.#region ??= toolRegion.bind(this) as PageTools['region']
    return this.#region
  }

  #createForms(): Forms {
    const mount = mountOf(this.url, this.#url)
    return createForms(this.page, {
      form: toolForm.bind(this),
      steps: toolSteps.bind(this) as Forms['steps'],
      messages: this.messages.bind(this),
      printScript: scriptTagOn.bind(this, mount),
      printCallModule: printCallModule.bind(undefined, mount),
      search: searchOn.bind(this) as Forms['search'],
      afterRead: this.describeWhenWritten.bind(this),
    })
  }

  watchAnswer(submission: WatchedSubmission): void {
    this.watchWith(new WatchedResponse(this.res, submission, tellerFor(this)))
  }

  /** Begins to watch. A framework with further ways to answer adds them. */
  protected watchWith(watched: WatchedResponse): void {
    this.#watched = watched
  }

  ownAnswer(): OwnAnswer {
    const progress = this.#watched?.progress ?? 'none'
    return progress === 'none' ? progressOf(this.res) : progress
  }

  takeBackAnswer(): void {
    this.#watched?.takeBack()
  }

  takeOverAnswer(): void {
    this.#watched?.stop()
    this.#watched?.takeBack()
  }

  leaveOwnAnswer(ran: boolean): void {
    // Without the context, the action cannot have sent it.
    if (ran && !this.#watched && this.res.headersSent) this.reportEarlyAnswer('after')
    this.#watched?.leave((error) => {
      this.takeOverAnswer()
      this.failAnswer(error)
    })
  }

  cutOwnAnswer(): void {
    cutAnswer(this.res)
  }

  offer({ cache }: Registry): void {
    if (cache) offerPage(this, cache)
  }

  /** Makes this host the one that answers the request or makes its page. */
  mount(): void {
    mountOn(this.req, this)
    this.offer(this.registry)
  }

  addSetCookie(lines: readonly string[]): void {
    for (const line of lines) this.res.appendHeader('Set-Cookie', line)
    if (lines.length > 0) this.cookies = [...this.cookies, ...lines]
  }

  sendRedirect(location: string): void {
    const { res } = this
    if (res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    if (!this.#heldResponse) {
      res.writeHead(303, { Location: location, 'Content-Length': 0, ...redirectAtOnce.set })
      res.end()
      return
    }
    this.#describeAnswer(303, { content: 'redirect' })
    res.setHeader('Location', location)
    this.#sendInstead(nothing)
  }

  tellRedirect(headers: ClientHeaders): void {
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    const { res } = this
    if (this.#heldResponse) {
      this.#describeAnswer(204, { content: 'redirect', headers })
      this.#sendInstead(nothing)
      return
    }
    tellAtOnce(this, headers)
    res.writeHead(204)
    res.end()
  }

  /** Whether what the page writes is held back. */
  get holdsAnswer(): boolean {
    return this.#heldResponse !== undefined
  }

  changePage(content: string | Buffer): void {
    this.#heldResponse?.change(Buffer.from(content))
  }

  sendPage(status: number, headers?: ClientHeaders): void {
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    this.#heldResponse?.takeBackHeaders(ownHeaders)
    this.#describeAnswer(status, headers ? { content: 'page', headers } : 'page')
    this.#heldResponse?.release()
    if (this.#brokenOff) this.#cutConnection()
  }

  sendHtml(html: string, { status, regions, headers }: HtmlSending): void {
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    this.#describeAnswer(status, { content: regions ? 'region' : 'html', regions, headers })
    this.#sendInstead(Buffer.from(html))
  }

  sendJson(status: number, text: string, format: JsonFormat): void {
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    this.#describeAnswer(status, { content: format })
    this.#sendInstead(Buffer.from(text))
  }

  leaveAnswer(): void {
    this.abandon()
  }

  async renderPage(cookieHeader: string | undefined): Promise<Rendering> {
    const { req, res } = this
    // The visitor has disconnected. A page that waits for 'drain' would never end.
    if (hasLeft(res) || res.headersSent) return { kind: 'not-run' }
    const sent = presentAsGet(req, cookieHeader)
    // The package on-finished reads `finished`. Without it, `finalhandler` would wait for a body that is still arriving
    // before it answers that there is no page.
    const finished: IncomingMessage & { finished?: boolean | undefined } = req
    finished.finished = true
    try {
      return await new Promise<Rendering>((resolve) => {
        let timer: NodeJS.Timeout | undefined
        let settled = false
        const settle = (rendering: Rendering) => {
          settled = true
          clearTimeout(timer)
          res.off('close', decide)
          resolve(rendering)
        }
        const decide = () => settle(this.#rendering())
        const fail = (error: unknown) => {
          if (settled) this.#breakOff(error)
          else settle({ kind: 'threw', error, sent: res.headersSent })
        }
        this.#heldResponse = new HeldResponse(res, () => maxHeldBytes, decide)
        this.#heldResponse.outliveFailure()
        this.runPage(fail)
        // Most pages have answered by now.
        if (settled) return
        timer = setTimeout(() => fail(unanswered()), pageTime).unref()
        res.on('close', decide)
      })
    } finally {
      finished.finished = undefined
      restoreRequest(req, sent)
    }
  }

  /**
   * Holds the page of a GET when the client asked for a region. Call it before the page runs. A page that marks no region
   * before its first write is not held, unless it may have to be marked for a frame that it lacks.
   */
  holdForRegion(): void {
    const client = clientOf(this.req.headers)
    if (!client?.header) return
    const sent = askInFull(this.req)
    const limit = () => (this.page.hasRegions || client.lacking !== 'shows it' ? maxHeldBytes : -1)
    const heldResponse = new HeldResponse(this.res, limit, () => {
      if (sent) restoreRequest(this.req, sent)
      this.#sendVisit(client, heldResponse)
    })
    this.#heldResponse = heldResponse
  }

  #sendVisit(client: ClientRow, held: HeldResponse): void {
    const { res } = this
    const { statusCode: status } = res
    const facts = { client, status, content: held.whole, isHtml: isHtml(res) && !isEncoded(res) }
    const part: VisitPart = held.ended ? partOfVisit(this, facts) : { kind: 'page' }
    if (part.kind === 'region') {
      describeResponse(this, { content: 'region', regions: part.ids, headers: part.headers })
    } else describeResponse(this, part.kind)
    if (part.kind === 'page') held.release()
    else held.replace(Buffer.from(part.html))
  }

  /** Holds a page that may be cached until it is complete. */
  holdForKeeping(): void {
    const { res, page } = this
    if (this.#heldResponse || !page.keeping) return
    const heldResponse = new HeldResponse(
      res,
      () => maxHeldBytes,
      () => {
        describeResponse(this, 'page')
        page.keeping?.keep(res.statusCode, heldResponse.whole)
        heldResponse.release()
      },
    )
    this.#heldResponse = heldResponse
  }

  /** Sends a cached page. */
  sendKept(body: string | Buffer): void {
    this.res.statusCode = 200
    this.res.setHeader('Content-Length', Buffer.byteLength(body))
    this.res.end(body)
  }

  sendBody(html: string | Buffer | Readable): void {
    const { res } = this
    if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', 'text/html; charset=utf-8')
    this.describeWhenWritten()
    if (html instanceof Readable) {
      // The visitor has left, or the stream has failed: the connection is closed, and nobody else has to know.
      pipeline(html, res, () => {})
      return
    }
    if (!this.#heldResponse) res.setHeader('Content-Length', Buffer.byteLength(html))
    res.end(html)
  }

  reportEarlyAnswer(when: 'before' | 'after'): void {
    reportEarlyAnswer(this, { when, earlier: [] })
  }

  /** Stops holding writes, so that an error handler can answer after a fault in the library. */
  abandon(): void {
    this.#heldResponse?.abandon()
  }

  /**
   * Adds the header changes for caches when the headers are written, in place of the page's own values. Called when a page
   * has made a form or a region.
   */
  describeWhenWritten(): void {
    const { personal, hasRegions } = this.page
    if (this.#heldResponse || this.#describesHead) return
    const { mountings } = this.page
    if (!(personal || hasRegions || mountings.haveOneTime || mountings.haveForgotten)) return
    this.#describesHead = true
    const { res } = this
    res.writeHead = this.#writeHead.bind(this, res.writeHead)
  }

  #writeHead(writeHead: ServerResponse['writeHead'], ...args: unknown[]): Res {
    const { res } = this
    applyHead(res, args)
    describeResponse(this, 'page')
    Reflect.apply(writeHead, res, [res.statusCode])
    return res
  }

  /** Reports a page that failed after it was judged, and ends the connection, as on a plain GET. */
  #breakOff(error: unknown): void {
    this.reportError(error, { reference: '', action: undefined })
    this.#brokenOff = true
    if (this.res.headersSent) this.#cutConnection()
  }

  #cutConnection(): void {
    if (!this.res.writableEnded) cutAnswer(this.res)
  }

  #describeAnswer(status: number, sent: AnswerContent | SentFacts): void {
    const { req, res } = this
    res.statusCode = status
    // Resets the reason phrase that a missing or redirecting page may have set. HTTP/2 has none, and Node warns on access.
    if (req.httpVersionMajor < 2) res.statusMessage = ''
    describeResponse(this, sent)
  }

  #sendInstead(body: Buffer): void {
    if (this.#heldResponse) {
      this.#heldResponse.replace(body)
      return
    }
    this.res.setHeader('Content-Length', body.length)
    this.res.end(body)
  }

  #rendering(): Rendering {
    const { res } = this
    if (res.headersSent) return { kind: 'sent' }
    if (this.#heldResponse?.brokenOff) return brokenOff
    return {
      kind: 'rendered',
      status: res.statusCode,
      location: headerOf(res, 'Location'),
      body: bodyKind(this.#heldResponse),
      content: this.#heldResponse?.bytes,
      encoded: isEncoded(res),
      json: isJson(res),
      takenOver: this.#heldResponse?.takenOver === true,
    }
  }
}

function bodyKind(held: HeldResponse | undefined): RenderedPage['body'] {
  if (held === undefined || held.length === 0) return 'none'
  return held.ended ? 'finished' : 'unfinished'
}

function toolForm(this: HttpHost, action: Submittable, options?: FormOptions): Form {
  const form = formOn.call(this, action, options)
  this.describeWhenWritten()
  return form
}

function toolSteps(this: HttpHost, ...asked: Parameters<typeof stepsOn>): ReturnType<typeof stepsOn> {
  const form = stepsOn.apply(this, asked)
  this.describeWhenWritten()
  return form
}

function toolRegion(this: HttpHost, ...described: RegionArguments): SafeHtml | Promise<SafeHtml> {
  const region = regionOn.apply(this, described)
  if (region instanceof Promise) return region.finally(() => this.describeWhenWritten())
  this.describeWhenWritten()
  return region
}
