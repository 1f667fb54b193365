import type { Exchange } from '../action/exchange.js'
import { judgeOwnAnswer } from '../action/own-answer.js'
import type { Registry } from '../action/registry.js'
import type { CurrentSubmission } from '../action/submission.js'
import { SealformError } from '../base/errors.js'
import { staged, type Trace, traceRefusal, traceSubmission } from '../base/trace.js'
import { fieldNames } from '../base/wire-names.js'
import { drainAfterAnswer } from '../body/drain-rest.js'
import type { BodyHolders } from '../body/read-already.js'
import type { Body } from '../body/reading.js'
import { explainRefusal } from '../origin/explain-origin.js'
import { failed } from '../outcome/failure.js'
import { askedRegion } from '../page/asked-region.js'
import { type BuiltInPage, lastResort } from '../page/last-resort.js'
import type { Page } from '../page/page.js'
import type { FailureDetails } from '../page/page-host.js'
import { conclude, type PageConclusion } from './conclude.js'
import { insertNotice } from './insert-notice.js'
import { type FormOnPage, hasFailed, judgeRendering, mayRender, type Rendering } from './judge-rendering.js'
import { type Received, receive } from './receive.js'
import type { App, Refusal, Settings } from './settings.js'

/** What an adapter provides during one request. */
export interface Host extends Exchange {
  readonly page: Page
  /** Runs the app's own handler for the same URL as a GET, with this Cookie header on the request. */
  renderPage(cookieHeader: string | undefined): Promise<Rendering>
  addSetCookie(lines: readonly string[]): void
  /** Sends a `303` with an empty body. */
  sendRedirect(location: string): void
  /** Puts this content in the place of the finished page that `renderPage` rendered. */
  changePage(content: string | Buffer): void
  /** Sends the page that `renderPage` rendered, with another status. */
  sendPage(status: number): void
  /** Sends this HTML in place of the page. @param content `region` when it is a part of the page. @default 'html' */
  sendHtml(status: number, html: string, content?: 'html' | 'region'): void
  /** Leaves the answer to the page, which has started to write it to the raw response. */
  leaveAnswer(): void
  /** Leaves the answer to the action, `authorize` or hook that has given it by the framework's own means. */
  leaveOwnAnswer(): void
  /** Takes back what the app's code has set on the response. From now on only Sealform and the page answer. */
  takeOverAnswer(): void
  /** Closes the connection, because the own answer is incomplete and stays so. */
  cutOwnAnswer(): void
  /** Passes an error to the app's own error handlers. */
  reportError(error: unknown, details: FailureDetails): void
  /** Writes the reference of a failure to the log. Used when the page handled the error itself. */
  logFailure(details: FailureDetails): void
  /** Returns the HTML of the built-in page. */
  builtInPage(page: BuiltInPage): string
}

/**
 * Answers one submission: with a redirect, with the app's own page that shows the outcome, with one region of that page,
 * or with the built-in page when the app's page cannot show the outcome. Every page holds the visitor's input.
 */
export function answer<Context>(app: App<Context>, host: Host, body: Body): Promise<void> {
  const trace = traceSubmission(host.path, app.settings.development)
  const answering: Answering<Context> = { app, host, trace }
  return trace ? trace.whole(() => respond(answering, body)) : respond(answering, body)
}

/** The values that all steps of one answer need. */
interface Answering<Context> {
  readonly app: App<Context>
  readonly host: Host
  readonly trace: Trace | undefined
}

async function respond<Context>(answering: Answering<Context>, body: Body): Promise<void> {
  const { app, host, trace } = answering
  const { registry, settings } = app
  const received = await receive({ registry, exchange: host, body, rules: settings, trace })
  if (received.aborted) return
  const replying = replyTo(answering, received)
  const reply = replying instanceof Promise ? await replying : replying
  if (trace) {
    trace.submission.status = statusOf(reply, host)
    if (settings.development && !host.res.headersSent) trace.announce(host.res)
  }
  if (reply.kind === 'redirect') host.sendRedirect(reply.location)
  else if (reply.kind === 'page') host.sendPage(reply.status)
  else if (reply.kind === 'html') host.sendHtml(reply.status, reply.html, reply.content)
  else if (reply.kind === 'leave') host.leaveAnswer()
  else if (reply.kind === 'own') host.leaveOwnAnswer()
  else host.cutOwnAnswer()
}

type Reply =
  | { readonly kind: 'redirect'; readonly location: string }
  /** The app's own page, as it was rendered. */
  | { readonly kind: 'page'; readonly status: number }
  | {
      readonly kind: 'html'
      readonly status: number
      readonly html: string
      readonly content?: 'region'
    }
  /** The page's, or the action's own. */
  | { readonly kind: 'leave' | 'own' | 'cut' }

function statusOf(reply: Reply, { res }: Host): number {
  if (reply.kind === 'redirect') return 303
  return reply.kind === 'page' || reply.kind === 'html' ? reply.status : res.statusCode
}

/** Chooses the reply. Returns a redirect without a promise, because most submissions end in one. */
function replyTo<Context>(answering: Answering<Context>, received: Received): Reply | Promise<Reply> {
  const { app, host } = answering
  if (received.outcome.kind === 'refused' || received.suspect) reportRefusal(app.settings, host, received)
  if (!host.req.readableEnded) drainAfterAnswer(host.req, host.res)

  const conclusion = conclude(app, host, received)
  if (conclusion.failure) host.reportError(conclusion.failure.error, failureDetails(received))
  received.submission.reportTo(host, received.action?.name)
  const own = ownReply(host, received)
  if (own) {
    addOwnCookies(host, conclusion.setCookies, received.submission)
    return own
  }
  host.takeOverAnswer()
  host.addSetCookie(conclusion.setCookies)
  if (conclusion.kind === 'redirect') return conclusion
  if (conclusion.kind === 'page') return showOutcome(answering, conclusion, received)
  host.page.show(received.outcome, received.submitted)
  return builtIn(answering, received, { status: 200 })
}

/** Returns the reply when the app's code has answered by itself. What it has only set, an outcome has replaced. */
function ownReply(host: Host, { outcome, repeated }: Received): Reply | undefined {
  if (outcome.kind === 'answered') return repeated ? undefined : { kind: 'own' }
  const own = host.ownAnswer()
  if (own === 'none' || own === 'status' || own === 'set') return undefined
  const verdict = judgeOwnAnswer(own, outcome.kind === 'failed' ? 'error' : 'outcome')
  return { kind: verdict === 'cut' ? 'cut' : 'own' }
}

/** Adds the cookies of the submission to an own answer. Reports those that were set after its headers were sent. */
function addOwnCookies(host: Host, lines: readonly string[], submission: CurrentSubmission): void {
  if (!host.res.headersSent) {
    host.addSetCookie(lines)
    return
  }
  const sent = [host.res.getHeader('Set-Cookie') ?? []].flat().map(String)
  if (lines.every((line) => sent.includes(line))) return
  submission.report(
    new SealformError(
      'ERR_COOKIE_INVALID',
      'A cookie was set after the headers of the answer were sent, so it is lost. Set cookies before you answer.',
    ),
  )
}

async function showOutcome<Context>(
  answering: Answering<Context>,
  { outcome, status, setCookies }: PageConclusion,
  received: Received,
): Promise<Reply> {
  const { app, host, trace } = answering
  const { page } = host
  const shown = { outcome, submitted: received.submitted }
  page.show(outcome, received.submitted)
  if (isForgotten(app.registry, received)) page.seals.forgotten = true
  const cookies = setCookies.length > 0 ? received.submission.changedCookies?.nextHeader : undefined
  const mayRun = mayRender(outcome)
  const rendering: Rendering = mayRun
    ? await staged(trace, 'render', () => host.renderPage(cookies))
    : { kind: 'not-run' }
  const form = formIn(page, rendering)
  const reference = hasFailed(rendering, form)
    ? reportFailedPage(host, rendering, received.action?.name)
    : undefined
  const region = regionOf(host)
  const verdict = judgeRendering({ outcome: outcome.kind, rendering, form, region: region !== '' })
  switch (verdict) {
    case 'region': {
      const told = withNotice(page, region)
      if (told !== undefined) return { kind: 'html', status, html: told, content: 'region' }
      // The form is not in the region. A region alone would say nothing of the problem.
      return tellsProblem(host, rendering) ? { kind: 'page', status } : builtIn(answering, shown, { status })
    }
    case 'page':
      return tellsProblem(host, rendering) ? { kind: 'page', status } : builtIn(answering, shown, { status })
    case 'redirect':
      return { kind: 'redirect', location: locationOf(rendering) }
    case 'leave':
      return { kind: 'leave' }
    case 'built-in':
      return builtIn(answering, shown, {
        status,
        advice: mayRun ? undefined : adviceOn(received, app.settings),
      })
    case 'built-in-link':
      return builtIn(answering, shown, { status, onward: locationOf(rendering) })
    case 'built-in-500':
      return builtIn(answering, shown, { status: 500, reference })
  }
}

/** What the built-in page shows beside the outcome. */
interface BuiltInOptions extends Partial<Pick<BuiltInPage, 'advice' | 'reference' | 'onward'>> {
  readonly status: number
}

function builtIn<Context>(
  { app, host }: Answering<Context>,
  { outcome, submitted }: Pick<Received, 'outcome' | 'submitted'>,
  { status, ...more }: BuiltInOptions,
): Reply {
  const messages = app.settings.messages(host.context as Context)
  const built = lastResort(host.page, { outcome, submitted, messages, ...more })
  return { kind: 'html', status, html: host.builtInPage(built) }
}

/** Returns what the page did with the form that was sent. */
function formIn(page: Page, rendering: Rendering): FormOnPage {
  const { adopted, printed, losesInput, asked } = page
  const sent = rendering.kind === 'rendered' && page.isPrintedIn(rendering.content)
  return { adopted, printed, losesInput, sent, asked }
}

/**
 * Whether browsers must not store the answer. While the form's action is not known, all actions count. A form from another
 * site gets nothing back, so there is nothing to find again.
 */
function isForgotten(registry: Registry, { outcome, submitted, action }: Received): boolean {
  if (outcome.kind === 'refused' && outcome.reason === 'origin') return true
  if (!registry.hasForgotten) return false
  return submitted.definition === undefined || submitted.definition.forgotten || action?.forgotten === true
}

/**
 * Makes sure that the page says what is wrong: inserts what it has not printed into its form. Returns false when the form
 * is not in what the page sends. A page over the limit, a compressed one and JSON stay as they are.
 */
function tellsProblem(host: Host, rendering: Rendering): boolean {
  const { problem, printedSeal } = host.page
  if (!problem || printedSeal === undefined || problem.saysAll || rendering.kind !== 'rendered') return true
  const { body, content, encoded, json } = rendering
  if (body !== 'finished' || content === undefined || encoded || json) return true
  const changed = insertNotice(content, printedSeal, problem.untold(undefined))
  if (changed === undefined) return false
  host.changePage(changed)
  return true
}

/** Returns the region with what it does not say about the problem; `undefined` when the form is not in it. */
function withNotice({ problem, printedSeal }: Page, region: string): string | undefined {
  if (!problem || printedSeal === undefined) return region
  const notice = problem.untold(region)
  return notice === '' ? region : insertNotice(region, printedSeal, notice)
}

/** Reports a page that failed to the app. Returns the reference that is in the log. */
function reportFailedPage(host: Host, rendering: Rendering, action: string | undefined): string {
  const error = rendering.kind === 'threw' ? rendering.error : undefined
  const { reference } = failed(error)
  if (rendering.kind === 'threw') host.reportError(error, { reference, action })
  else host.logFailure({ reference, action })
  return reference
}

function locationOf(rendering: Rendering): string {
  return rendering.kind === 'rendered' ? rendering.location : ''
}

/** Says, in development, what to change so that a request refused for its origin is accepted. */
function adviceOn<Context>({ suspect }: Received, { development }: Settings<Context>): string | undefined {
  return suspect && development ? explainRefusal(suspect) : undefined
}

/** Returns the HTML of the region that the client asked for, or an empty string when the page does not have it. */
export function regionOf({ page, req }: Pick<Host, 'page' | 'req'>): string {
  if (!page.hasRegions) return ''
  const id = askedRegion(req.headers)
  return (id === undefined ? undefined : page.region(id)) ?? ''
}

/**
 * Returns the error for a body that another parser has read first, or `undefined` when what it left shows that the form
 * was not a submission.
 *
 * @param holders where a parser leaves what it has read
 * @param earlier names of the middlewares that are mounted before Sealform
 */
export function consumedError(holders: BodyHolders, earlier: readonly string[]): SealformError | undefined {
  if (isForeign(holders)) return undefined
  const list = earlier.length > 0 ? ` Mounted before it are: ${earlier.join(', ')}.` : ''
  return new SealformError(
    'ERR_BODY_CONSUMED',
    `The body of this form was read before sealform(actions) saw it. Move the body parser (koa-body, koa-bodyparser, @koa/multer, express.urlencoded, multer …) after sealform(actions).${list}`,
  )
}

/** Tells whether the fields or files that a parser left are those of a form without a seal. */
function isForeign(holders: BodyHolders): boolean {
  const left = (name: string) => holders.map((holder): unknown => Reflect.get(holder, name)).find(isObject)
  const fields = left('body')
  if (fields === undefined) return false
  if (Object.hasOwn(fields, fieldNames.seal)) return false
  const has: unknown = Reflect.get(fields, 'has')
  if (typeof has === 'function') return Reflect.apply(has, fields, [fieldNames.seal]) !== true
  // Some middleware sets an empty `body` without reading, so that says nothing about what something else has read.
  return Object.keys(fields).length > 0 || left('file') !== undefined || left('files') !== undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function reportRefusal<Context>(
  settings: Settings<Context>,
  host: Host,
  { outcome, action, suspect }: Received,
): void {
  if (outcome.kind === 'refused') {
    const detail = suspect && outcome.reason === 'origin' ? explainRefusal(suspect) : outcome.detail
    const { reason, status } = outcome
    notify({ reason, status, detail, action: action?.name, enforced: true })
  }
  if (suspect && settings.mode === 'report') {
    const status = suspect.verdict === 'refuse' ? suspect.status : 403
    const detail = explainRefusal(suspect)
    notify({ reason: 'origin', status, detail, action: action?.name, enforced: false })
  }

  /** Calls `onRefused`. An error or a rejected promise of it is reported and does not change the answer. */
  function notify(refusal: Refusal): void {
    traceRefusal(refusal)
    const report = (error: unknown) => host.reportError(error, { reference: '', action: refusal.action })
    try {
      const result: unknown = settings.onRefused(refusal, host.context as Context)
      if (result instanceof Promise) result.catch(report)
    } catch (error) {
      report(error)
    }
  }
}

function failureDetails({ outcome, action }: Received): FailureDetails {
  return { reference: outcome.kind === 'failed' ? outcome.reference : '', action: action?.name }
}
