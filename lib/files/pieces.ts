import { createHash } from 'node:crypto'
import type { FileStorage, StoredContent } from './file-storage.js'
import type { KeptFile } from './kept-file-token.js'
import { storageError } from './storage-error.js'

// A resumed upload is stored in pieces: what came with one request is a file of its own. Its id follows from the upload and from where
// the piece begins, so that any server finds out from the storage alone how far an upload is, and nothing else has to be remembered.

/** The most pieces of an upload. Their places have to fit into the reference to the file. */
export const mostPieces = 100

/** Where the pieces of an upload begin, and the bytes that they have together. */
export interface StoredPieces {
  readonly offsets: readonly number[]
  readonly size: number
}

/** Returns the id of the piece of an upload that begins at an offset. */
export function pieceId(upload: string, offset: number): string {
  return createHash('sha256').update(`${upload} ${offset}`).digest('hex').slice(0, 32)
}

/** Finds the pieces of an upload, one after the other. Counts as their use. */
export async function findPieces(storage: FileStorage, upload: string): Promise<StoredPieces> {
  const offsets: number[] = []
  let size = 0
  while (offsets.length < mostPieces) {
    const piece = await storage.open(pieceId(upload, size))
    if (!piece) break
    offsets.push(size)
    if (piece.size === 0) break
    size += piece.size
  }
  return { offsets, size }
}

/** Makes the file that an upload is when all of its pieces are there. One of a single piece is an ordinary file. */
export function joined(
  upload: string,
  { offsets }: StoredPieces,
  facts: Omit<KeptFile, 'id' | 'pieces'>,
): KeptFile {
  return offsets.length === 1
    ? { ...facts, id: pieceId(upload, 0) }
    : { ...facts, id: upload, pieces: offsets }
}

/** Opens the content of a file, whether it was stored in pieces or as a whole. */
export async function openContent(
  storage: FileStorage,
  { id, size, pieces }: Pick<KeptFile, 'id' | 'size' | 'pieces'>,
): Promise<StoredContent | undefined> {
  if (!pieces) return storage.open(id)
  const contents: StoredContent[] = []
  for (const [i, offset] of pieces.entries()) {
    const content = await storage.open(pieceId(id, offset))
    if (content?.size !== (pieces[i + 1] ?? size) - offset) return undefined
    contents.push(content)
  }
  return { size, stream: () => ReadableStream.from(concatenated(contents)) }
}

/** Removes a file, whether it was stored in pieces or as a whole. */
export async function removeContent(
  storage: FileStorage,
  { id, pieces }: Pick<KeptFile, 'id' | 'pieces'>,
): Promise<void> {
  const ids = pieces ? pieces.map((offset) => pieceId(id, offset)) : [id]
  const removals = await Promise.allSettled(ids.map((each) => storage.remove(each)))
  const failed = removals.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

async function* concatenated(contents: readonly StoredContent[]): AsyncGenerator<Uint8Array> {
  for (const content of contents) {
    let size = 0
    for await (const piece of content.stream()) {
      size += piece.length
      yield piece
    }
    if (size !== content.size) throw storageError('EIO', 'A piece of a file has changed its length.')
  }
}
