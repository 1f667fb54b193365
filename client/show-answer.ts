import { element } from './element.js'
import { emit } from './events.js'
import { morph } from './morph.js'
import { type Submission, textOf } from './submission.js'
import { voice } from './voice.js'
import { regionAttribute } from './wire.js'
import { words } from './words.js'

/** Puts an answer into the page. */
export const showAnswer = (submission: Submission, page: Document): void => {
  const { form, data, automatic } = submission
  const inPage = (part: Element) => document.getElementById(part.id)
  // An answer that begins with a doctype, or has none of our regions, is a whole page.
  const parts = page.doctype ? [] : [...page.querySelectorAll(`body>[${regionAttribute}]`)].filter(inPage)
  parts[0] ??= page.body
  const regions = parts.map((part) => inPage(part) || document.body)
  const isIn = (each: Element) => regions.find((region) => region.contains(each))
  const find = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)].filter(isIn)
  // Where a page itself says how it went.
  const statuses = 'output,[role=status]'
  const speaking = find(statuses)
  const before = document.activeElement as HTMLElement
  const now = new FormData(form)
  // What the answer does not print stays as it is. A button is no input: its seal is that of the answer, which may be for another
  // action.
  const changed = ([...form.elements] as HTMLInputElement[])
    .filter(
      (each) =>
        each.type !== 'submit' &&
        (!isIn(each) || textOf(now, each.name) !== textOf(data, each.name) || each.closest('[data-keep]')),
    )
    .map((control) => {
      const { files, value, checked } = control
      return () => Object.assign(control, files ? { files } : { value, checked })
    })

  regions.map(
    (region, i) => emit(submission, 'swap', { region, fresh: parts[i]! }) && morph(region, parts[i]!),
  )
  document.title = page.title || document.title
  // A visitor who is still typing keeps the caret: the value is what was sent.
  if (!automatic) {
    // A control named `reset` hides the method of the form.
    element('form').reset.call(form)
    changed.map((restore) => restore())
  }

  const wanted = !automatic && (find('[autofocus]')[0] || find('[aria-invalid=true]')[0])
  const target = wanted || (before.isConnected ? before : Object.assign(regions[0]!, { tabIndex: -1 }))
  // The focus would leave the document in a frame.
  if (target !== document.activeElement) target.focus({ preventScroll: !wanted })
  // A screen reader reads what has got the focus, and a status that was there before speaks for itself. An empty one says nothing.
  if (!wanted) {
    voice.textContent =
      find(statuses).find((each) => !speaking.includes(each))?.textContent ||
      (automatic || find(statuses).find((each) => each.textContent) ? '' : words.done)
  }
}
