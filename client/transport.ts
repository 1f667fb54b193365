import { emit } from './events.js'
import { read, type Submission } from './submission.js'
import { regionHeader } from './wire.js'

/**
 * Sends a submission. XMLHttpRequest, because it tells the progress of an upload, and parses the answer to a document
 * that runs no script and needs no Trusted Type. The body is multipart whatever the form says: it is the encoding that
 * FormData has.
 *
 * @param answered gets where a redirect that the browser followed has led
 */
export const request = (
  submission: Submission,
  answered: (submission: Submission, request: XMLHttpRequest, followed: string | undefined) => void,
  lost: (submission: Submission) => void,
): void => {
  const { form, data } = submission
  const request = new XMLHttpRequest()
  // Without an action, to the page itself whatever its base is.
  const url = new URL(read(submission, 'action', 'formaction') || location.href, document.baseURI)
  url.hash = ''

  request.open('POST', url)
  request.responseType = 'document'
  request.setRequestHeader('Accept', 'text/html')
  request.setRequestHeader(regionHeader, encodeURI(submission.asked.join()))
  request.upload.onprogress = (event) => {
    const bar = form.querySelector<HTMLProgressElement>('progress[data-upload]')
    if (emit(submission, 'progress', event) && bar) bar.value = (event.loaded / event.total) * bar.max
  }
  request.onload = () => {
    const { responseURL } = request
    answered(submission, request, responseURL === url.href ? undefined : responseURL)
  }
  request.onerror = () => lost(submission)
  submission.abort = () => request.abort()
  request.send(data)
}
