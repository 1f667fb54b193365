import { inspect } from 'node:util'
import type { DefaultState, Middleware, Next, ParameterizedContext } from 'koa'
import type { Submittable } from '../lib/action.js'
import {
  answer,
  type BuiltInPage,
  consumedError,
  type FailureDetails,
  type Host,
  type Rendering,
  regionOf,
} from '../lib/answer.js'
import { type FormOptions, Page } from '../lib/page.js'
import { recognise } from '../lib/recognise.js'
import { type Actions, asRegistry } from '../lib/registry.js'
import { type MiddlewareOptions, resolveSettings, type Settings } from '../lib/settings.js'
import { regionHeaders } from '../lib/wire.js'
import { builtInPage } from '../views/built-in-page.js'
import type { Form } from '../views/form.js'
import { createForm } from '../views/page-form.js'
import { SafeHtml } from '../views/safe-html.js'

export type { MiddlewareOptions, Refusal } from '../lib/settings.js'
export type { Attributes } from '../views/attributes.js'
export type { SelectOption } from '../views/form.js'
export type { FailureDetails, Form, FormOptions }

/** What the middleware adds to Koa's context. */
export interface SealformContext {
  /**
   * An action as this page sees it.
   *
   * @param action with all of its values bound
   * @param options `key` tells several forms of one action apart; `initial` is the state before the first submission
   * @throws SealformError `ERR_ACTION_UNKNOWN` on anything but an action of the registry given to the middleware
   */
  form<State>(action: Submittable<State>, options?: FormOptions<State>): Form<State>
  /**
   * Marks a part of the page that can be sent alone to a client that asks for it.
   *
   * @param id of the one element in `html`
   * @throws SealformError `ERR_REGION_INVALID` when the element has another id
   */
  region(id: string, html: SafeHtml | string): SafeHtml
}

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
    const host = new KoaHost(ctx, next, settings)
    const page = new Page(registry, host)
    // Bound functions: V8 keeps a closure that is assigned to the context until the next full collection.
    ctx.form = formOn.bind(null, page, settings, ctx) as SealformContext['form']
    ctx.region = markRegion.bind(null, page)
    if (ctx.req.method !== 'POST') {
      await next()
      return finishPage(ctx, page)
    }
    const recognition = await recognise(ctx.req)
    if (recognition.kind === 'aborted') return
    if (recognition.kind !== 'submission') {
      if (recognition.kind === 'consumed') refuseConsumed(ctx, sealform)
      await next()
      return finishPage(ctx, page)
    }
    await answer(registry, settings, host, page, recognition.body)
    ctx.set('Cache-Control', page.personal ? 'private, no-store' : 'no-store')
    if (page.hasRegions) ctx.vary([...regionHeaders])
  }
}

/** What Koa does with the page of a GET: prints our HTML, sends a region alone, keeps personal pages out of caches. */
function finishPage(ctx: Context, page: Page): void {
  const { body } = ctx.response
  const region = regionOf(page, ctx)
  if (region !== undefined && ctx.status === 200) setHtml(ctx, region)
  else if (body instanceof SafeHtml) setHtml(ctx, body.toString())
  if (page.hasRegions) ctx.vary([...regionHeaders])
  if (page.personal) ctx.set('Cache-Control', 'private, no-store')
}

function formOn(
  page: Page,
  settings: Settings<unknown>,
  ctx: Context,
  action: Submittable,
  options?: FormOptions,
): Form {
  return createForm(page.form(action, options), page.sealer, settings.messages(ctx))
}

function markRegion(page: Page, id: string, html: SafeHtml | string): SafeHtml {
  const text = String(html)
  page.keepRegion(id, text)
  return new SafeHtml(text)
}

/** One Koa request, as the library sees it. A class, since one is made for every request. */
class KoaHost implements Host {
  readonly req: Context['req']
  readonly res: Context['res']
  readonly context: Context
  readonly #next: Next
  readonly #settings: Settings<unknown>

  constructor(ctx: Context, next: Next, settings: Settings<unknown>) {
    this.req = ctx.req
    this.res = ctx.res
    this.context = ctx
    this.#next = next
    this.#settings = settings
  }

  /** What the browser asked for, whatever a mount has cut off. */
  get url(): string {
    return this.context.originalUrl
  }

  get path(): string {
    const { originalUrl } = this.context
    const query = originalUrl.indexOf('?')
    return query === -1 ? originalUrl : originalUrl.slice(0, query)
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

  renderPage(cookieHeader: string | undefined): Promise<Rendering> {
    return renderAsGet(this.context, this.#next, cookieHeader)
  }

  addSetCookie(lines: readonly string[]): void {
    for (const line of lines) this.context.append('Set-Cookie', line)
  }

  sendRedirect(location: string): void {
    const { response } = this.context
    response.body = null
    response.status = 303
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

  builtInPage(page: BuiltInPage): string {
    return builtInPage(page).toString()
  }
}

const contentHeaders = ['Content-Encoding', 'Content-Disposition', 'Content-Range', 'ETag', 'Last-Modified']

/** Headers that make a GET conditional or partial; a page that shows an outcome is neither. */
const conditionalHeaders = [
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
  'range',
]

async function renderAsGet(ctx: Context, next: Next, cookieHeader: string | undefined): Promise<Rendering> {
  const { req, response } = ctx
  const { method, headers } = req
  for (const name of conditionalHeaders) if (name in headers) delete headers[name]
  if (cookieHeader !== undefined) headers.cookie = cookieHeader
  req.method = 'GET'
  try {
    await next()
  } catch (error) {
    return saysMissing(error) ? { kind: 'missing' } : { kind: 'failed', error }
  } finally {
    if (method !== undefined) req.method = method
  }
  const { status, body } = response
  if (status >= 300 && status < 400) {
    const location = response.get('Location')
    response.remove('Location')
    return location === '' ? { kind: 'missing' } : { kind: 'redirect', location }
  }
  return { kind: status < 400 && body !== undefined && body !== null ? 'page' : 'missing' }
}

/** With `ctx.throw(404)` or the like a page says that it is not there for this visitor; nothing has failed. */
function saysMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('status' in error)) return false
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500
}

function setHtml(ctx: Context, html: string): void {
  ctx.type = 'html'
  ctx.body = html
}

/** Koa's own way for errors, which wants an Error; the reference goes to the log, so that the two can be brought together. */
function reportError(ctx: Context, thrown: unknown, details: FailureDetails): void {
  const error =
    thrown instanceof Error
      ? thrown
      : new Error(`"${details.action}" threw ${inspect(thrown)}, which is no Error.`, { cause: thrown })
  if (!ctx.app.silent && details.reference !== '') {
    console.error(`sealform: "${details.action}" failed, reference ${details.reference}`)
  }
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
