import { element } from './element.js'
import { words } from './words.js'

// A screen reader tells the changes of a live region that it knows already, so there is one, and it is empty until an
// answer.
const voice = element('p', '', 'status')
// A Content-Security-Policy forbids style attributes in HTML, but not this.
voice.style.cssText = 'position:fixed;top:-9em'

/** Empties the live region, and adds it to the page. */
export const quieten = (): void => {
  voice.textContent = ''
  document.body.append(voice)
}

/** Where a page itself says how it went. */
export const statuses = '[role=status],output'

/**
 * Says politely that an answer is shown: by the status that came with it, else by one word. A status that was there
 * before speaks for itself.
 */
export const announce = (before: readonly Element[], after: readonly Element[], automatic: boolean): void => {
  const added = after.find((each) => !before.includes(each))?.textContent
  voice.textContent = added || (after[0] || automatic ? '' : words.done)
}
