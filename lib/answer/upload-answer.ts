import { uploadNames } from '../base/wire-names.js'

/** The answer to a request of an upload that can be resumed. */
export interface UploadAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How far an upload is. */
export interface UploadProgress {
  /** Bytes that are stored. */
  readonly offset: number
  /** Bytes of the whole file. */
  readonly length: number
  /** The reference to the file, when it is complete. */
  readonly kept: string | undefined
}

const noStore = { 'Cache-Control': 'no-store' }

/** Types of problems of the draft draft-ietf-httpbis-resumable-upload, whose names are those of RFC 9457. */
const problemTypes = 'https://iana.org/assignments/http-problem-types#'

/** Says that an upload has begun, and where it goes on: at the URL of its page with a ticket. */
export function begun(ticket: string, { maxSize, ttl }: { readonly maxSize: number; readonly ttl: number }) {
  return answerWith(201, {
    Location: `?${uploadNames.ticket}=${ticket}`,
    'Upload-Offset': '0',
    'Upload-Complete': '?0',
    'Upload-Limit': `max-size=${maxSize}, max-age=${Math.floor(ttl)}`,
  })
}

/** Says how far an upload is. */
export function progress({ offset, length, kept }: UploadProgress, status = 204): UploadAnswer {
  return answerWith(status, {
    'Upload-Offset': String(offset),
    'Upload-Complete': kept === undefined ? '?0' : '?1',
    'Upload-Length': String(length),
    ...(kept !== undefined && { [uploadNames.kept]: kept }),
  })
}

/** Says that bytes were sent for another place than the one where the upload goes on. */
export function mismatch(expected: number, provided: number): UploadAnswer {
  const problem = {
    type: `${problemTypes}mismatching-upload-offset`,
    title: 'The upload goes on at another offset.',
    'expected-offset': expected,
    'provided-offset': provided,
  }
  return withProblem(409, problem, { 'Upload-Offset': String(expected) })
}

/** Says that there are fewer or more bytes than the length that was declared. */
export function inconsistent(title: string, offset: number): UploadAnswer {
  return withProblem(
    400,
    { type: `${problemTypes}inconsistent-upload-length`, title },
    { 'Upload-Offset': String(offset) },
  )
}

/** Refuses a request. A script sends the form as a whole then, so that the page says what is wrong. */
export function refuseUpload(
  status: number,
  title: string,
  headers: Readonly<Record<string, string>> = {},
): UploadAnswer {
  return withProblem(status, { title }, headers)
}

/** No upload: forged, expired, of another session or another app, which look the same from outside. */
export const unknownUpload = refuseUpload(404, 'There is no such upload, or its time is over.')

function withProblem(
  status: number,
  problem: object,
  headers: Readonly<Record<string, string>>,
): UploadAnswer {
  const body = JSON.stringify({ status, ...problem })
  return answerWith(status, { 'Content-Type': 'application/problem+json', ...headers }, body)
}

function answerWith(status: number, headers: Readonly<Record<string, string>>, body = ''): UploadAnswer {
  return { status, headers: { ...noStore, ...headers }, body }
}
