import { sendConfirmed } from './confirm.js'
import { element } from './element.js'
import { emit } from './events.js'
import { end, underway, underwayOf } from './running.js'
import { showAnswer } from './show-answer.js'
import { read, type Submission } from './submission.js'
import {
  locationHeader,
  nameHeader,
  onceAttribute,
  regionAttribute,
  regionHeader,
  sealField,
} from './wire.js'
import { words } from './words.js'

/**
 * Sends the first submission of a form, unless it has been sent. XMLHttpRequest, because it tells the progress of an upload,
 * and parses the answer to a document that runs no script and needs no Trusted Type. The body is multipart whatever the form
 * says: it is the encoding that FormData has.
 */
export const proceed = ({ form }: Submission): void => {
  const [submission] = underwayOf(form)
  const request = new XMLHttpRequest()
  if (!submission || submission.request) return
  // After a wait, the answer to the last one has brought a seal.
  if (!submission.repeats) {
    for (const [name, value] of new FormData(form)) {
      if (/^sealform(|\.state)$/.test(name)) submission.data.set(name, value as string)
    }
  }
  // Without an action, to the page itself whatever its base is.
  const url = new URL(read(submission, 'action', 'form') || (location as never), document.baseURI)
  url.hash = ''
  // XMLHttpRequest sends no body with GET.
  if (!submission.sealed) url.search = new URLSearchParams(submission.data as never) as never
  request.open(submission.sealed ? 'post' : 'get', url)
  request.setRequestHeader(regionHeader, encodeURI(submission.asked as never))
  request.upload.onprogress = (event) => {
    if (!emit(submission, 'progress', event)) return
    for (const bar of form.querySelectorAll<HTMLProgressElement>('[data-upload]'))
      bar.value = (event.loaded / event.total) * bar.max
  }
  // When the headers have come, the type can still be chosen.
  request.onreadystatechange = () => {
    if (request.readyState < 3)
      request.responseType = request.getResponseHeader(nameHeader) ? 'blob' : 'document'
  }
  request.onloadend = () => underway.includes(submission) && receive(submission, url.href)
  submission.request = request
  request.send(submission.data)
}

/** Ends a submission, and sends what has waited for it. */
const finish = (submission: Submission, change?: () => void): void => {
  end([submission], change)
  proceed(submission)
}

/**
 * Shows an answer. Without one of a server of ours, it keeps the page and the input. Only a one-time form is then sent again
 * by itself: a copy of it cannot run twice. Any other may have run already.
 */
const receive = (submission: Submission, url: string): void => {
  const { form, request } = submission
  const { status, responseURL } = request!
  // Without content there is no type either, and Chromium makes an XML error of it, with styles that a policy reports.
  const response = status - 204 && request!.response
  // An answer without content can be a document all the same.
  const page: Document | undefined = response?.body?.firstChild && response
  const name = request!.getResponseHeader(nameHeader)
  const told = request!.getResponseHeader(locationHeader)
  // A search that was sent to a cleaner URL is shown from the answer, unless that is a page.
  const to =
    told ?? (status && responseURL !== url && (submission.sealed || page?.doctype) ? responseURL : undefined)
  const target = new URL(to ?? '', url)
  // A server in between or another middleware has answered, and to show that would lose the input.
  const isLost = !(
    (status && status < 400) ||
    page?.querySelector(`[name=${sealField}],[${regionAttribute}]`)
  )
  if (isLost && submission.repeats < 3 && read(submission, onceAttribute)) {
    submission.request = null
    setTimeout(proceed, 1000 * 3 ** submission.repeats++, submission)
    return
  }
  if (isLost) end(underwayOf(form))
  const answered = status === 422 ? 'invalid' : status < 400 ? 'done' : 'refused'
  const outcome = status === 500 || isLost ? 'failed' : to ? 'redirect' : answered
  if (!emit(submission, outcome, { status, page, to })) finish(submission)
  else if (isLost) {
    const notice = element('p', {
      role: 'alert',
      className: 'sealform-lost',
      textContent: page?.querySelector('[role=alert],h1')?.textContent || words.lost,
    })
    const onclick = () => sendConfirmed(submission)
    notice.append(' ', element('button', { textContent: words.again, type: 'button', onclick }))
    form.append(notice)
  } else if (told ? !page : to) {
    setTimeout(end, 10_000, [submission])
    // To `http:` and `https:`. In a Location header, other schemes do nothing.
    if (/^htt/.test(target as never)) location.href = target as never
    // A part of this page, to which it has gone without loading what has changed.
    if (target.hash && location.href === (target as never)) location.reload()
  } else if (page) {
    const change = () => {
      finish(submission, () => showAnswer(submission, page))
      if (!submission.sealed) history.replaceState(history.state, '', responseURL)
      if (target.hash) location.hash = target.hash
    }
    const shows =
      (submission.button ?? form).closest('[data-transition]') &&
      !matchMedia('(prefers-reduced-motion)').matches
    const shown = shows && document.startViewTransition?.(change)
    // A page in the background skips the transition and makes the change; that is no error.
    if (shown) shown.ready.catch((skipped) => skipped)
    else change()
  } else {
    if (name) element('a', { href: URL.createObjectURL(response), download: decodeURI(name) }).click()
    finish(submission)
  }
}
