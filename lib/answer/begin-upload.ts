import type { Exchange } from '../action/exchange.js'
import type { Registry } from '../action/registry.js'
import { authorize } from '../action/run-action.js'
import { CurrentSubmission } from '../action/submission.js'
import { uploadNames } from '../base/wire-names.js'
import { type FileRule, matchesTypes } from '../files/file-rules.js'
import { newFileId } from '../files/file-storage.js'
import { safeFileName } from '../files/safe-file-name.js'
import { sealTicket } from '../files/upload-ticket.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import { admit, type SentSeal } from './admit.js'
import { begun, refuseUpload, type UploadAnswer } from './upload-answer.js'

/** A request that begins an upload, of an acceptable origin. */
export interface BeginningUpload {
  readonly registry: Registry
  readonly exchange: Exchange & { takeOverAnswer(): void }
  readonly seal: SentSeal
}

/** RFC 6838, section 4.2. A longer type would not fit into a reference. */
const longestType = 255

/**
 * Begins an upload for a form of this visitor: as for a submission, the seal has to be good here and `authorize` to admit. The file must be
 * one that the form would take.
 */
export async function beginUpload({ registry, exchange, seal }: BeginningUpload): Promise<UploadAnswer> {
  const { headers } = exchange.req
  const form = await admit(registry, exchange, seal)
  if (isOutcome(form)) return refuse(form)
  const submission = new CurrentSubmission(exchange, registry.cache)
  const unauthorized = await authorize(form, submission)
  exchange.takeOverAnswer()
  if (unauthorized) return refuse(unauthorized)

  const { definition } = form
  const file = describedFile(headers[uploadNames.file.toLowerCase()])
  const size = wholeNumber(headers['upload-length'])
  if (!file || size === undefined) {
    return refuseUpload(400, `An upload begins with Upload-Length and ${uploadNames.file}.`)
  }
  if (wholeNumber(headers['content-length'] ?? '0') !== 0 || headers['transfer-encoding'] !== undefined) {
    return refuseUpload(400, 'The first request of an upload has no content; send it by PATCH.')
  }
  const rule = definition.files.get(file.field)
  if (!rule?.resumable || !definition.storage) {
    return refuseUpload(413, 'No upload in this field can be resumed.')
  }
  const unfit = unfitFile(rule, { ...file, size })
  if (unfit) return unfit
  const { field, name, type } = file
  const { ttl } = definition
  const upload = { action: definition.name, field, id: newFileId(), name, type, size }
  const ticket = sealTicket(registry, upload, { ttl, session: exchange.session() })
  return begun(ticket, { maxSize: rule.maxSize, ttl })
}

function unfitFile(
  rule: FileRule,
  file: { readonly name: string; readonly type: string; readonly size: number },
): UploadAnswer | undefined {
  if (file.size > rule.maxSize) return refuseUpload(413, `A file may have ${rule.maxSize} bytes.`)
  return matchesTypes(rule, file) ? undefined : refuseUpload(415, `The types are ${rule.types.join(', ')}.`)
}

/** Refuses as the form itself would be, but without a page. */
function refuse(outcome: Outcome): UploadAnswer {
  if (outcome.kind === 'refused') return refuseUpload(outcome.status, outcome.reason)
  return refuseUpload(outcome.kind === 'failed' ? 500 : 403, outcome.kind)
}

interface DescribedFile {
  readonly field: string
  readonly name: string
  readonly type: string
}

function describedFile(header: string | string[] | undefined): DescribedFile | undefined {
  if (typeof header !== 'string') return undefined
  const said = new URLSearchParams(header)
  const field = said.get('field')
  const type = (said.get('type') ?? '').toLowerCase().split(';', 1)[0]!.trim()
  if (field === null) return undefined
  return {
    field,
    name: safeFileName(said.get('name') ?? ''),
    type: type === '' || type.length > longestType ? 'application/octet-stream' : type,
  }
}

/** Reads a header that is a number without sign or fraction, and safe to count with. */
export function wholeNumber(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || !/^\d{1,16}$/.test(header)) return undefined
  const number = Number(header)
  return Number.isSafeInteger(number) ? number : undefined
}
