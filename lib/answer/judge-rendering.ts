import { saysMissing } from '../outcome/failure.js'
import type { Answered, Outcome, Redirect } from '../outcome/outcome.js'

/** An outcome that a page shows. */
export type ShownOutcome = Exclude<Outcome, Redirect | Answered>

/** The result of running the app's own page. */
export type Rendering =
  /** The page must not run, or the visitor has left. */
  | { readonly kind: 'not-run' }
  /** The page has started to write an answer to the raw response. */
  | { readonly kind: 'sent' }
  /** `sent` is true when the page had started to write an answer before it threw. */
  | { readonly kind: 'threw'; readonly error: unknown; readonly sent: boolean }
  | RenderedPage

export interface RenderedPage {
  readonly kind: 'rendered'
  readonly status: number
  /** The Location header, empty when there is none. */
  readonly location: string
  /** `unfinished` when the page still prints after it is judged, for example a stream. */
  readonly body: 'none' | 'unfinished' | 'finished'
  /** The body, as far as it is held. */
  readonly content: string | Buffer | undefined
  /** The body is compressed, so that nothing is found in it. */
  readonly encoded: boolean
  /** The body is JSON, for a script that reads what the form knows. */
  readonly json: boolean
  /** The page has failed half-way, and an error handler has written the rest with another status. */
  readonly takenOver: boolean
}

interface RenderingFacts {
  readonly outcome: ShownOutcome['kind']
  readonly rendering: Rendering
  /** What the page did with the form that was sent. */
  readonly form: FormOnPage
  /** The page has the region that the client asked for. */
  readonly region: boolean
}

export interface FormOnPage {
  /** A form of the page shows the outcome. */
  readonly adopted: boolean
  /** The page has printed that form. */
  readonly printed: boolean
  /** What was printed is in the body that is held. */
  readonly sent: boolean
  /** The form has no field for some of the visitor's input. */
  readonly losesInput: boolean
  /** The page has made a form of the action that ran, or the seal is bound to its path, so it has printed the form before. */
  readonly asked: boolean
}

/** How an outcome is answered after the page has run. */
type RenderingVerdict =
  /** The app's page, with the status of the outcome. */
  | 'page'
  /** The region of the app's page that the client asked for, with the status of the outcome. */
  | 'region'
  /** 303 to the target of the page's own redirect. */
  | 'redirect'
  /** The built-in page, with the status of the outcome. */
  | 'built-in'
  /** The built-in page with a link to the target of the page's redirect. */
  | 'built-in-link'
  /** The built-in page with status 500: it says that the action is done and shows the reference of the failure. */
  | 'built-in-500'
  /** The answer that the page has started to write. */
  | 'leave'

/** The kinds of rendered pages: one row of the table each. */
type PageResult =
  | 'not-run'
  | 'sent'
  | 'threw'
  | 'with-form'
  | 'moved'
  | 'shown'
  | 'unasked'
  | 'missing'
  | '4xx'
  | '5xx'

type Row = Readonly<Record<ShownOutcome['kind'], Exclude<RenderingVerdict, 'region'>>>

// What a page shows counts first, and its status second: a page that holds the form is sent, whatever its own status.
// After `done` the answer must not look as if the action did not run, so the page or its redirect is sent. Any other
// outcome has input to show again, so it needs a page that holds the form. See docs/decisions/answer-policy.md.

const verdicts: Readonly<Record<PageResult, Row>> = {
  'not-run': row('built-in', 'built-in'),
  sent: row('leave', 'leave'),
  threw: row('built-in', 'built-in-500'),
  'with-form': row('page', 'page'),
  moved: row('built-in-link', 'redirect'),
  // Nothing shows that this visitor may see such a page, or where it leads: a guard for GET alone is not asked about a POST.
  unasked: row('built-in', 'built-in'),
  shown: row('built-in', 'page'),
  missing: row('built-in', 'built-in'),
  '4xx': row('built-in', 'built-in'),
  '5xx': row('built-in', 'built-in-500'),
}

/** Makes a row of the table: `invalid`, `refused` and `failed` get the same verdict. */
function row(otherwise: Row['invalid'], done: Row['done']): Row {
  return { invalid: otherwise, refused: otherwise, failed: otherwise, done }
}

/** Judges from the app's rendered page how an outcome is answered. */
export function judgeRendering({ outcome, rendering, form, region }: RenderingFacts): RenderingVerdict {
  const verdict = verdicts[resultOf(rendering, form)][outcome]
  return verdict === 'page' && region ? 'region' : verdict
}

/**
 * Judges whether the page may run to show this outcome. A cross-site request must not run any code of the app (CSRF).
 */
export function mayRender(outcome: ShownOutcome): boolean {
  return outcome.kind !== 'refused' || outcome.reason !== 'origin'
}

/** Judges whether a page has failed: it threw an error other than "not found", or says 5xx and does not hold the form. */
export function hasFailed(rendering: Rendering, form: FormOnPage): boolean {
  if (rendering.kind === 'threw') return !saysMissing(rendering.error)
  return resultOf(rendering, form) === '5xx'
}

function resultOf(rendering: Rendering, form: FormOnPage): PageResult {
  if (rendering.kind === 'threw') {
    if (rendering.sent) return 'sent'
    return saysMissing(rendering.error) ? 'missing' : 'threw'
  }
  if (rendering.kind !== 'rendered') return rendering.kind
  const { status, location, body } = rendering
  const isRedirect = status >= 300 && status < 400
  if (isRedirect && location !== '') return form.asked ? 'moved' : 'unasked'
  if (body !== 'none' && holdsInput(rendering, form)) return 'with-form'
  if (status >= 500) return '5xx'
  if (body === 'none' || isRedirect) return 'missing'
  if (status >= 400) return '4xx'
  return form.asked ? 'shown' : 'unasked'
}

/**
 * Tells whether the page holds the form that was sent, with a field for all of the visitor's input. What it has printed has
 * to be in what is sent, because a page can print the form into a text and send another. Where the library cannot look,
 * having printed it counts. Having made it is enough for JSON, which a script reads, and for a page that goes on after it is
 * judged.
 */
function holdsInput(
  { body, encoded, json, takenOver }: RenderedPage,
  { adopted, printed, sent, losesInput }: FormOnPage,
): boolean {
  if (!adopted || losesInput || takenOver) return false
  return printed ? sent || encoded : json || body === 'unfinished'
}
