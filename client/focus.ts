import { find } from './element.js'
import type { Submission } from './submission.js'

/**
 * Moves the focus after an answer: to what asks for it, else to what is wrong, else back where it was, else to the
 * region. Returns whether it went to what the answer is about, which a screen reader then reads.
 */
export const moveFocus = (
  { automatic }: Submission,
  before: HTMLElement,
  regions: readonly HTMLElement[],
): boolean => {
  const wanted = !automatic && (find(regions, '[autofocus]')[0] ?? find(regions, '[aria-invalid=true]')[0])
  if (wanted) wanted.focus()
  else if (before !== document.activeElement) {
    const same = before.isConnected && before
    if (!same) regions[0]!.tabIndex = -1
    ;(same || regions[0]!).focus({ preventScroll: true })
  }
  return !!wanted
}
