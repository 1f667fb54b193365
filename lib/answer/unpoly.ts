import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { AnswerKind, Others, ShownPage, Whole } from './client-answer.js'
import { listSelectors, readSelectors } from './read-selectors.js'

/** Returns the ids in the target for this kind of answer. */
export function asksUnpoly(headers: IncomingHttpHeaders, fails: boolean): readonly string[] {
  return readSelectors(targetOf(headers, fails))
}

function targetOf(headers: IncomingHttpHeaders, fails: boolean): string {
  return String((fails && headers['x-up-fail-target']) || headers['x-up-target'] || '')
}

/** Elements that hold what a page is about, or the whole of it, and `:none`, with which nothing is replaced. */
const wholes = /^(?:main|body|html|:main|:layer|:none|\[up-main[^\]]*\])$/

/** A target such as `.list` may lack the form. */
export function looksInUnpoly(headers: IncomingHttpHeaders): boolean {
  if (headers['x-up-validate'] !== undefined) return false
  return listSelectors(targetOf(headers, false)).some((selector) => !wholes.test(selector))
}

/**
 * What is asked while one types must not replace more than was asked for. A new overlay takes a single element
 * (up.Change.OpenLayer), and its request looks like that of a link within an overlay.
 */
export function othersInUnpoly(headers: IncomingHttpHeaders, { isOutcome, fails }: AnswerKind): Others {
  if (headers['x-up-validate'] !== undefined) return 'never'
  const mode = modeOf(headers, fails)
  if (mode === 'root') return 'named'
  return isOutcome && headers['x-up-origin-mode'] === mode ? 'named' : 'never'
}

/**
 * A page in an overlay has no body there, and an overlay that was opened with another target has no main element. What was asked while
 * typing must not replace what is typed.
 */
export function wholeInUnpoly(headers: IncomingHttpHeaders, { fails, lacks }: ShownPage): Whole {
  if (headers['x-up-validate'] !== undefined) return 'as it is'
  if (modeOf(headers, fails) === 'root') return { 'X-Up-Target': 'body' }
  return lacks() ? 'inside' : { 'X-Up-Target': ':main' }
}

/** Returns the kind of the layer that is to change: `root`, or that of an overlay. */
function modeOf(headers: IncomingHttpHeaders, fails: boolean): string {
  return String((fails && headers['x-up-fail-mode']) || headers['x-up-mode'] || 'root')
}

/** A header holds ASCII only, and JSON can write any other letter as its number. A title as long as a page is none, and one that the app has told itself stays. */
export function titledForUnpoly(
  title: string,
  said: Pick<ServerResponse, 'hasHeader'>,
): Readonly<Record<string, string>> {
  if (title === '' || title.length > 1000 || said.hasHeader('X-Up-Title')) return {}
  const json = JSON.stringify(title)
  return {
    'X-Up-Title': json.replace(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  }
}
