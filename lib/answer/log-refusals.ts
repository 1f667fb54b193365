import type { Refusal } from './refusal.js'

/** Lines in one second. An attack must not fill the log. */
const mostLines = 20
const second = 1000

/** Makes the default of `onRefused`: writes a line to the console for each refusal. */
export function logRefusals(lineOf: (refusal: Refusal) => string): (refusal: Refusal) => void {
  let since = 0
  let lines = 0
  let more = 0

  return (refusal) => {
    const now = performance.now()
    if (now - since >= second) {
      since = now
      lines = 0
    }
    if (lines < mostLines) {
      lines++
      console.warn(lineOf(refusal))
      return
    }
    if (more === 0) setTimeout(summarise, second).unref()
    more++
  }

  function summarise(): void {
    console.warn(`sealform: ${more} more submissions were refused within a second.`)
    more = 0
  }
}

/** For developers: with what was wrong and what to change. */
export function fullLine(refusal: Refusal): string {
  const { detail } = refusal
  return detail === '' ? shortLine(refusal) : `${shortLine(refusal)} ${detail}`
}

/** For production: the detail stays out of the log, since it can name what was sent, such as an origin. */
export function shortLine({ reason, status, action, enforced }: Refusal): string {
  const what = action === undefined ? 'A submission' : `A submission of "${action}"`
  return `sealform: ${what} ${enforced ? 'was' : 'would have been'} refused with ${status} (${reason}).`
}
