import { morph } from './morph.js'
import { read, type Submission, textOf } from './submission.js'

/** Shows that a submission is underway: on its form, its regions and its button, by its label and its templates. */
export const mark = (submission: Submission): void => {
  const { form, data, button } = submission as Submission & { readonly button: HTMLInputElement | null }
  const label = read(submission, 'data-pending')
  const before = button?.cloneNode(true) as Element
  const busy = [form, ...submission.asked.flatMap((id) => document.getElementById(id) || [])]
  const rows: Element[] = []
  busy.map((each) => (each.ariaBusy = true as never))
  if (button) {
    // Not `disabled`, which takes the focus away. With an order, another press counts.
    if (!read(submission, 'data-order')) button.ariaDisabled = true as never
    // What is sent has been collected.
    if (label) button.value = button.textContent = label
  }
  // The templates in the form, and those that name its id.
  for (const template of document.querySelectorAll<HTMLTemplateElement>('[data-optimistic]')) {
    if (template.dataset.optimistic === form.getAttribute('id') || form.contains(template)) {
      const copy = template.content.cloneNode(true) as Element
      for (const slot of copy.querySelectorAll<HTMLElement>('[data-value]'))
        slot.textContent = textOf(data, slot.dataset.value!)
      rows.push(...copy.children)
      template.before(copy)
    }
  }
  submission.unmark = () => {
    rows.map((each) => each.replaceWith())
    busy.map((each) => (each.ariaBusy = null))
    if (button) morph(button, before)
  }
}
