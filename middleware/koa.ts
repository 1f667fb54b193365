import type { DefaultState, Middleware, Next, ParameterizedContext } from 'koa'
import { type Actions, asRegistry, type Registry } from '../lib/action/registry.js'
import { answer, consumedError, type Host, type Rendering, regionOf } from '../lib/answer/answer.js'
import { recognise } from '../lib/answer/recognise.js'
import { type MiddlewareOptions, resolveSettings, type Settings } from '../lib/answer/settings.js'
import { regionHeaders } from '../lib/base/wire-names.js'
import { tellPrivate } from '../lib/cache/cache-headers.js'
import { offerPage } from '../lib/cache/offered-page.js'
import { saysMissing } from '../lib/outcome/failure.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import { type FormOptions, Page } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import { builtInPage } from '../views/built-in-page.js'
import type { Form } from '../views/form.js'
import { SafeHtml } from '../views/safe-html.js'
import {
  asError,
  cacheControl,
  contentHeaders,
  failureLine,
  formOn,
  isHtml,
  noCookies,
  type PageTools,
  pathOf,
  presentAsGet,
  regionOn,
  restoreCookies,
  restoreRequest,
} from './page-tools.js'

export type { MiddlewareOptions, Refusal } from '../lib/answer/settings.js'
export type { FormStatus } from '../lib/page/page.js'
export type { Attributes } from '../views/attributes.js'
export type { SelectOption } from '../views/form.js'
export type { RegionFailure, RegionOptions } from '../views/region.js'
export type { FailureDetails, Form, FormOptions }

/** What the middleware adds to Koa's context. */
export interface SealformContext extends PageTools {}

type Context = ParameterizedContext<DefaultState, SealformContext>

/**
 * The middleware for Koa 2.16+ and 3. Mount it after the session, before body parsers and the router.
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
  const registry = asRegistry(actions, 'sealform()')
  const settings = resolveSettings(options as MiddlewareOptions<unknown>)

  return async function sealform(ctx, next) {
    const host = new KoaHost(registry, ctx, next, settings)
    host.addPageTools()
    const { page } = host
    if (ctx.req.method === 'POST') {
      const recognition = await recognise(ctx.req)
      if (recognition.kind === 'aborted') return
      if (recognition.kind === 'submission') {
        await answer(registry, settings, host, page, recognition.body)
        host.restoreCookies()
        ctx.set('Cache-Control', cacheControl(page))
        if (page.hasRegions) ctx.vary([...regionHeaders])
        return
      }
      if (recognition.kind === 'consumed') refuseConsumed(ctx, sealform)
    }
    await next()
    finishPage(ctx, page, host)
  }
}

/** What Koa does with the page of a GET: prints our HTML, sends a region alone, keeps personal pages out of caches. */
function finishPage(ctx: Context, page: Page, host: KoaHost): void {
  host.restoreCookies()
  const { body } = ctx.response
  const region = regionOf(page, ctx)
  if (region !== undefined && ctx.status === 200) setHtml(ctx, region)
  else if (body instanceof SafeHtml) setHtml(ctx, body.toString())
  if (page.hasRegions) ctx.vary([...regionHeaders])
  if (page.personal) ctx.set('Cache-Control', cacheControl(page))
  else if (page.seals.oneTime) tellPrivate(ctx.res)
  page.keeping?.keep(ctx.status, ctx.response.body)
}

/** One Koa request, as the library sees it. A class, since one is made for every request. */
class KoaHost implements Host {
  readonly req: Context['req']
  readonly res: Context['res']
  readonly context: Context
  readonly page: Page
  readonly #registry: Registry
  readonly #next: Next
  readonly #settings: Settings<unknown>
  #cookies: readonly string[] = noCookies

  constructor(registry: Registry, ctx: Context, next: Next, settings: Settings<unknown>) {
    this.req = ctx.req
    this.res = ctx.res
    this.context = ctx
    this.page = new Page(registry, this)
    this.#registry = registry
    this.#next = next
    this.#settings = settings
  }

  /** What the browser asked for, whatever a mount has cut off. */
  get url(): string {
    return this.context.originalUrl
  }

  get path(): string {
    return pathOf(this.context.originalUrl)
  }

  get protocol(): string {
    return this.context.request.protocol
  }

  get host(): string {
    return this.context.request.host
  }

  get secure(): boolean {
    return this.context.request.secure
  }

  session(): string | undefined {
    return this.#settings.session(this.context)
  }

  /** Gives the context what pages use. */
  addPageTools(): void {
    const { context, page } = this
    // Bound functions: V8 keeps a closure that is assigned to the context until the next full collection.
    context.form = formOn.bind(null, page, this.#settings, context) as PageTools['form']
    context.region = regionOn.bind(null, page, this.#settings, context) as PageTools['region']
    const { cache } = this.#registry
    if (cache) offerPage(this, cache)
  }

  renderPage(cookieHeader: string | undefined): Promise<Rendering> {
    return renderAsGet(this.context, this.#next, cookieHeader)
  }

  addSetCookie(lines: readonly string[]): void {
    for (const line of lines) this.context.append('Set-Cookie', line)
    if (lines.length > 0) this.#cookies = [...this.#cookies, ...lines]
  }

  /** To be called when the page has said everything. */
  restoreCookies(): void {
    restoreCookies(this.res, this.#cookies)
  }

  sendRedirect(location: string): void {
    const { response } = this.context
    response.body = null
    response.status = 303
    // Koa 2 leaves out how long an empty body is, and Node then closes the connection.
    this.res.setHeader('Content-Length', '0')
    response.set('Location', location)
  }

  sendPage(status: number): void {
    const { response } = this.context
    if (response.body instanceof SafeHtml) setHtml(this.context, response.body.toString())
    response.status = status
  }

  sendHtml(status: number, html: string): void {
    // What the page had said of its own content does not hold for this.
    for (const name of contentHeaders) this.context.response.remove(name)
    setHtml(this.context, html)
    this.context.status = status
  }

  reportError(error: unknown, details: FailureDetails): void {
    reportError(this.context, error, details)
  }

  /** Koa sends a page when all of the app has run, so nothing has to be held. */
  holdForKeeping(): void {}

  sendKept(body: string | Buffer): void {
    this.context.status = 200
    this.context.body = body
  }

  builtInPage(page: BuiltInPage): string {
    return builtInPage(page).toString()
  }
}

async function renderAsGet(ctx: Context, next: Next, cookieHeader: string | undefined): Promise<Rendering> {
  const { req, response } = ctx
  const sent = presentAsGet(req, cookieHeader)
  try {
    await next()
  } catch (error) {
    return saysMissing(error) ? { kind: 'missing' } : { kind: 'failed', error }
  } finally {
    restoreRequest(req, sent)
  }
  const { status, body } = response
  if (status >= 300 && status < 400) {
    const location = response.get('Location')
    response.remove('Location')
    return location === '' ? { kind: 'missing' } : { kind: 'redirect', location }
  }
  if (status >= 400 || body === undefined || body === null) return { kind: 'missing' }
  const isText = typeof body === 'string' || Buffer.isBuffer(body)
  const whole = body instanceof SafeHtml || (isText && isHtml(response.get('Content-Type')))
  return { kind: 'page', whole }
}

function setHtml(ctx: Context, html: string): void {
  ctx.type = 'html'
  ctx.body = html
}

/** Koa's own way for errors, which wants an Error; the reference goes to the log, so that the two can be brought together. */
function reportError(ctx: Context, thrown: unknown, details: FailureDetails): void {
  const error = asError(thrown, details)
  if (!ctx.app.silent && details.reference !== '') console.error(failureLine(details))
  if (ctx.app.listenerCount('error') > 0) ctx.app.emit('error', error, ctx, details)
  else console.error(error)
}

/** A parser that came first leaves what it read on the context, or on the request as multer does. */
function refuseConsumed(ctx: Context, self: Middleware<DefaultState, SealformContext>): void {
  const parsed = 'body' in ctx.request ? ctx.request.body : 'body' in ctx.req ? ctx.req.body : undefined
  const names = ctx.app.middleware.map((middleware) => middleware.name)
  const own = ctx.app.middleware.indexOf(self)
  const error = consumedError(
    parsed,
    names.slice(0, Math.max(own, 0)).filter((name) => name !== ''),
  )
  if (error) throw error
}
