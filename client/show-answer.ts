import { element } from './element.js'
import { emit } from './events.js'
import { morph } from './morph.js'
import { type Submission, textOf } from './submission.js'
import { voice } from './voice.js'
import { keptPrefix, regionAttribute } from './wire.js'
import { words } from './words.js'

/** Puts an answer into the page. */
export const showAnswer = (submission: Submission, page: Document): void => {
  const { automatic, form } = submission
  const inPage = (part: Element) => document.getElementById(part.id)
  // An answer that begins with a doctype, or has none of our regions, is a whole page.
  const parts = page.doctype ? [] : [...page.querySelectorAll(`body>[${regionAttribute}]`)].filter(inPage)
  parts[0] ||= page.body
  // Who cancels one shows the answer himself.
  const swaps = parts
    .map((fresh) => ({ region: inPage(fresh) || document.body, fresh }))
    .filter((swap) => emit(submission, 'swap', swap))
  if (!swaps[0]) return
  const now = new FormData(form)
  const isIn = (each: Element) => swaps.some((swap) => swap.region.contains(each))
  const find = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)].filter(isIn)
  // Where a page itself says how it went.
  const statuses = 'output,[role=status]'
  const speaking = find(statuses)
  const before = document.activeElement as HTMLElement
  swaps.map((swap) => morph(swap.region, swap.fresh))
  document.title = page.title || document.title
  // A visitor who is still typing keeps the caret: the value is what was sent.
  if (!automatic) {
    // What was changed meanwhile, and what the answer does not print, stays as it is: without a form it is not reset. The files that
    // the server has kept would be sent a second time.
    const back = ([...form.elements] as HTMLInputElement[])
      .filter(
        (each) =>
          textOf(now, each.name) !== textOf(submission.data, each.name) ||
          !(
            (isIn(each) && !each.closest('[data-keep]')) ||
            (form as { [kept: string]: unknown })[keptPrefix + each.name]
          ),
      )
      .map((each) => {
        const own = each.getAttribute('form')
        each.setAttribute('form', '')
        return () => (own ? each.setAttribute('form', own) : each.removeAttribute('form'))
      })
    // A control named `reset` hides the method of the form.
    element('form').reset.call(form)
    back.map((restore) => restore())
  }

  const wanted = !automatic && (find('[autofocus]')[0] || find('[aria-invalid=true]')[0])
  const target = wanted || (before.isConnected ? before : Object.assign(swaps[0].region, { tabIndex: -1 }))
  // The focus would leave the document in a frame.
  if (target !== document.activeElement) target.focus({ preventScroll: !wanted })
  // A screen reader reads what has got the focus, and a status that was there before speaks for itself. An empty one says nothing.
  if (!wanted) {
    const said = find(statuses).filter((each) => each.textContent)
    voice.textContent =
      said.find((each) => !speaking.includes(each))?.textContent || (automatic || said[0] ? '' : words.done)
  }
}
