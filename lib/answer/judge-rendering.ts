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
  /** The Content-Type header, empty when there is none. */
  readonly contentType: string
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
  /** The form has no field for some of the visitor's input. */
  readonly losesInput: boolean
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
  | '5xx'
  | '5xx-with-form'
  | '4xx'
  | '4xx-with-form'
  | 'missing'
  | 'moved'
  | 'shown'
  | 'shown-with-form'

type Row = Readonly<Record<ShownOutcome['kind'], Exclude<RenderingVerdict, 'region'>>>

// After `done` the answer must not look as if the action did not run, so the page or its redirect is sent. Any other
// outcome has input to show again, so it needs a page that holds the form. See docs/decisions/answer-policy.md.

const verdicts: Readonly<Record<PageResult, Row>> = {
  'not-run': row('built-in', 'built-in'),
  sent: row('leave', 'leave'),
  threw: row('built-in', 'built-in-500'),
  '5xx': row('built-in', 'built-in-500'),
  '5xx-with-form': row('built-in', 'built-in-500'),
  '4xx': row('built-in', 'built-in'),
  '4xx-with-form': row('built-in', 'built-in'),
  missing: row('built-in', 'built-in'),
  moved: row('built-in-link', 'redirect'),
  shown: row('built-in', 'page'),
  'shown-with-form': row('page', 'page'),
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

/** Judges whether a page has failed: it threw an error other than "not found", or its status is 5xx. */
export function hasFailed(rendering: Rendering): boolean {
  if (rendering.kind === 'threw') return !saysMissing(rendering.error)
  return rendering.kind === 'rendered' && rendering.status >= 500
}

/** Judges a page that shows no outcome: a region is sent alone only when the page's status is 200. */
export function judgeVisit({ status, region }: { readonly status: number; readonly region: boolean }) {
  return region && status === 200 ? 'region' : 'page'
}

function resultOf(rendering: Rendering, form: FormOnPage): PageResult {
  if (rendering.kind === 'threw') {
    if (rendering.sent) return 'sent'
    return hasFailed(rendering) ? 'threw' : 'missing'
  }
  if (rendering.kind !== 'rendered') return rendering.kind
  const { status, location, body } = rendering
  if (status >= 300 && status < 400) return location === '' ? 'missing' : 'moved'
  const withForm = body !== 'none' && holdsInput(rendering, form)
  if (status >= 500) return withForm ? '5xx-with-form' : '5xx'
  if (body === 'none') return 'missing'
  if (status >= 400) return withForm ? '4xx-with-form' : '4xx'
  return withForm ? 'shown-with-form' : 'shown'
}

/**
 * Tells whether the page holds the form that was sent, with a field for all of the visitor's input. A page that is not
 * HTML, or not finished, may still print the form, so it counts.
 */
function holdsInput({ body, contentType }: RenderedPage, { adopted, printed, losesInput }: FormOnPage) {
  return adopted && !losesInput && (printed || body !== 'finished' || !isHtml(contentType))
}

/** Tells whether a page is HTML. One without a Content-Type counts as HTML. */
function isHtml(contentType: string): boolean {
  return contentType === '' || /\bhtml\b/i.test(contentType)
}
