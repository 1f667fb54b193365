import { propsHeader } from '../base/wire-names.js'
import { failed, saysMissing } from '../outcome/failure.js'
import { explain, type Messages } from '../outcome/messages.js'
import {
  type Issue,
  issuesOf,
  isValid,
  keepsFiles,
  type Outcome,
  type RefusalReason,
} from '../outcome/outcome.js'
import { type FreshFields, FreshSeals, freshFiles } from '../page/fresh-fields.js'
import { groupInput, secretsOf } from '../page/given-input.js'
import type { Page, Shown } from '../page/page.js'
import type { PageHost } from '../page/page-host.js'
import type { SubmittedForm } from '../page/submitted-form.js'
import type { JsonFormat } from './asked-format.js'
import { mayRender, type Rendering } from './judge-rendering.js'
import type { Received } from './receive.js'
import { writeJson } from './write-json.js'

/** An outcome as a script reads it. */
export interface JsonAnswer {
  /** `valid` when the client asked for validation only, and all fields are valid. */
  readonly outcome: Outcome['kind'] | 'valid'
  /** The status that the page would have, such as 303 for a redirect. */
  readonly status: number
  /** Why a submission was refused. */
  readonly reason: RefusalReason | undefined
  /** What the page would say. */
  readonly message: string
  readonly state: unknown
  readonly issues: readonly Issue[]
  /** What was sent and is given back, by name and in order, without secrets. */
  readonly values: readonly (readonly [name: string, value: string])[]
  /** The target of a redirect. */
  location: string | undefined
  /** Leads to the log entry of a failure. */
  readonly reference: string | undefined
  readonly seals: readonly FreshFields[]
  /** What the page in the browser is made of now, as text, and the state. Set when a React page has asked for it. */
  readonly page?: string | undefined
}

/** What an answer in JSON needs of the request. */
interface JsonHost extends PageHost {
  readonly page: Page
  renderPage(cookieHeader: string | undefined): Promise<Rendering>
}

/** The result of a submission, as it is to be told. */
export interface Told {
  readonly format: JsonFormat
  readonly messages: Messages
  readonly received: Received
  /** The outcome, after the target of a redirect was judged. */
  readonly outcome: Outcome
  readonly status: number
  readonly location: string | undefined
  /** The redirect leads to the page itself. */
  readonly here: boolean
  /** The Cookie header that the page runs with, where it differs from the one that was sent. */
  readonly cookies: string | undefined
}

interface JsonText {
  readonly status: number
  readonly text: string
}

/** Tells an outcome in JSON. Returns `undefined` when the page, which is run for its seals, has begun to answer. */
export async function answerInJson(host: JsonHost, told: Told): Promise<JsonText | undefined> {
  const { page } = host
  const { outcome, received } = told
  page.show(outcome, received.submitted)
  let reference: string | undefined
  const onward = asksForProps(host, told) ? await renderForProps(host, told) : undefined
  if (onward === 'begun') return undefined
  const rerun = page.props === undefined && needsPage(host, told)
  const seals = rerun ? await renderForSeals(host, told) : attempt(successor)
  if (seals === 'begun') return undefined
  const answer = { ...answerOf(told, page, seals ?? []), page: page.props }
  if (onward !== undefined) answer.location = onward
  // The state stands with the props, where it may hold actions.
  if (page.props !== undefined) return write(answer, told)
  return attempt(() => write({ ...answer, state: stateOf(told) }, told)) ?? write(unwritten(), told)

  function successor(): readonly FreshFields[] {
    return successorOf(page, { outcome, submitted: received.submitted })
  }

  /** Calls a function that throws when the state cannot be written, which is reported once. */
  function attempt<Result>(make: () => Result): Result | undefined {
    try {
      return make()
    } catch (error) {
      reference ??= reportFailure(host, error, received)
      return undefined
    }
  }

  /** What was done stays done, as on a page that fails. The visitor hears of both. */
  function unwritten(): JsonAnswer {
    if (outcome.kind !== 'done' || reference === undefined) return answer
    return { ...answer, status: 500, message: told.messages.pageFailed(reference), reference }
  }
}

function write(answer: JsonAnswer, { format, received: { action } }: Told): JsonText {
  const text = writeJson(answer, format, {
    what: `The answer of "${action?.name ?? 'an unknown action'}"`,
  })
  // A script would follow a 303 without seeing it.
  return { status: answer.location === undefined ? answer.status : 200, text }
}

/** What an answer tells of an outcome. */
interface ToldOutcome extends Pick<Told, 'outcome' | 'status' | 'location' | 'messages'> {
  readonly received: Pick<Received, 'submitted'>
}

/** Describes an outcome for a script, without its state. */
export function answerOf(
  { outcome, status, location, received, messages }: ToldOutcome,
  page: Page,
  seals: readonly FreshFields[],
): JsonAnswer {
  const givesBack = outcome.kind === 'invalid' || outcome.kind === 'refused' || outcome.kind === 'failed'
  const sendable = seals.some(({ sent }) => sent)
  return {
    outcome: isValid(outcome) ? 'valid' : outcome.kind,
    status,
    reason: outcome.kind === 'refused' ? outcome.reason : undefined,
    message: explain(outcome, messages, sendable),
    state: undefined,
    issues: issuesOf(outcome),
    values: givesBack && !isValid(outcome) ? valuesOf(received.submitted, page) : [],
    location,
    reference: outcome.kind === 'failed' ? outcome.reference : undefined,
    seals,
  }
}

/** The state as a form of the page would have it. */
export function stateOf({
  outcome,
  received: { submitted },
}: Pick<ToldOutcome, 'outcome' | 'received'>): unknown {
  if (outcome.kind === 'done') return outcome.state
  return submitted.hasState ? submitted.state : undefined
}

function valuesOf(submitted: SubmittedForm, { mountings }: Page): JsonAnswer['values'] {
  const given = groupInput(submitted.entries, secretsOf(submitted, mountings.secretFields))
  return submitted.entries.filter(([name]) => given.get(name)?.length !== 0)
}

/** Decides whether the page runs for its props: a script that makes the page in the browser shows them. */
function asksForProps(host: JsonHost, { outcome, here, format }: Told): boolean {
  if (!(propsHeader.toLowerCase() in host.req.headers) || format !== 'rich') return false
  if (outcome.kind === 'redirect') return here
  return outcome.kind !== 'answered' && mayRender(outcome)
}

/**
 * Runs the page, which gives its props to `page.props`. Returns where the page leads to instead when it redirects, as one does
 * for a visitor who has been signed out.
 */
async function renderForProps(host: JsonHost, { received, cookies }: Told): Promise<string | undefined> {
  const { page } = host
  page.wantsProps = true
  const rendering = await host.renderPage(cookies)
  page.wantsProps = false
  if (page.props !== undefined) return undefined
  if (rendering.kind === 'sent' || (rendering.kind === 'threw' && rendering.sent)) return 'begun'
  if (rendering.kind === 'threw' && !saysMissing(rendering.error))
    reportFailure(host, rendering.error, received)
  const moves = rendering.kind === 'rendered' && rendering.status >= 300 && rendering.status < 400
  return moves && rendering.location !== '' ? rendering.location : undefined
}

/**
 * Decides whether the page runs for its seals. The form that was sent and the button that was pressed get new seals without it.
 * But when one of these was not valid, or when the action has signed the visitor in or out, all seals of the page are stale, and only the page knows which
 * forms this visitor may have now.
 */
function needsPage(host: JsonHost, { outcome, received }: Told): boolean {
  if (outcome.kind === 'redirect' || outcome.kind === 'answered' || !mayRender(outcome)) return false
  const { admitted, button } = received.submitted
  return !admitted || (button && !button.admitted) || host.session() !== received.session
}

/**
 * Runs the page and returns the hidden fields that it prints. A page that fails has none. Nor has one that has not asked for
 * the form: as with a page that shows an outcome, a guard that is mounted for GET alone is not asked about a POST.
 */
async function renderForSeals(
  host: JsonHost,
  { received, cookies }: Told,
): Promise<readonly FreshFields[] | 'begun'> {
  const { page } = host
  page.fresh = new FreshSeals(received.submitted.button)
  const { fresh } = page
  const rendering = await host.renderPage(cookies)
  page.fresh = undefined
  if (rendering.kind === 'sent' || (rendering.kind === 'threw' && rendering.sent)) return 'begun'
  if (rendering.kind !== 'threw')
    return page.adopted || (received.submitted.admitted && page.asked) ? fresh.all : []
  if (!saysMissing(rendering.error)) reportFailure(host, rendering.error, received)
  return []
}

/**
 * Makes the hidden fields with which the same form can be sent again: when its seal was good, or when the page has just
 * printed the form.
 */
export function successorOf({ seals, adopted }: Page, { outcome, submitted }: Shown): readonly FreshFields[] {
  const { formId, definition, boundText, admitted, hook, hasState, button } = submitted
  if (!definition || !(admitted || adopted)) return []
  const seal = seals.action(definition, boundText)
  const next = stateOf({ outcome, received: { submitted } })
  const carries = hasState || (hook !== undefined && next !== undefined)
  const state = carries ? seals.state(definition, boundText, next) : undefined
  const files = submitted.files?.definition === definition ? submitted.files : undefined
  const fresh: FreshFields = {
    form: formId,
    seal,
    state,
    files: freshFiles(keepsFiles(outcome) ? (files?.list ?? []) : [], (file) => seals.file(definition, file)),
    sent: true,
  }
  if (!button?.admitted) return [fresh]
  const owner = { action: definition.name, boundText }
  return [{ ...fresh, button: seals.buttonOf(button.admitted, button.boundText, owner) }]
}

/** Returns the reference that is in the log. */
function reportFailure(host: JsonHost, error: unknown, { action }: Received): string {
  const { reference } = failed(error)
  host.reportError(error, { reference, action: action?.name })
  return reference
}
