import { finished, Readable } from 'node:stream'
import type { DefaultState, Middleware, Next, ParameterizedContext } from 'koa'
import type { OwnAnswer } from '../lib/action/own-answer.js'
import type { Actions, Registry } from '../lib/action/registry.js'
import type { WatchedSubmission } from '../lib/action/submission.js'
import type { ClientHeaders } from '../lib/answer/adapt-reply.js'
import { answer, type Host, type HtmlSending } from '../lib/answer/answer.js'
import { reportEarlyAnswer } from '../lib/answer/answered-early.js'
import type { JsonFormat } from '../lib/answer/asked-format.js'
import { clientOf } from '../lib/answer/client-table.js'
import { consumedError } from '../lib/answer/consumed-error.js'
import { hintAtForm } from '../lib/answer/hint-at-form.js'
import type { Rendering } from '../lib/answer/judge-rendering.js'
import { otherFramework } from '../lib/answer/mount.js'
import { partOfVisit } from '../lib/answer/part-of-page.js'
import { type ForeignForm, recognise } from '../lib/answer/recognise.js'
import type { App, Settings } from '../lib/answer/settings.js'
import { tellerFor } from '../lib/answer/tell-client.js'
import { webProtocol } from '../lib/base/web-protocol.js'
import { offerPage } from '../lib/cache/offered-page.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import { type FormOptions, Page } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import { createForms, type Forms } from '../views/forms.js'
import { SafeHtml } from '../views/safe-html.js'
import { applyChanges, describeResponse, noCookies, redirectAtOnce, tellAtOnce } from './answer-headers.js'
import { createServedApp, type MiddlewareOptions, printBuiltIn, type ServedApp } from './app.js'
import { askedScript, mountOf } from './client-script.js'
import { connectionProtocol } from './connection-protocol.js'
import { cutAnswer } from './cut-answer.js'
import { asError, failureLine } from './failure-report.js'
import { isEncoded, isHtml } from './held-page.js'
import { createInspector } from './inspector.js'
import { renderAsGet, setHtml } from './koa-rendering.js'
import { changeSince, type NotedResponse, noteResponse, restoreResponse } from './koa-response.js'
import { refuseRouter } from './koa-router.js'
import { addTools } from './koa-tools.js'
import { hostOn, isServed, joinHost, type MountedHost, mountOn } from './mounted.js'
import {
  formOn,
  type PageTools,
  printCallModule,
  regionOn,
  scriptTagOn,
  searchOn,
  stepsOn,
} from './page-tools.js'
import { askInFull, restoreRequest } from './present-as-get.js'
import { pathOf } from './request-path.js'
import { tellOwnFile, tellOwnRedirect } from './tell-own-answer.js'
import { progressOf, WatchedResponse } from './watched-response.js'

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
export type { Guard } from './guard-outcome.js'
export { guard } from './koa-guard.js'
export type { FailureDetails, Form, FormOptions, Forms }

/** What the middleware adds to Koa's context. */
export interface SealformContext extends PageTools {}

type Context = ParameterizedContext<DefaultState, SealformContext>

/**
 * Makes the middleware for Koa 2.16+ and 3. Mount it after the session, before body parsers and the router.
 *
 * @param actions what `createActions()` returned
 * @throws SealformError `ERR_OPTION_INVALID` on misspelt options and bad values
 * @example
 * ```ts
 * const app = new Koa<Koa.DefaultState, SealformContext>()
 * app.use(sealform(actions))
 * ```
 */
export function sealform<Own = unknown>(
  actions: Actions<Own>,
  options: MiddlewareOptions<Own> = {},
): Middleware<DefaultState, SealformContext> {
  const app = createServedApp(actions, options)
  const inspector = createInspector(app)

  return async function sealform(ctx, next) {
    if (ctx.req === undefined) throw otherFramework('Koa')
    const script = askedScript(ctx.req)
    if (script) {
      ctx.set(script.headers)
      ctx.body = script.body
      return
    }
    const { req } = ctx
    if (inspector?.takes(req)) {
      ctx.respond = false
      const { url } = req
      // After the middlewares outside, which may still set headers. By then a mount has put back the URL that it changed.
      setImmediate(() => {
        req.url = url
        inspector.answer(req, ctx.res)
      })
      return
    }
    const outer = hostOn(req)
    if (isServed(app, outer)) return runInside(outer, ctx, next)
    refuseRouter(ctx, sealform)
    const host = new KoaHost(app, { ctx, next, outer })
    if (app.live?.asked(req)) {
      host.answerLive(app.live)
      return
    }
    if (app.uploads.asked(req, host.path)) return host.answerUpload()
    if (!outer) host.mount()
    if (req.method === 'POST') {
      const passesOn = (seal: string | undefined) => app.mount.passesOn(seal, host.path)
      const recognition = await recognise(req, [ctx.request, req], passesOn)
      if (recognition.kind !== 'foreign' && ctx.res.headersSent) {
        host.reportEarlyAnswer('before')
        return
      }
      if (recognition.kind === 'aborted') return
      if (recognition.kind === 'submission') {
        if (outer) host.mount()
        host.noteResponse()
        await answer(app, host, recognition.body)
        return
      }
      if (recognition.kind === 'consumed') refuseConsumed(ctx)
      if (recognition.kind === 'foreign') host.hintAtForm(recognition.form)
    }
    if (outer) {
      joinHost(outer, host)
      return runInside(outer, ctx, next)
    }
    await host.visit(next)
    // A middleware further inside has answered the submission.
    if (hostOn(req) === host) host.finishPage()
  }
}

/** Runs the rest of the app inside an earlier middleware, whose page makes the forms. */
function runInside(outer: MountedHost, ctx: Context, next: Next): Promise<unknown> {
  addTools(ctx, outer.tools())
  return next()
}

/** The request of a host, and the host that an earlier middleware has mounted on it. */
interface KoaRequest {
  readonly ctx: Context
  readonly next: Next
  readonly outer: MountedHost | undefined
}

/** Adapts one Koa request to the library. A class, so that creating one for every request is cheap. */
class KoaHost implements Host, MountedHost, PageTools {
  readonly req: Context['req']
  readonly res: Context['res']
  readonly context: Context
  readonly settings: Settings<unknown>
  /** The Set-Cookie lines that Sealform has added to the response. */
  cookies: readonly string[] = noCookies
  readonly #app: ServedApp
  readonly #next: Next
  readonly #outer: MountedHost | undefined
  /** The URL as the middleware sees it. What it has mounted inside may take a prefix off. */
  readonly #url: string
  #page: Page | undefined
  #form: PageTools['form'] | undefined
  #forms: Forms | undefined
  #region: PageTools['region'] | undefined
  #rendered = false
  #watched: WatchedResponse | undefined
  #noted: NotedResponse | undefined

  constructor(app: ServedApp, { ctx, next, outer }: KoaRequest) {
    this.req = ctx.req
    this.res = ctx.res
    this.context = ctx
    this.settings = app.settings
    this.#app = app
    this.#next = next
    this.#outer = outer
    this.#url = ctx.url
    // A live page notes when it begins: before the app reads what it shows.
    if (app.live) this.#page = new Page(app.registry, this)
  }

  /** Made when something asks for it: most requests of an app have no forms. */
  get page(): Page {
    this.#page ??= new Page(this.#app.registry, this)
    return this.#page
  }

  /** The URL that the browser asked for, including the part that a mount removes from `ctx.url`. */
  get url(): string {
    return this.#outer ? this.#outer.url : this.context.originalUrl
  }

  get path(): string {
    return pathOf(this.url)
  }

  get registry(): Registry {
    return this.#app.registry
  }

  get live(): App<unknown>['live'] {
    return this.#app.live
  }

  get protocol(): string {
    return webProtocol(this.context.request.protocol, connectionProtocol(this.req))
  }

  get host(): string {
    return this.context.request.host
  }

  get secure(): boolean {
    return this.protocol === 'https'
  }

  session(): string | undefined {
    return this.settings.session(this.context)
  }

  messages(): Messages {
    return this.settings.messages(this.context)
  }

  /** Opens a stream for a page, or refuses it, when the middlewares outside have set their cookies. */
  answerLive(live: NonNullable<App<unknown>['live']>): void {
    const { context } = this
    // Throws on a value that is none, while Koa can still answer.
    this.session()
    context.respond = false
    // A visitor who leaves a page resets its stream, which Koa would report as an error of the app.
    context.onerror = () => {}
    setImmediate(() => {
      if (!this.res.headersSent) live.answer(this)
    })
  }

  /** Answers a request of an upload that can be resumed. */
  async answerUpload(): Promise<void> {
    const { context } = this
    const { onerror } = context
    // Koa would report each connection that breaks as an error of the app.
    context.onerror = () => {}
    this.noteResponse()
    const { status, headers, body } = await this.#app.uploads.answer(this).catch((error: unknown) => {
      context.onerror = onerror
      throw error
    })
    context.body = body
    context.status = status
    context.set(headers)
  }

  nonce(): string | undefined {
    return this.settings.nonce(this.context)
  }

  /** Makes this host the one that answers, and adds `form`, `forms` and `region` to the context. */
  mount(): void {
    mountOn(this.req, this)
    addTools(this.context, this)
    this.offer(this.registry)
  }

  tools(): PageTools {
    return this
  }

  // Bound functions, because V8 keeps a closure of a request until the next full collection.
  get form(): PageTools['form'] {
    this.#form ??= formOn.bind(this) as PageTools['form']
    return this.#form
  }

  get forms(): Forms {
    this.#forms ??= this.#createForms()
    return this.#forms
  }

  get region(): PageTools['region'] {
    this.#region ??= regionOn.bind(this) as PageTools['region']
    return this.#region
  }

  #createForms(): Forms {
    const mount = mountOf(this.context.originalUrl, this.#url)
    return createForms(this.page, {
      form: formOn.bind(this),
      steps: stepsOn.bind(this) as Forms['steps'],
      messages: this.messages.bind(this),
      printScript: scriptTagOn.bind(this, mount),
      printCallModule: printCallModule.bind(undefined, mount),
      search: searchOn.bind(this) as Forms['search'],
    })
  }

  offer({ cache }: Registry): void {
    if (cache) offerPage(this, cache)
  }

  /** Says on the console, outside of production, what a form lacks that is not a submission. */
  hintAtForm(form: ForeignForm): void {
    hintAtForm(form, this.res, { path: this.path, advises: this.settings.advises })
  }

  /** Notes what earlier middleware has set on the response, before an action can answer by itself. */
  noteResponse(): void {
    this.#noted = noteResponse(this.context)
  }

  watchAnswer(submission: WatchedSubmission): void {
    this.#watched = new WatchedResponse(this.res, submission, tellerFor(this))
  }

  ownAnswer(): OwnAnswer {
    const { context, res } = this
    const progress = this.#watched?.progress ?? 'none'
    const raw = progress === 'none' ? progressOf(res) : progress
    if (raw !== 'none' || !this.#noted) return raw
    return changeSince(this.#noted, context)
  }

  takeBackAnswer(): void {
    if (this.#noted && this.ownAnswer() !== 'none') restoreResponse(this.#noted, this.context)
    this.#watched?.takeBack()
  }

  takeOverAnswer(): void {
    this.takeBackAnswer()
    this.#watched?.stop()
  }

  leaveOwnAnswer(ran: boolean): void {
    const { context, res } = this
    // Without the context, the action cannot have sent it.
    if (ran && !this.#watched && res.headersSent) this.reportEarlyAnswer('after')
    const { body } = context.response
    if (context.respond === false || (this.#watched?.progress ?? progressOf(res)) !== 'none') {
      // Koa would end the answer with the words of its status.
      context.respond = false
      this.#watched?.leave((error) => {
        this.#watched?.stop()
        context.onerror(asError(error, { reference: '', action: undefined }))
      })
      return
    }
    this.#watched?.stop()
    // Koa ends a response with this status without its body.
    if (tellOwnRedirect(res, tellerFor(this))) return
    if (body instanceof SafeHtml) setHtml(context, body)
    tellOwnFile(res, tellerFor(this))
    // Koa 2 leaves the connection open when a stream fails after its first byte.
    if (body instanceof Readable) {
      finished(body, { writable: false }, (error) => {
        if (error && res.headersSent && !res.writableEnded) cutAnswer(res)
      })
    }
  }

  cutOwnAnswer(): void {
    this.context.respond = false
    cutAnswer(this.res)
  }

  renderPage(cookieHeader: string | undefined): Promise<Rendering> {
    if (this.res.headersSent) return Promise.resolve({ kind: 'not-run' })
    this.#rendered = true
    return renderAsGet(this.context, () => this.#runPage(), cookieHeader)
  }

  /** Runs the page with the flash of the cookies that it is run with. */
  #runPage(): Promise<unknown> {
    this.#forms = undefined
    addTools(this.context, this)
    return this.#next()
  }

  /** Runs the page of a GET, or of a POST that is not a submission. */
  visit(next: Next): Promise<unknown> {
    const { req } = this
    const sent = clientOf(req.headers)?.header === undefined ? undefined : askInFull(req)
    return sent ? next().finally(() => restoreRequest(req, sent)) : next()
  }

  /** Finishes the page of a GET, or of a POST that is not a submission. */
  finishPage(): void {
    const { context, res } = this
    const { body } = context.response
    // Koa answers when the outermost middleware is done. It has to wait for this one.
    if (res.writableEnded && context.respond !== false && isWhole(body)) {
      this.reportEarlyAnswer('page')
      return
    }
    if (body instanceof SafeHtml) setHtml(context, body)
    this.#sendVisit()
    this.#page?.keeping?.keep(res.statusCode, context.response.body)
  }

  #sendVisit(): void {
    const { context, req, res } = this
    const client = clientOf(req.headers)
    if (!client) {
      if (this.#page) describeResponse(this, 'page')
      return
    }
    const { body, status } = context.response
    const content = typeof body === 'string' || Buffer.isBuffer(body) ? body : undefined
    const part = partOfVisit(this, { client, status, content, isHtml: isHtml(res) && !isEncoded(res) })
    if (part.kind === 'region') {
      describeResponse(this, { content: 'region', regions: part.ids, headers: part.headers })
    } else describeResponse(this, part.kind)
    if (part.kind !== 'page') context.body = part.html
  }

  addSetCookie(lines: readonly string[]): void {
    for (const line of lines) this.context.append('Set-Cookie', line)
    if (lines.length > 0) this.cookies = [...this.cookies, ...lines]
  }

  sendRedirect(location: string): void {
    const { res, context } = this
    if (res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    const { response } = context
    // With a JSON Content-Type, Koa 3 would send a null body as the JSON text `null`.
    response.remove('Content-Type')
    response.body = null
    response.status = 303
    if (this.#rendered) describeResponse(this, 'redirect')
    else applyChanges(res, redirectAtOnce)
    // Koa 2 omits the Content-Length of an empty body, and Node then closes the connection.
    res.setHeader('Content-Length', '0')
    response.set('Location', location)
  }

  tellRedirect(headers: ClientHeaders): void {
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    const { response } = this.context
    response.remove('Content-Type')
    response.body = null
    response.status = 204
    if (this.#rendered) describeResponse(this, { content: 'redirect', headers })
    else tellAtOnce(this, headers)
  }

  changePage(content: string | Buffer): void {
    this.context.response.body = content
  }

  sendPage(status: number, headers?: ClientHeaders): void {
    const { context } = this
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    context.status = status
    describeResponse(this, headers ? { content: 'page', headers } : 'page')
  }

  sendHtml(html: string, { status, regions, headers }: HtmlSending): void {
    const { context } = this
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    context.status = status
    describeResponse(this, { content: regions ? 'region' : 'html', regions, headers })
    context.body = html
  }

  sendJson(status: number, text: string, format: JsonFormat): void {
    const { context } = this
    if (this.res.headersSent) {
      this.reportEarlyAnswer('after')
      return
    }
    context.status = status
    describeResponse(this, format)
    context.body = text
  }

  leaveAnswer(): void {
    describeResponse(this, 'page')
  }

  reportEarlyAnswer(when: 'before' | 'after' | 'page'): void {
    reportEarlyAnswer(this, { when, earlier: mountedBefore(this.context) })
  }

  /** Emits the error on the app, as Koa does. Koa's handlers expect an Error. */
  reportError(thrown: unknown, details: FailureDetails): void {
    const { context } = this
    const { app } = context
    const error = asError(thrown, details)
    if (details.reference !== '') this.logFailure(details)
    try {
      if (app.listenerCount('error') > 0) app.emit('error', error, context, details)
      else console.error(error)
    } catch (another) {
      // A listener that fails must not take the answer from the visitor.
      console.error(error)
      console.error(another)
    }
  }

  logFailure(details: FailureDetails): void {
    if (!this.context.app.silent) console.error(failureLine(details))
  }

  /** Does nothing: Koa sends a page only after the whole app has run, so no write has to be held. */
  holdForKeeping(): void {}

  sendKept(body: string | Buffer): void {
    this.context.status = 200
    this.context.body = body
  }

  sendBody(html: string | Buffer | Readable): void {
    const { context } = this
    if (!this.res.hasHeader('Content-Type')) context.type = 'html'
    context.body = html
  }

  builtInPage(page: BuiltInPage): string {
    return printBuiltIn(this.#app, this, page)
  }
}

/**
 * Throws when a parser mounted earlier has read the body of a form. Such a parser stores the result in `ctx.request.body`;
 * multer uses `ctx.req.body`.
 */
function refuseConsumed(ctx: Context): void {
  const error = consumedError([ctx.request, ctx.req], mountedBefore(ctx))
  if (error) throw error
}

/** Says whether Koa sends a body at once, in contrast to a stream. */
function isWhole(body: unknown): boolean {
  return typeof body === 'string' || Buffer.isBuffer(body) || body instanceof SafeHtml
}

/** Names the middlewares that are mounted on the app before Sealform. */
function mountedBefore({ app }: Context): readonly string[] {
  const names = app.middleware.map(({ name }) => name)
  return names.slice(0, Math.max(names.indexOf('sealform'), 0)).filter((name) => name !== '')
}
