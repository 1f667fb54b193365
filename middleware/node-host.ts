import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Submittable } from '../lib/action/action.js'
import type { Registry } from '../lib/action/registry.js'
import { type Host, type Rendering, regionOf } from '../lib/answer/answer.js'
import type { Settings } from '../lib/answer/settings.js'
import { SealformError } from '../lib/base/errors.js'
import { hasLeft } from '../lib/base/visitor-left.js'
import { regionHeaders } from '../lib/base/wire-names.js'
import { addVary, tellPrivate } from '../lib/cache/cache-headers.js'
import { offerPage } from '../lib/cache/offered-page.js'
import { saysMissing } from '../lib/outcome/failure.js'
import { askedRegion } from '../lib/page/asked-region.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import { type FormOptions, Page } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import { builtInPage } from '../views/built-in-page.js'
import type { Form } from '../views/form.js'
import type { RegionContent, RegionOptions } from '../views/region.js'
import type { SafeHtml } from '../views/safe-html.js'
import { applyHead, HeldResponse } from './held-response.js'
import {
  cacheControl,
  contentHeaders,
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

/** Bytes of a page that are held until it is decided whether it is shown. */
const heldBytes = 1024 * 1024
/** Milliseconds that a page has to show an outcome. */
const pageTime = 30_000
/** What the library says between the end of a page and its sending. */
const saidMeanwhile = ['server-timing']

/**
 * One request of a framework whose pages write to Node's own response. What such a page writes is held back where the
 * library has to decide, and only there: a redirect, and a page that nobody asked a region of, are written at once.
 */
export abstract class HttpHost<
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
> implements Host
{
  readonly req: Req
  readonly res: Res
  readonly page: Page
  readonly settings: Settings<unknown>
  readonly #registry: Registry
  #context: { readonly req: Req; readonly res: Res } | undefined
  #cookies: readonly string[] = noCookies
  #held: HeldResponse | undefined
  #watched = false

  constructor(registry: Registry, settings: Settings<unknown>, req: Req, res: Res) {
    this.req = req
    this.res = res
    this.settings = settings
    this.#registry = registry
    this.page = new Page(registry, this)
  }

  abstract readonly url: string
  abstract readonly protocol: string
  abstract readonly host: string
  abstract readonly secure: boolean
  abstract reportError(error: unknown, details: FailureDetails): void
  /** Runs the app's page; `fail` takes what it throws where nobody else does. */
  protected abstract runPage(fail: (error: unknown) => void): void

  get context(): { readonly req: Req; readonly res: Res } {
    this.#context ??= { req: this.req, res: this.res }
    return this.#context
  }

  get path(): string {
    return pathOf(this.url)
  }

  session(): string | undefined {
    return this.settings.session(this.context)
  }

  builtInPage(page: BuiltInPage): string {
    return builtInPage(page).toString()
  }

  /** What a page uses; made where a page is run. */
  tools(): PageTools {
    const { cache } = this.#registry
    if (cache) offerPage(this, cache)
    return {
      form: toolForm.bind(null, this) as PageTools['form'],
      region: toolRegion.bind(null, this) as PageTools['region'],
    }
  }

  addSetCookie(lines: readonly string[]): void {
    for (const line of lines) this.res.appendHeader('Set-Cookie', line)
    if (lines.length > 0) this.#cookies = [...this.#cookies, ...lines]
  }

  sendRedirect(location: string): void {
    const { res } = this
    if (!this.#held) {
      res.writeHead(303, {
        Location: location,
        'Cache-Control': cacheControl(this.page),
        'Content-Length': 0,
      })
      res.end()
      return
    }
    res.statusCode = 303
    res.setHeader('Location', location)
    res.removeHeader('Content-Type')
    this.#sendInstead(Buffer.alloc(0))
  }

  sendPage(status: number): void {
    const { res } = this
    this.#held?.takeBackHeaders(saidMeanwhile)
    res.statusCode = status
    // The page as it is now, for the one who sent the form: there is nothing to come back for.
    res.removeHeader('ETag')
    res.removeHeader('Last-Modified')
    this.#describeAnswer()
    this.#held?.release()
  }

  sendHtml(status: number, html: string): void {
    this.res.statusCode = status
    this.res.setHeader('Content-Type', 'text/html; charset=utf-8')
    this.#sendInstead(Buffer.from(html))
  }

  async renderPage(cookieHeader: string | undefined): Promise<Rendering> {
    const { req, res } = this
    // A page that waits for its answer to be taken would never end, and nobody is there to see it.
    if (hasLeft(res)) return { kind: 'missing' }
    const sent = presentAsGet(req, cookieHeader)
    // The package on-finished goes by this. With a body that is still on its way, `finalhandler` would take all of it
    // before it says that there is no page.
    const finished: IncomingMessage & { finished?: boolean | undefined } = req
    finished.finished = true
    try {
      return await new Promise<Rendering>((resolve) => {
        const timer = setTimeout(() => fail(unanswered()), pageTime).unref()
        let settled = false
        const settle = (rendering: Rendering) => {
          settled = true
          clearTimeout(timer)
          res.off('close', decide)
          resolve(rendering)
        }
        const decide = () => settle(this.#rendering())
        const fail = (error: unknown) => {
          if (settled) this.reportError(error, { reference: '', action: undefined })
          else settle(saysMissing(error) ? { kind: 'missing' } : { kind: 'failed', error })
        }
        res.on('close', decide)
        this.#held = new HeldResponse(res, () => heldBytes, decide)
        this.runPage(fail)
      })
    } finally {
      finished.finished = undefined
      restoreRequest(req, sent)
    }
  }

  /**
   * Before the page of a GET is run: holds it when a region may have to be sent alone. A page that marks no region
   * before it begins to write is written at once.
   */
  holdForRegion(): void {
    if (askedRegion(this.req.headers) === undefined) return
    const { res, page } = this
    const held = new HeldResponse(
      res,
      () => (page.hasRegions ? heldBytes : -1),
      () => {
        const region = held.ended && res.statusCode === 200 ? regionOf(page, this) : undefined
        this.#describePage()
        if (region === undefined) return held.release()
        this.#dropContentHeaders()
        res.setHeader('Content-Type', 'text/html; charset=utf-8')
        held.replace(Buffer.from(region))
      },
    )
    this.#held = held
  }

  /** Holds a page that may be kept for others until it is whole. */
  holdForKeeping(): void {
    if (this.#held || !this.page.keeping) return
    const { res, page } = this
    const held = new HeldResponse(
      res,
      () => heldBytes,
      () => {
        this.#describePage()
        page.keeping?.keep(res.statusCode, held.whole)
        held.release()
      },
    )
    this.#held = held
  }

  /** Sends a page that was kept. */
  sendKept(body: string | Buffer): void {
    this.res.statusCode = 200
    this.res.setHeader('Content-Length', Buffer.byteLength(body))
    this.res.end(body)
  }

  /** After a fault of the library: whoever answers for it is not held back. */
  abandon(): void {
    this.#held?.abandon()
  }

  /** Called when a page has made a form or a region: what follows from it for caches is said last, over what the page says. */
  noticed(): void {
    const { personal, hasRegions } = this.page
    if (this.#held || this.#watched || !(personal || hasRegions || this.#registry.hasOneTime)) return
    this.#watched = true
    const { res } = this
    res.writeHead = this.#writeHead.bind(this, res.writeHead)
  }

  #writeHead(writeHead: ServerResponse['writeHead'], ...said: unknown[]): Res {
    const { res } = this
    applyHead(res, said)
    this.#describePage()
    Reflect.apply(writeHead, res, [res.statusCode])
    return res
  }

  #describePage(): void {
    restoreCookies(this.res, this.#cookies)
    if (this.page.hasRegions) addVary(this.res, regionHeaders)
    if (this.page.personal) this.res.setHeader('Cache-Control', cacheControl(this.page))
    else if (this.page.seals.oneTime) tellPrivate(this.res)
  }

  #describeAnswer(): void {
    restoreCookies(this.res, this.#cookies)
    // A page that was not found or that moved on may have given its own; HTTP/2 has none, and Node warns who asks.
    if (this.req.httpVersionMajor < 2) this.res.statusMessage = ''
    this.res.setHeader('Cache-Control', cacheControl(this.page))
    if (this.page.hasRegions) addVary(this.res, regionHeaders)
  }

  #sendInstead(body: Buffer): void {
    this.#dropContentHeaders()
    this.#describeAnswer()
    if (this.#held) {
      this.#held.replace(body)
      return
    }
    this.res.setHeader('Content-Length', body.length)
    this.res.end(body)
  }

  #dropContentHeaders(): void {
    for (const name of contentHeaders) this.res.removeHeader(name)
  }

  #rendering(): Rendering {
    const { res } = this
    const { statusCode } = res
    if (statusCode >= 500) return { kind: 'failed', error: new AnsweredFailure(statusCode) }
    if (statusCode >= 300 && statusCode < 400) {
      const location = res.getHeader('Location')
      res.removeHeader('Location')
      return typeof location === 'string' ? { kind: 'redirect', location } : { kind: 'missing' }
    }
    const held = this.#held
    if (statusCode >= 400 || held === undefined || held.length === 0) return { kind: 'missing' }
    return { kind: 'page', whole: held.ended && isHtml(String(res.getHeader('Content-Type') ?? '')) }
  }
}

/** A page that answered with a status of the 500s by itself: whatever was thrown has been taken care of. */
export class AnsweredFailure extends Error {
  constructor(status: number) {
    super(`The page that should show an outcome answered ${status}.`)
  }
}

function unanswered(): SealformError {
  return new SealformError(
    'ERR_PAGE_UNANSWERED',
    `The page that should show an outcome did not answer within ${pageTime / 1000} seconds. On Express 4, pass what an async handler throws to next().`,
  )
}

function toolForm(host: HttpHost, action: Submittable, options?: FormOptions): Form {
  const form = formOn(host.page, host.settings, host.context, action, options)
  host.noticed()
  return form
}

function toolRegion(
  host: HttpHost,
  id: string,
  content: RegionContent,
  options?: RegionOptions,
): SafeHtml | Promise<SafeHtml> {
  const region = regionOn(host.page, host.settings, host.context, id, content, options)
  if (!(region instanceof Promise)) {
    host.noticed()
    return region
  }
  return region.finally(() => host.noticed())
}
