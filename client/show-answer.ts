import { announce, statuses } from './announce.js'
import { settle } from './controls.js'
import { find } from './element.js'
import { emit } from './events.js'
import { moveFocus } from './focus.js'
import { morph } from './morph.js'
import { pairRegions } from './pair-regions.js'
import type { Submission } from './submission.js'

/** Puts an answer into the page. */
export const showAnswer = (submission: Submission, page: Document): void => {
  const swaps = pairRegions(page)
  const regions = swaps.map(([region]) => region)
  const before = document.activeElement as HTMLElement
  const speaking = find(regions, statuses)
  const reset = settle(submission)
  for (const [region, fresh] of swaps) {
    if (emit(submission, 'swap', { region, fresh })) morph(region, fresh)
  }
  // A visitor who is still typing keeps the caret: the value is what was sent.
  if (!submission.automatic) reset()
  document.title = page.title || document.title
  if (!moveFocus(submission, before, regions))
    announce(speaking, find(regions, statuses), submission.automatic)
}
