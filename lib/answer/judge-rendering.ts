import { saysMissing } from '../outcome/failure.js'
import type { Outcome, Redirect } from '../outcome/outcome.js'

/** An outcome that a page shows. */
export type ShownOutcome = Exclude<Outcome, Redirect>

/** What running the app's own page has left behind. */
export type Rendering =
  /** The page may not be run, or the visitor has left. */
  | { readonly kind: 'not-run' }
  /** The page has begun an answer past the library. */
  | { readonly kind: 'sent' }
  /** `sent` when it has begun one before. */
  | { readonly kind: 'threw'; readonly error: unknown; readonly sent: boolean }
  | RenderedPage

export interface RenderedPage {
  readonly kind: 'rendered'
  readonly status: number
  /** The Location header, empty when there is none. */
  readonly location: string
  /** `unfinished` when the page goes on printing after it has been judged. */
  readonly body: 'none' | 'unfinished' | 'finished'
  /** The Content-Type header, empty when there is none. */
  readonly contentType: string
}

export interface RenderingFacts {
  readonly outcome: ShownOutcome['kind']
  readonly rendering: Rendering
  /** What the page has done with the form that was sent. */
  readonly form: FormOnPage
  /** The page has the region that the client asked for. */
  readonly region: boolean
}

export interface FormOnPage {
  /** A form of the page shows the outcome. */
  readonly adopted: boolean
  /** That form has been printed. */
  readonly printed: boolean
  /** It has no place for something that the visitor typed. */
  readonly losesInput: boolean
}

/** How an outcome is answered once the page has been run. */
export type RenderingVerdict =
  /** The app's page, with the status of the outcome. */
  | 'page'
  /** The region of it that the client asked for, with the status of the outcome. */
  | 'region'
  /** 303 to where the page redirects. */
  | 'redirect'
  /** The built-in page, with the status of the outcome. */
  | 'built-in'
  /** The same, with a link to where the page redirects. */
  | 'built-in-link'
  /** The built-in page with status 500, which says that the action is done and gives the reference of the failure. */
  | 'built-in-500'
  /** What has been sent is the answer. */
  | 'leave'

/** A page in a word: one row of the table. */
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

// The action of an outcome that is done must not look undone, so its page or its redirect goes out. Any other outcome
// has input to give back: it needs a page that holds the form. docs/decisions/answer-policy.md gives the reasons.

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

/** What is refused and what fails are treated alike, as is invalid input. */
function row(otherwise: Row['invalid'], done: Row['done']): Row {
  return { invalid: otherwise, refused: otherwise, failed: otherwise, done }
}

/** Judges what the app's own page has made of an outcome. */
export function judgeRendering({ outcome, rendering, form, region }: RenderingFacts): RenderingVerdict {
  const verdict = verdicts[resultOf(rendering, form)][outcome]
  return verdict === 'page' && region ? 'region' : verdict
}

/** Judges whether the page that shows this outcome is run: a request of foreign origin starts nothing in the app. */
export function mayRender(outcome: ShownOutcome): boolean {
  return outcome.kind !== 'refused' || outcome.reason !== 'origin'
}

/** Judges whether a page has failed: by an error that does not say that the page is missing, or by a status of the 500s. */
export function hasFailed(rendering: Rendering): boolean {
  if (rendering.kind === 'threw') return !saysMissing(rendering.error)
  return rendering.kind === 'rendered' && rendering.status >= 500
}

/** Judges a page of the app that shows no outcome: a region is sent alone where the page is there. */
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
 * Whether the form that was sent is on the page, with a place for everything that was typed. What is not HTML, or not
 * finished, can still print the form.
 */
function holdsInput({ body, contentType }: RenderedPage, { adopted, printed, losesInput }: FormOnPage) {
  return adopted && !losesInput && (printed || body !== 'finished' || !isHtml(contentType))
}

/** What does not say what it is counts as HTML. */
function isHtml(contentType: string): boolean {
  return contentType === '' || /\bhtml\b/i.test(contentType)
}
