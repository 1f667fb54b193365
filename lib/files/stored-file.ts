import { constants, copyFile, type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { type FileStorage, newFileId } from './file-storage.js'
import type { KeptFile } from './kept-file-token.js'
import { writeExclusively } from './write-new-file.js'

/** Options of `persist()`. */
export interface PersistOptions {
  /** Whether to replace an existing file. The replacement is atomic. @default false */
  readonly overwrite?: boolean | undefined
}

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

/** A file in the storage: its id there, a safe name, and the type that the sender claims. */
type StoredFileFacts = Pick<KeptFile, 'id' | 'name' | 'type'>

/**
 * Makes the `File` that an action finds in its `formData`.
 *
 * @param content the content that the storage opened for the id
 */
export function storedFile(storage: FileStorage, content: Blob, facts: StoredFileFacts): StoredFile {
  return new FileInStorage(storage, content, facts)
}

class FileInStorage extends File implements StoredFile {
  declare readonly [Symbol.toStringTag]: string
  readonly #storage: FileStorage
  readonly #id: string

  constructor(storage: FileStorage, content: Blob, { id, name, type }: StoredFileFacts) {
    super([content], name, { type })
    this.#storage = storage
    this.#id = id
  }

  async persist(path: string, options: PersistOptions = {}): Promise<void> {
    checkOptions('persist()', options, ['overwrite'])
    if (typeof path !== 'string' || path === '') {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        'persist() needs the path for the file as its first argument.',
      )
    }
    if (options.overwrite !== undefined && typeof options.overwrite !== 'boolean') {
      throw new SealformError('ERR_OPTION_INVALID', 'persist(): "overwrite" must be true or false.')
    }
    if (!options.overwrite) return this.#place(path, path)
    // rename() is atomic: readers never see half a file, or none.
    const beside = join(dirname(path), `.${basename(path).slice(0, 64)}.${newFileId()}`)
    await this.#place(beside, path)
    try {
      await rename(beside, path)
    } finally {
      // The temporary name still exists after a failure, and also when both names are links to one file: rename() then
      // does nothing.
      await unlink(beside).catch(() => {})
    }
  }

  /**
   * Streams the content like the Blob's own stream. On Node 20 a cancelled Blob stream keeps its file open until garbage
   * collection. This stream opens the file at the first read.
   */
  override stream(): ReadableStream<Uint8Array> {
    const path = this.#storage.path?.(this.#id)
    return path === undefined ? super.stream() : fileStream(path)
  }

  async #place(at: string, path: string): Promise<void> {
    const source = this.#storage.path?.(this.#id)
    try {
      if (source === undefined) await writeExclusively(at, this.stream())
      else await linkOrCopy(source, at)
    } catch (error) {
      throw await explained(error, source, path)
    }
  }
}

/** Makes a byte stream, like a Blob's, so that readers can supply their own buffer. */
function fileStream(path: string): ReadableStream<Uint8Array> {
  let opened: Promise<FileHandle> | undefined
  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: 64 * 1024,
    async pull(controller) {
      opened ??= open(path, 'r')
      const handle = await opened
      const request = controller.byobRequest
      const view = request?.view
      if (!request || !view) throw new TypeError('A byte stream was asked for no bytes.')
      try {
        const target = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
        const { bytesRead } = await handle.read(target, 0, target.length)
        if (bytesRead > 0) return request.respond(bytesRead)
      } catch (error) {
        await handle.close().catch(() => {})
        throw error
      }
      await handle.close()
      controller.close()
      request.respond(0)
    },
    async cancel() {
      await (await opened)?.close()
    },
  })
}

/** Links the file to its new path, or copies it. A link leaves the file readable until the answer is complete. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target)
  } catch (error) {
    // Another device, or a file system without links. The error codes differ.
    if (!['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  }
}

/** Explains an error of `link` or `copyFile`. The system's message has two paths and does not say which one failed. */
async function explained(error: unknown, source: string | undefined, path: string): Promise<unknown> {
  const code = codeOf(error)
  if (code === 'EEXIST') {
    return coded(code, `${path} exists. Choose another name, or persist(path, { overwrite: true }).`, error)
  }
  if (code === 'ENOENT') {
    const gone = source !== undefined && (await isMissing(source))
    const why = gone
      ? 'the file is no longer stored. Call persist() before the action returns.'
      : `there is no directory ${dirname(path)}. Create it first.`
    return coded(code, `Cannot persist a file as ${path}: ${why}`, error)
  }
  return error
}

async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error) => codeOf(error) === 'ENOENT',
  )
}

function coded(code: string, message: string, cause: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
