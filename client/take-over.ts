import { quieten } from './announce.js'
import { askRegions } from './ask-regions.js'
import { automatic, stopTimer } from './automatic.js'
import { isConfirmed } from './confirm.js'
import { emit } from './events.js'
import { dropNotice } from './notice.js'
import { send } from './send.js'
import { read, type Submission } from './submission.js'
import { end, underwayOf } from './underway.js'

/** Decides what becomes of a `submit` event that no other listener has prevented. */
export const takeOver = (event: SubmitEvent): void => {
  const pressed = { form: event.target as HTMLFormElement, button: event.submitter }
  const { form, button } = pressed
  const asked = askRegions(pressed)
  if (event.defaultPrevented || !asked) return
  stopTimer(form)
  const isAutomatic = automatic === form
  // What is typed while an automatic submission runs must not be lost.
  const order = read(pressed, 'data-order') ?? (isAutomatic && 'queue')
  const replaces = order === 'replace'
  const comesToo = replaces || (order === 'queue' && asked[0]) || !underwayOf(pressed)[0]
  const goesOn = comesToo && isConfirmed(pressed)
  if (asked[0] || !goesOn) event.preventDefault()
  if (!goesOn) return

  let data: FormData
  // Without the marks of what is underway: a label or a template may be a field.
  end([], () => {
    data = new FormData(form, button)
  })
  const submission: Submission = { ...pressed, data: data!, asked, automatic: isAutomatic, repeats: 0 }
  dropNotice(form)
  quieten()
  if (emit(submission, 'submit', submission)) send(submission, replaces)
  else event.preventDefault()
}
