import { randomBytes } from 'node:crypto'

/** The content of a stored file, read only when it is needed. A `Blob` is one, too. */
export interface StoredContent {
  /** Bytes. */
  readonly size: number
  /**
   * Reads the content from its beginning. Each call gives a new stream. A stream that is cancelled lets go of what it has
   * opened. It fails when the content was removed meanwhile; it must not end early.
   */
  stream(): ReadableStream<Uint8Array>
}

/** A file of a list. */
export interface ListedFile {
  readonly id: string
  /** Bytes so far. */
  readonly size: number
}

/**
 * Stores the files of submissions until the action has taken them, or until the visitor has sent a corrected form.
 * Servers that answer each other's forms share one storage.
 */
export interface FileStorage {
  /**
   * Stores content under an id from `newFileId()`. Fails when the id is taken. After a failure no part of the content
   * stays, and the error is thrown unchanged (`ENOSPC`, `EMFILE`, …). The content may then be left unread.
   */
  put(id: string, content: AsyncIterable<Uint8Array>): Promise<void>
  /**
   * Opens the stored content without reading it. Counts as a use: `sweep` keeps content that was used recently.
   *
   * @returns `undefined` when the content does not exist
   */
  open(id: string): Promise<StoredContent | undefined>
  /** Removes content. No error when it does not exist. */
  remove(id: string): Promise<void>
  /**
   * Removes content that was last stored or opened before a time. Never removes other files. Several servers may sweep
   * at the same time.
   *
   * @returns the number of removed files
   */
  sweep(olderThan: Date): Promise<number>
  /**
   * Lists everything that is stored, also by other servers. A file that is still arriving may be missing, or have fewer bytes. A
   * quota needs it.
   */
  list?(): AsyncIterable<ListedFile>
  /** Returns the path of the content in a storage that is a directory. `persist()` then links instead of copying. */
  path?(id: string): string
}

/** Makes an id that cannot be guessed: 128 random bits in 32 hexadecimal characters. */
export function newFileId(): string {
  return randomBytes(16).toString('hex')
}

/** Tells whether a text has the format of `newFileId()`, and so is safe as a part of a path or key. */
export function isFileId(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text)
}
