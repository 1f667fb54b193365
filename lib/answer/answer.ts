import type { Exchange } from '../action/exchange.js'
import { judgeOwnAnswer } from '../action/own-answer.js'
import type { Registry } from '../action/registry.js'
import type { CurrentSubmission } from '../action/submission.js'
import { SealformError } from '../base/errors.js'
import { staged, type Trace, traceSubmission } from '../base/trace.js'
import { drainAfterAnswer } from '../body/drain-rest.js'
import type { Body } from '../body/reading.js'
import { explainRefusal } from '../origin/explain-origin.js'
import { failed } from '../outcome/failure.js'
import { withFlash } from '../page/flash.js'
import { type BuiltInPage, lastResort } from '../page/last-resort.js'
import type { Page } from '../page/page.js'
import type { FailureDetails } from '../page/page-host.js'
import { adaptReply, type ClientHeaders, type Reply } from './adapt-reply.js'
import { adviseOnUnshown } from './advise-on-page.js'
import { askedFormat, type JsonFormat } from './asked-format.js'
import { asksForPart, type ClientRow, clientOf } from './client-table.js'
import { type Conclusion, conclude, type PageConclusion, type RedirectConclusion } from './conclude.js'
import { insertNotice } from './insert-notice.js'
import { InspectedAnswer } from './inspected-answer.js'
import { isSamePage } from './is-same-page.js'
import { answerInJson } from './json-answer.js'
import { type FormOnPage, hasFailed, judgeRendering, mayRender, type Rendering } from './judge-rendering.js'
import { partOfPage } from './part-of-page.js'
import { type Received, receive } from './receive.js'
import { reportRefusal } from './report-refusal.js'
import type { App, Settings } from './settings.js'
import { redirectFor } from './tell-client.js'

/** What an adapter provides during one request. */
export interface Host extends Exchange {
  readonly page: Page
  /** Runs the app's own handler for the same URL as a GET, with this Cookie header on the request. */
  renderPage(cookieHeader: string | undefined): Promise<Rendering>
  addSetCookie(lines: readonly string[]): void
  /** Sends a `303` with an empty body. */
  sendRedirect(location: string): void
  /** Sends a `204` with these headers, which tell a client where to go. */
  tellRedirect(headers: ClientHeaders): void
  /** Puts this content in the place of the finished page that `renderPage` rendered. */
  changePage(content: string | Buffer): void
  /** Sends the page that `renderPage` rendered, with another status. */
  sendPage(status: number, headers?: ClientHeaders): void
  /** Sends this HTML in place of the page. */
  sendHtml(html: string, sending: HtmlSending): void
  /** Sends this text in place of the page. */
  sendJson(status: number, text: string, format: JsonFormat): void
  /** Leaves the answer to the page, which has started to write it to the raw response. */
  leaveAnswer(): void
  /**
   * Leaves the answer to the action, `authorize`, hook or `onRefused` that has given it by the framework's own means.
   *
   * @param ran the action has run
   */
  leaveOwnAnswer(ran: boolean): void
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

/** How HTML is sent in place of the page. */
export interface HtmlSending {
  readonly status: number
  /** The regions that it holds; `undefined` for a page of the library's own. */
  readonly regions?: readonly string[] | undefined
  readonly headers?: ClientHeaders | undefined
}

/**
 * Answers one submission: with a redirect, with the app's own page that shows the outcome, with one region of that page,
 * or with the built-in page when the app's page cannot show the outcome. Every page holds the visitor's input.
 */
export function answer<Context>(app: App<Context>, host: Host, body: Body): Promise<void> {
  const trace = traceSubmission(host.path, app.settings.development)
  const { headers } = host.req
  const client = clientOf(headers)
  const { inspection } = app.registry
  const inspected = trace && inspection && new InspectedAnswer(inspection, { trace, client, headers })
  const answering: Answering<Context> = { app, host, trace, inspected, client }
  return trace ? trace.whole(() => respond(answering, body)) : respond(answering, body)
}

/** The values that all steps of one answer need. */
interface Answering<Context> {
  readonly app: App<Context>
  readonly host: Host
  readonly trace: Trace | undefined
  /** Set when the app has an inspector. */
  readonly inspected: InspectedAnswer | undefined
  /** The browser library that sent the form; `undefined` for a browser without one. */
  readonly client: ClientRow | undefined
}

async function respond<Context>(answering: Answering<Context>, body: Body): Promise<void> {
  const { app, host, trace, inspected } = answering
  const { registry, settings } = app
  const received = await receive({ registry, exchange: host, body, rules: settings, trace })
  if (received.aborted) {
    inspected?.end(received, undefined)
    return
  }
  const replying = replyTo(answering, received)
  const reply = forClient(answering, replying instanceof Promise ? await replying : replying)
  if (trace) {
    trace.submission.status = statusOf(reply, host)
    if (settings.development && !host.res.headersSent) trace.announce(host.res)
    inspected?.end(received, trace.submission.status)
  }
  if (reply.kind === 'redirect') host.sendRedirect(reply.location)
  else if (reply.kind === 'told') host.tellRedirect(reply.headers)
  else if (reply.kind === 'page') host.sendPage(reply.status, reply.headers)
  else if (reply.kind === 'html') host.sendHtml(reply.html, reply)
  else if (reply.kind === 'json') host.sendJson(reply.status, reply.text, reply.format)
  else if (reply.kind === 'leave') host.leaveAnswer()
  else if (reply.kind === 'own') host.leaveOwnAnswer(received.ran)
  else host.cutOwnAnswer()
}

function statusOf(reply: Reply, { res }: Host): number {
  if (reply.kind === 'redirect') return 303
  if (reply.kind === 'told') return 204
  return 'status' in reply ? reply.status : res.statusCode
}

/** Changes a reply so that the client shows it. */
function forClient<Context>({ client, host }: Answering<Context>, reply: Reply): Reply {
  if (!client) return reply
  if (reply.kind === 'redirect') return redirectFor(client, reply.location, host)
  const adapted = adaptReply(client, reply, host.req.headers)
  if (reply.kind === 'page' && adapted.kind === 'page' && adapted.content !== undefined) {
    if (adapted.content !== reply.content) host.changePage(adapted.content)
  }
  return adapted
}

/** Chooses the reply. Returns a redirect without a promise, because most submissions end in one. */
function replyTo<Context>(answering: Answering<Context>, received: Received): Reply | Promise<Reply> {
  const { app, host } = answering
  if (received.outcome.kind === 'refused' || received.suspect) reportRefusal(app.settings, host, received)
  if (!host.req.readableEnded) drainAfterAnswer(host.req, host.res)

  const conclusion = conclude(app, host, received)
  answering.inspected?.conclude(conclusion)
  if (conclusion.failure) host.reportError(conclusion.failure.error, failureDetails(received))
  received.submission.reportTo(host, received.action?.name)
  const own = ownReply(host, received)
  if (own) {
    addOwnCookies(host, conclusion.setCookies, received.submission)
    return own
  }
  host.takeOverAnswer()
  host.addSetCookie(conclusion.setCookies)
  const format = askedFormat(host.req.headers.accept)
  if (format !== 'html') return replyInJson(answering, { conclusion, received, format })
  if (conclusion.kind === 'redirect') {
    return leadsHere(answering, conclusion.location) ? showHere(answering, conclusion, received) : conclusion
  }
  if (conclusion.kind === 'page') return showOutcome(answering, conclusion, received)
  host.page.show(received.outcome, received.submitted)
  return builtIn(answering, received, { status: 200 })
}

async function replyInJson<Context>(
  { app, host }: Answering<Context>,
  { conclusion, received, format }: ToTell,
): Promise<Reply> {
  const changed = received.submission.changedCookies?.nextHeader
  const here = conclusion.kind === 'redirect' && isSamePage(conclusion.location, host)
  const flash = conclusion.kind === 'redirect' ? conclusion.flash : undefined
  const told = await answerInJson(host, {
    format,
    messages: app.settings.messages(host.context as Context),
    received,
    outcome: conclusion.kind === 'page' ? conclusion.outcome : received.outcome,
    status: conclusion.kind === 'page' ? conclusion.status : conclusion.kind === 'redirect' ? 303 : 200,
    location: conclusion.kind === 'redirect' ? conclusion.location : undefined,
    here,
    cookies: flash === undefined ? changed : withFlash(changed ?? host.req.headers.cookie, flash),
  })
  return told ? { kind: 'json', format, ...told } : { kind: 'leave' }
}

interface ToTell {
  readonly conclusion: Conclusion
  readonly received: Received
  readonly format: JsonFormat
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

/** Whether a redirect leads to the page of which the client has asked for a part, so that this answer can hold it. */
function leadsHere<Context>({ client, host }: Answering<Context>, location: string): boolean {
  return client !== undefined && asksForPart(client, host.req.headers) && isSamePage(location, host)
}

/** Runs the page to which a redirect leads, as the browser would ask for it, and replies with it. */
async function showHere<Context>(
  { host, trace, client }: Answering<Context>,
  { kind, location, flash }: RedirectConclusion,
  { outcome, submitted, submission }: Received,
): Promise<Reply> {
  const { page } = host
  page.show(outcome, submitted)
  const cookies = submission.changedCookies?.nextHeader
  const next = flash === undefined ? cookies : withFlash(cookies ?? host.req.headers.cookie, flash)
  const rendering = await staged(trace, 'render', () => host.renderPage(next))
  const content = contentOf(rendering)
  // A page that does not show itself shows that better on its own.
  if (rendering.kind === 'sent') return { kind: 'leave' }
  if (
    rendering.kind !== 'rendered' ||
    rendering.status !== 200 ||
    rendering.takenOver ||
    content === undefined
  ) {
    return { kind, location }
  }
  const part = partOfPage(host, { client, status: 200, content, isOutcome: true })
  const here = client?.here === undefined ? {} : { [client.here]: location }
  if (!part) return { kind: 'page', status: 200, content, headers: here }
  return {
    kind: 'html',
    status: 200,
    html: part.html,
    regions: part.ids,
    headers: { ...part.headers, ...here },
  }
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
  const content = contentOf(rendering)
  const part = partOfPage(host, { client: answering.client, status, content, isOutcome: true })
  const verdict = judgeRendering({ outcome: outcome.kind, rendering, form, region: part !== undefined })
  if (verdict === 'built-in' && app.settings.advises && !page.ofComponents) {
    const action = received.submitted.definition?.name
    adviseOnUnshown({ req: host.req, path: host.path, action, outcome, rendering, form })
  }
  switch (verdict) {
    case 'region': {
      const html = part && withNotice(page, part.html)
      if (html !== undefined)
        return { kind: 'html', status, html, regions: part!.ids, headers: part!.headers }
      // The form is in none of the regions. They alone would say nothing of the problem.
      return wholePage(answering, rendering, status) ?? builtIn(answering, shown, { status })
    }
    case 'page':
      return wholePage(answering, rendering, status) ?? builtIn(answering, shown, { status })
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
 * Replies with the page, and makes sure that it says what is wrong: inserts what it has not printed into its form. Returns
 * `undefined` when the form is not in what the page sends. A page over the limit, a compressed one and JSON stay as they are.
 */
function wholePage<Context>(
  { host }: Answering<Context>,
  rendering: Rendering,
  status: number,
): Reply | undefined {
  const { problem, printedMark } = host.page
  const content = contentOf(rendering)
  if (!problem || printedMark === undefined || problem.saysAll || content === undefined) {
    return { kind: 'page', status, content }
  }
  const changed = insertNotice(content, printedMark, problem.untold(undefined))
  if (changed === undefined) return undefined
  host.changePage(changed)
  return { kind: 'page', status, content: changed }
}

/** Returns the HTML of a page that can be changed. */
function contentOf(rendering: Rendering): string | Buffer | undefined {
  if (rendering.kind !== 'rendered' || rendering.body !== 'finished') return undefined
  return rendering.encoded || rendering.json ? undefined : rendering.content
}

/** Returns the region with what it does not say about the problem; `undefined` when the form is not in it. */
function withNotice({ problem, printedMark }: Page, region: string): string | undefined {
  if (!problem || printedMark === undefined) return region
  const notice = problem.untold(region)
  return notice === '' ? region : insertNotice(region, printedMark, notice)
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

function failureDetails({ outcome, action }: Received): FailureDetails {
  return { reference: outcome.kind === 'failed' ? outcome.reference : '', action: action?.name }
}
