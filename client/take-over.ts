import { timers } from './automatic.js'
import { ask, confirmed } from './confirm.js'
import { emit } from './events.js'
import { end, underway, underwayOf } from './running.js'
import { proceed } from './send.js'
import { read, type Submission } from './submission.js'
import { voice } from './voice.js'
import { regionAttribute, sealField } from './wire.js'

/** Decides what becomes of a `submit` event that no other listener has prevented. */
export const takeOver = (event: SubmitEvent): void => {
  const form = event.target as HTMLFormElement
  const button = event.submitter
  // The rest is added below.
  const submission = { form, button, repeats: 0 } as Submission
  const target = read(submission, 'target', 'form') ?? document.querySelector('base')?.target
  const region = read(submission, 'data-region')
  submission.asked = (region ?? form.closest(`[${regionAttribute}]`)?.id)?.match(/\S+/g) || []
  submission.sealed = (form as { [sealField]?: Element })[sealField]
  // Without the attribute it is the text `null`, which is no method.
  const method = read(submission, 'method', 'form')!
  const isOurs = submission.sealed
    ? /post/i.test(method)
    : // A form with GET has no seal, and says itself that it is sent for its region.
      submission.asked[0] && (region ?? form.hasAttribute('data-submit-on')) && !/dialog|post/i.test(method)
  if (!isOurs || (target && target !== '_self') || event.defaultPrevented) return
  clearTimeout(timers.get(form))
  submission.automatic = !button && form.hasAttribute('data-submit-on')
  // What is typed while an automatic submission runs must not be lost.
  const order = read(submission, 'data-order') ?? (submission.automatic && 'queue')
  const question = confirmed !== form && read(submission, 'data-confirm')
  const running = underwayOf(form)
  const takes = !running[0] || order === 'replace' || (submission.asked[0] && order === 'queue')
  // Without the marks of what is underway: a label or a template may be a field.
  if (takes) end([], () => (submission.data = new FormData(form, button)))
  const goesOn = takes && (question ? ask(submission, question) : emit(submission, 'submit', submission))
  if (!goesOn) {
    event.preventDefault()
    return
  }
  voice.textContent = ''
  document.body.append(voice)
  form.querySelector('.sealform-lost')?.remove()
  if (order === 'replace') end(running)
  underway.push(submission)
  // Marks it a moment later: the browser collects the fields after the event, and the label of a button may be one of them.
  setTimeout(end, 0, [])
  if (submission.asked[0]) {
    proceed(submission)
    // At last: whatever goes wrong before, the browser sends the form.
    event.preventDefault()
  }
  // After a download the page stays, and no event tells of it.
  else setTimeout(end, 10_000, [submission])
}
