import { openAsBlob } from 'node:fs'
import type { FileStorage, StoredContent } from './file-storage.js'
import type { KeptFile } from './kept-file-token.js'
import { type PersistOptions, persistFile } from './persist-file.js'
import { openContent } from './pieces.js'
import { StreamedFile } from './streamed-file.js'

/** A file from a submission: a real `File` whose content is read from the storage. */
export interface StoredFile extends File {
  /** As on every `File`. The types of Node's FormData require it, but those of its File omit it. */
  readonly [Symbol.toStringTag]: string
  /**
   * Keeps the file under a path that you choose, with mode 0600. Without this call, the file is removed after the answer.
   *
   * @param path a path in an existing directory. Do not build it from the sender's name without checks
   * @throws an error with `code` `EEXIST` when the path exists and `overwrite` is not set, `ENOENT` when the directory is
   *   missing or the answer is complete, or another error of the file system. Nothing stays at the path then
   * @example
   * ```ts
   * async function keep(avatar: StoredFile) {
   *   await avatar.persist(`/var/lib/shop/avatars/${user}.png`, { overwrite: true })
   * }
   * ```
   */
  persist(path: string, options?: PersistOptions): Promise<void>
}

/**
 * Opens a stored file as the `File` that an action finds in its `formData`. One that lies on a disk is a Blob of that file.
 *
 * @returns `undefined` when the storage no longer has it
 */
export async function openStored(storage: FileStorage, facts: KeptFile): Promise<StoredFile | undefined> {
  const content = await openContent(storage, facts)
  if (!content) return undefined
  const path = facts.pieces ? undefined : storage.path?.(facts.id)
  if (path === undefined) return new PersistentFile(content, facts)
  try {
    return new FileOnDisk({ blob: await openAsBlob(path), content, path }, facts)
  } catch (error) {
    if ((await storage.open(facts.id)) === undefined) return undefined
    throw error
  }
}

/** A file from a storage that is no file system. */
class PersistentFile extends StreamedFile implements StoredFile {
  persist(path: string, options: PersistOptions = {}): Promise<void> {
    return persistFile(this.content, path, options)
  }
}

interface ContentOnDisk {
  readonly blob: Blob
  readonly content: StoredContent
  readonly path: string
}

/** A file from a storage that is a directory. */
class FileOnDisk extends File implements StoredFile {
  declare readonly [Symbol.toStringTag]: string
  readonly #disk: ContentOnDisk

  constructor(disk: ContentOnDisk, { name, type }: KeptFile) {
    super([disk.blob], name, { type })
    this.#disk = disk
  }

  override stream(): ReadableStream<Uint8Array> {
    return this.#disk.content.stream()
  }

  persist(path: string, options: PersistOptions = {}): Promise<void> {
    return persistFile(this.#disk.path, path, options)
  }
}
