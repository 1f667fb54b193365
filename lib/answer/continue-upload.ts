import type { IncomingMessage } from 'node:http'
import type { Definition } from '../action/action.js'
import type { Registry } from '../action/registry.js'
import type { FileStorage } from '../files/file-storage.js'
import { type KeptFile, sealKept } from '../files/kept-file-token.js'
import { findPieces, joined, mostPieces, pieceId, removeContent, type StoredPieces } from '../files/pieces.js'
import { matchesContent } from '../files/sniff.js'
import { codeOf } from '../files/storage-error.js'
import { storageRefusal } from '../files/storage-fault.js'
import { openStored } from '../files/stored-file.js'
import type { UploadTicket } from '../files/upload-ticket.js'
import { sessionBinding } from '../seal/seal.js'
import { wholeNumber } from './begin-upload.js'
import { PieceSource } from './piece-source.js'
import { inconsistent, mismatch, progress, refuseUpload, type UploadAnswer } from './upload-answer.js'

/** An upload of this visitor that has begun. */
export interface BegunUpload {
  readonly registry: Registry
  readonly definition: Definition
  readonly storage: FileStorage
  readonly ticket: UploadTicket
  readonly session: string | undefined
}

/** Tells how far an upload is. */
export async function tellProgress(upload: BegunUpload): Promise<UploadAnswer> {
  return concluded(upload, await findPieces(upload.storage, upload.ticket.id), 204)
}

/** Removes what is stored of an upload. */
export async function cancelUpload({ storage, ticket: { id } }: BegunUpload): Promise<UploadAnswer> {
  const { offsets } = await findPieces(storage, id)
  await removeContent(storage, { id, pieces: offsets })
  return { status: 204, headers: { 'Cache-Control': 'no-store' }, body: '' }
}

/** The media type of a request that appends to an upload. */
const partialUpload = /^application\/partial-upload\s*(?:;|$)/i

/**
 * Appends the bytes of a request to an upload.
 *
 * @param onSource gets the bytes that are being read, so that they can be stopped
 */
export async function appendPiece(
  upload: BegunUpload,
  req: IncomingMessage,
  onSource: (source: PieceSource) => void,
): Promise<UploadAnswer> {
  const { registry, definition, storage, ticket } = upload
  const { headers } = req
  if (!partialUpload.test(headers['content-type'] ?? '') || headers['content-encoding'] !== undefined) {
    return refuseUpload(415, 'Append with the Content-Type application/partial-upload.')
  }
  const offset = wholeNumber(headers['upload-offset'])
  if (offset === undefined) return refuseUpload(400, 'Append with Upload-Offset.')
  const before = await findPieces(storage, ticket.id)
  if (offset !== before.size) return mismatch(before.size, offset)
  const missing = ticket.size - offset
  if ((wholeNumber(headers['content-length']) ?? 0) > missing) {
    return inconsistent(`The upload has ${ticket.size} bytes, and this is more.`, offset)
  }
  if (missing > 0 && before.offsets.length === mostPieces) {
    return refuseUpload(413, `An upload may come in ${mostPieces} pieces.`)
  }

  const source = new PieceSource(req, {
    most: missing,
    limits: definition.limits,
    onTime: () => findPieces(storage, ticket.id).catch(() => {}),
    every: registry.keptTime / 4,
  })
  onSource(source)
  // An empty piece would stand in the way of the next. Only an empty file is one.
  if ((await source.begins()) || (ticket.size === 0 && !source.broken && before.offsets.length === 0)) {
    const refusal = await store(upload, source, offset)
    if (refusal) return refusal
  }
  const after = await findPieces(storage, ticket.id)
  const end = offset + source.received
  // Another server had not yet noticed that its connection was lost, and has stored more of what was sent to it.
  if (!source.broken && after.size !== end) return mismatch(after.size, end)
  const isEnd = headers['upload-complete'] !== '?0'
  if (isEnd && !source.broken && after.size < ticket.size) {
    return inconsistent(`The upload ends after ${after.size} of ${ticket.size} bytes.`, after.size)
  }
  return concluded(upload, after, 200)
}

async function store(
  { definition, storage, ticket }: BegunUpload,
  source: PieceSource,
  offset: number,
): Promise<UploadAnswer | undefined> {
  let watch: NodeJS.Timeout | undefined
  const stalled = new Promise<never>((_, reject) => {
    const late = Object.assign(new Error('The storage takes no bytes.'), { code: 'EHOSTDOWN' })
    watch = setInterval(() => source.stalled > definition.limits.idleTime && reject(late), 500).unref()
  })
  const storing = storage.put(pieceId(ticket.id, offset), source)
  try {
    await Promise.race([storing, stalled])
    return undefined
  } catch (error) {
    storing.catch(() => {})
    if (source.exceeded) {
      return inconsistent(`The upload has ${ticket.size} bytes, and this is more.`, offset)
    }
    // Another request is appending here, perhaps to another server.
    if (codeOf(error) === 'EEXIST') {
      return refuseUpload(409, 'Another request appends at this offset.', { 'Retry-After': '1' })
    }
    throw error
  } finally {
    clearInterval(watch)
  }
}

/** Says how far an upload is, with the reference to the file when it is complete and its content is of a type that is accepted. */
async function concluded(
  upload: BegunUpload,
  stored: StoredPieces,
  whenComplete: number,
): Promise<UploadAnswer> {
  const { registry, definition, storage, ticket, session } = upload
  const { action, field, name, type, size: length } = ticket
  const { offsets, size: offset } = stored
  if (offset < length || offsets.length === 0) return progress({ offset, length, kept: undefined })
  const file: KeptFile = joined(ticket.id, stored, { name, type, size: length })
  if (!(await isOfType(upload, file))) {
    await removeContent(storage, file)
    return refuseUpload(415, `The types are ${definition.files.get(field)?.types.join(', ')}.`)
  }
  const binding = session === undefined ? undefined : sessionBinding(registry.keys, session)
  const kept = sealKept(registry, file, { action, field, ttl: registry.keptTime, binding })
  return progress({ offset, length, kept }, whenComplete)
}

async function isOfType({ definition, storage, ticket }: BegunUpload, file: KeptFile): Promise<boolean> {
  const rule = definition.files.get(ticket.field)
  if (!rule?.sniff) return true
  const stored = await openStored(storage, file)
  return stored !== undefined && (await matchesContent(rule, ticket, stored))
}

/** Refuses a request of an upload for which the storage has no room or cannot be reached. Other errors are ours. */
export function storageAnswer(error: unknown): UploadAnswer | undefined {
  const refusal = storageRefusal(error)
  if (!refusal) return undefined
  return refuseUpload(refusal.status, refusal.reason, refusal.status === 503 ? { 'Retry-After': '5' } : {})
}
