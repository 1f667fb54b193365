import { morph } from './morph.js'
import { showOptimistic } from './optimistic.js'
import { read, type Submission } from './submission.js'

/** Shows that a submission is underway: on its form, its regions and its button, by its label and its templates. */
export const mark = (submission: Submission): void => {
  const { form } = submission
  const button = submission.button as HTMLInputElement | null
  const label = read(submission, 'data-pending')
  const before = button?.cloneNode(true) as Element
  const busy = [form, ...submission.asked.flatMap((id) => document.getElementById(id) ?? [])]
  for (const each of busy) each.ariaBusy = 'true'
  if (button) {
    // Not `disabled`, which takes the focus away. With an order, another press counts.
    if (!read(submission, 'data-order')) button.ariaDisabled = 'true'
    // What is sent has been collected.
    if (label) button.value = button.textContent = label
  }
  const added = showOptimistic(submission)
  submission.unmark = () => {
    for (const each of busy) each.ariaBusy = null
    for (const each of added) each.remove()
    if (button) morph(button, before)
  }
}
