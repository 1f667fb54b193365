import type { Exchange } from '../action/exchange.js'
import type { Registry } from '../action/registry.js'
import { SealformError } from '../base/errors.js'
import { staged, type Trace, traceRefusal, traceSubmission } from '../base/trace.js'
import { drainAfterAnswer } from '../body/drain-rest.js'
import type { Body } from '../body/reading.js'
import { explainRefusal } from '../origin/explain-origin.js'
import { failed } from '../outcome/failure.js'
import { askedRegion } from '../page/asked-region.js'
import { type BuiltInPage, lastResort } from '../page/last-resort.js'
import type { Page } from '../page/page.js'
import type { FailureDetails } from '../page/page-host.js'
import { conclude, type PageConclusion } from './conclude.js'
import { type Received, receive } from './receive.js'
import type { Refusal, Settings } from './settings.js'

/** What an adapter tells and does during one request. */
export interface Host extends Exchange {
  /** Runs the app's own handler for the same URL as a GET, with these cookies sent by the visitor. */
  renderPage(cookieHeader: string | undefined): Promise<Rendering>
  addSetCookie(lines: readonly string[]): void
  /** Ends in `303` with an empty body. */
  sendRedirect(location: string): void
  /** Sends the page that `renderPage` made, with another status. */
  sendPage(status: number): void
  /** Sends this HTML instead. */
  sendHtml(status: number, html: string): void
  /** Brings an error to the app's own handlers. */
  reportError(error: unknown, details: FailureDetails): void
  /** The page of last resort. */
  builtInPage(page: BuiltInPage): string
}

/** What became of running the app's own page. */
export type Rendering =
  /** `whole` when it is HTML and nothing more is to be printed. */
  | { readonly kind: 'page'; readonly whole: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * Answers one submission: with a redirect, with the app's own page showing the outcome, with one region of it, or,
 * when that page cannot show it, with the page of last resort. Whatever the way, the visitor's input is in the answer.
 */
export function answer<Context>(
  registry: Registry,
  settings: Settings<Context>,
  host: Host,
  page: Page,
  body: Body,
): Promise<void> {
  const trace = traceSubmission(host.path, settings.development)
  if (!trace) return respond(registry, settings, host, page, body, trace)
  return trace.whole(() => respond(registry, settings, host, page, body, trace))
}

async function respond<Context>(
  registry: Registry,
  settings: Settings<Context>,
  host: Host,
  page: Page,
  body: Body,
  trace: Trace | undefined,
): Promise<void> {
  const received = await receive({ registry, exchange: host, body, rules: settings, trace })
  if (received.aborted) return
  const replying = replyTo(registry, settings, host, page, received, trace)
  const reply = replying instanceof Promise ? await replying : replying
  if (trace) {
    trace.submission.status = reply.kind === 'redirect' ? 303 : reply.status
    if (settings.development) trace.announce(host.res)
  }
  if (reply.kind === 'redirect') host.sendRedirect(reply.location)
  else if (reply.kind === 'page') host.sendPage(reply.status)
  else host.sendHtml(reply.status, reply.html)
}

type Reply =
  | { readonly kind: 'redirect'; readonly location: string }
  /** The app's own, as it was rendered. */
  | { readonly kind: 'page'; readonly status: number }
  | { readonly kind: 'html'; readonly status: number; readonly html: string }

/** At once for a redirect, which most submissions end in. */
function replyTo<Context>(
  registry: Registry,
  settings: Settings<Context>,
  host: Host,
  page: Page,
  received: Received,
  trace: Trace | undefined,
): Reply | Promise<Reply> {
  if (received.outcome.kind === 'refused' || received.suspect) reportRefusal(settings, host, received)
  if (!host.req.readableEnded) drainAfterAnswer(host.req, host.res)

  const conclusion = conclude(registry, received, host, settings.origin)
  host.addSetCookie(conclusion.setCookies)
  if (conclusion.failure) host.reportError(conclusion.failure.error, failureDetails(received))
  for (const error of received.submission.takeFaults()) {
    host.reportError(error, { reference: '', action: received.action?.name })
  }
  return conclusion.kind === 'redirect'
    ? conclusion
    : showOutcome(conclusion, settings, host, page, received, trace)
}

async function showOutcome<Context>(
  { outcome, status, setCookies }: PageConclusion,
  settings: Settings<Context>,
  host: Host,
  page: Page,
  received: Received,
  trace: Trace | undefined,
): Promise<Reply> {
  if (status === 503) host.res.setHeader('Retry-After', retryAfter)
  if (outcome.kind === 'refused' && outcome.reason === 'origin') {
    const advice = settings.development && received.suspect ? explainRefusal(received.suspect) : undefined
    return fallBack({ advice })
  }

  page.show(outcome, received.submitted)
  const cookies = setCookies.length > 0 ? received.submission.changedCookies?.nextHeader : undefined
  const rendering = await staged(trace, 'render', () => host.renderPage(cookies))
  if (rendering.kind === 'failed') {
    const { reference } = failed(rendering.error)
    host.reportError(rendering.error, { reference, action: received.action?.name })
    // What was refused stays refused, whatever its page does. Only after an action that is done does the page matter.
    return outcome.kind === 'done' ? fallBack({ reference }, 500) : fallBack({})
  }
  if (rendering.kind === 'redirect' && outcome.kind === 'done') return rendering
  if (rendering.kind !== 'page' || (outcome.kind !== 'done' && !keepsInput(page, rendering))) {
    return fallBack({ onward: rendering.kind === 'redirect' ? rendering.location : undefined })
  }
  const region = regionOf(page, host)
  return region === undefined ? { kind: 'page', status } : { kind: 'html', status, html: region }

  function fallBack(
    more: Partial<Pick<BuiltInPage, 'advice' | 'reference' | 'onward'>>,
    ownStatus = status,
  ): Reply {
    const messages = settings.messages(host.context as Context)
    const { submitted } = received
    const built = lastResort(page, { outcome, submitted, messages, ...more })
    return { kind: 'html', status: ownStatus, html: host.builtInPage(built) }
  }
}

/** Whether the form that was sent is on the page, with a place for everything that was typed. */
function keepsInput(page: Page, { whole }: { readonly whole: boolean }): boolean {
  return page.adopted && !page.losesInput && (page.printed || !whole)
}

/** Seconds. */
const retryAfter = '5'

/** The region that the client asked for, when the page has it. */
export function regionOf(page: Page, host: Pick<Exchange, 'req'>): string | undefined {
  if (!page.hasRegions) return undefined
  const id = askedRegion(host.req.headers)
  return id === undefined ? undefined : page.region(id)
}

/**
 * The error for a body that a parser has read before us, unless what it left shows that the request was not ours.
 *
 * @param parsed what the parser left as `body`, if anything
 * @param earlier names of the middlewares that are mounted before ours
 */
export function consumedError(parsed: unknown, earlier: readonly string[]): SealformError | undefined {
  const visible = typeof parsed === 'object' && parsed !== null
  if (visible && !Object.hasOwn(parsed, 'sealform')) return undefined
  const list = earlier.length > 0 ? ` Mounted before it are: ${earlier.join(', ')}.` : ''
  return new SealformError(
    'ERR_BODY_CONSUMED',
    `The body of this form was read before sealform(actions) saw it. Move the body parser (koa-body, koa-bodyparser, @koa/multer, express.urlencoded, multer …) behind sealform(actions).${list}`,
  )
}

function reportRefusal<Context>(
  settings: Settings<Context>,
  host: Host,
  { outcome, action, suspect }: Received,
): void {
  if (outcome.kind === 'refused') {
    const detail = suspect && outcome.reason === 'origin' ? explainRefusal(suspect) : outcome.detail
    const { reason, status } = outcome
    tell({ reason, status, detail, action: action?.name, enforced: true })
  }
  if (suspect && settings.mode === 'report') {
    const status = suspect.verdict === 'refuse' ? suspect.status : 403
    const detail = explainRefusal(suspect)
    tell({ reason: 'origin', status, detail, action: action?.name, enforced: false })
  }

  /** A log that is down, at once or later, does not change the answer. */
  function tell(refusal: Refusal): void {
    traceRefusal(refusal)
    const report = (error: unknown) => host.reportError(error, { reference: '', action: refusal.action })
    try {
      const told: unknown = settings.onRefused(refusal, host.context as Context)
      if (told instanceof Promise) told.catch(report)
    } catch (error) {
      report(error)
    }
  }
}

function failureDetails({ outcome, action }: Received): FailureDetails {
  return { reference: outcome.kind === 'failed' ? outcome.reference : '', action: action?.name }
}
