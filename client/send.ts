import { sendConfirmed } from './confirm.js'
import { emit } from './events.js'
import { offerAgain } from './notice.js'
import { showAnswer } from './show-answer.js'
import { read, type Submission } from './submission.js'
import { transition } from './transition.js'
import { request } from './transport.js'
import { begin, end, underwayOf } from './underway.js'
import { onceAttribute, regionAttribute, sealField, stateField } from './wire.js'
import { words } from './words.js'

/** Sends a form, after those of its submissions that are underway or in place of them. */
export const send = (submission: Submission, replaces: boolean): void => {
  if (replaces) end(underwayOf(submission))
  begin(submission)
  if (submission.asked[0]) proceed(submission)
  else release(submission)
}

/** Guards a form that the browser sends. After a download the page stays, and no event tells of it. */
const release = (submission: Submission): void => {
  setTimeout(end, 10_000, [submission])
}

/** Sends the first submission of a form, unless it has been sent. If it has waited, the last answer has brought a seal. */
const proceed = (submission: Submission): void => {
  const [next] = underwayOf(submission)
  if (!next || next.abort) return
  const fresh = new FormData(next.form)
  for (const name of [sealField, stateField]) if (fresh.has(name)) next.data.set(name, fresh.get(name)!)
  request(next, receive, fail)
}

/** Ends a submission, and sends what has waited for it. */
const finish = (submission: Submission, change?: () => void): void => {
  end([submission], change)
  proceed(submission)
}

const receive = (submission: Submission, answer: XMLHttpRequest, followed: string | undefined): void => {
  const { status } = answer
  // An answer without content can be a document all the same.
  const page: Document | undefined = answer.response?.body?.firstChild && answer.response
  const told = answer.getResponseHeader('Sealform-Location')
  const to = told ?? followed
  // A server in between or another middleware has answered, and to show that would lose the input.
  if (status >= 400 && !page?.querySelector(`[name=${sealField}],[${regionAttribute}]`)) {
    fail(submission, status, page)
  } else if (!emit(submission, to ? 'redirect' : outcomeOf(status), { status, page, to })) finish(submission)
  else if (to && !(told && page)) {
    release(submission)
    // In a Location header, other schemes do nothing.
    if (/^http/.test(new URL(to, location.href).href)) location.assign(to)
  } else if (page) {
    transition(submission, () => {
      finish(submission, () => showAnswer(submission, page))
      if (to?.includes('#')) location.hash = to.split('#')[1]!
    })
  } else finish(submission)
}

const outcomeOf = (status: number): 'done' | 'invalid' | 'refused' | 'failed' => {
  if (status === 422) return 'invalid'
  if (status === 500) return 'failed'
  return status < 400 ? 'done' : 'refused'
}

/**
 * Keeps the page and the input of a form that no server of ours has answered. Only a one-time form is sent again by
 * itself: a copy of it cannot run twice. Any other may have run already.
 */
const fail = (submission: Submission, status = 0, page?: Document): void => {
  if (submission.repeats < 3 && read(submission, onceAttribute) === 'true') {
    const timer = setTimeout(request, 1000 * 3 ** submission.repeats++, submission, receive, fail)
    submission.abort = () => clearTimeout(timer)
    return
  }
  end(underwayOf(submission))
  if (!emit(submission, 'failed', { status, page })) return
  const text = page?.querySelector('[role=alert],h1')?.textContent
  offerAgain(submission.form, text || words.notSent, () => sendConfirmed(submission))
}
