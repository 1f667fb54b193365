import { randomBytes } from 'node:crypto'

/**
 * Where the files of submissions lie until the action has taken them, or the visitor has sent a corrected form.
 * Servers that answer each other's forms share one.
 */
export interface FileStorage {
  /**
   * Stores a content under an id that `newFileId()` made. Fails when the id is taken; after any failure nothing of
   * the content stays, and the error arrives as it is (`ENOSPC`, `EMFILE`, …). The content may then be left unread.
   */
  put(id: string, content: AsyncIterable<Uint8Array>): Promise<void>
  /**
   * The stored content, read from where it lies and not into memory. Counts as a use: `sweep` goes by the last one.
   *
   * @returns `undefined` when it is gone
   */
  open(id: string): Promise<Blob | undefined>
  /** Removes a content; no error when it is gone. */
  remove(id: string): Promise<void>
  /**
   * Removes what was last stored or opened before a time, and nothing that is not ours. Several servers may sweep at once.
   *
   * @returns how many were removed
   */
  sweep(olderThan: Date): Promise<number>
  /** Where the content lies, for storages that are a directory: files are then moved by a link instead of a copy. */
  path?(id: string): string
}

/** A name that nobody can guess: 128 random bits in 32 hexadecimal characters. */
export function newFileId(): string {
  return randomBytes(16).toString('hex')
}

/** Whether a text is what `newFileId()` makes, and so is safe as a part of a path or key. */
export function isFileId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text)
}
