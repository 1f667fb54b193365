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
  const inPage = ({ id }: Element) => document.getElementById(id)
  // An answer that begins with a doctype, or has none of our regions, is a whole page.
  const parts = [...page.querySelectorAll(`body>[${regionAttribute}]`)].filter(
    (part) => !page.doctype && inPage(part),
  )
  if (!parts[0]) parts.push(page.body)
  const regions = parts.map((part) => inPage(part) ?? document.body)
  const find = (selector: string) =>
    regions.flatMap((region) => [...region.querySelectorAll<HTMLElement>(selector)])
  const speaking = find(statuses)
  const before = document.activeElement as HTMLElement
  const now = new FormData(form)
  // A button is no input: its seal is that of the answer, which may be for another action.
  const restore = ([...form.elements] as HTMLInputElement[])
    .filter(({ name, type }) => type !== 'submit' && textOf(now, name) !== textOf(data, name))
    .map((control) => {
      const { files, value, checked } = control
      return () => Object.assign(control, files ? { files } : { value, checked })
    })

  regions.forEach((region, i) => {
    const fresh = parts[i]!
    if (emit(submission, 'swap', { region, fresh })) morph(region, fresh)
  })
  document.title = page.title || document.title
  // A visitor who is still typing keeps the caret: the value is what was sent.
  if (!automatic) {
    // A control named `reset` hides the method of the form.
    element('form').reset.call(form)
    for (const each of restore) each()
  }

  const wanted = !automatic && find('[autofocus]').concat(find('[aria-invalid=true]'))[0]
  const target = wanted || (before.isConnected ? before : Object.assign(regions[0]!, { tabIndex: -1 }))
  // The focus would leave the document in a frame.
  if (target !== document.activeElement) target.focus({ preventScroll: !wanted })
  // A screen reader reads what has got the focus, and a status that was there before speaks for itself.
  const after = find(statuses)
  const added = after.find((each) => !speaking.includes(each))
  if (!wanted) voice.textContent = after[0] || automatic ? added?.textContent || '' : words.done
}

/** Where a page itself says how it went. */
const statuses = '[role=status],output'
