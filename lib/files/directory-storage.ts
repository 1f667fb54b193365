import { lstatSync, mkdirSync, type Stats } from 'node:fs'
import { chmod, lstat, readdir, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { defaultDirectory } from './default-directory.js'
import { type FileStorage, isFileId, type ListedFile, type StoredContent } from './file-storage.js'
import { fileStream } from './file-stream.js'
import { writeExclusively } from './write-new-file.js'

/** Options of `directoryStorage()`. */
export interface DirectoryStorageOptions {
  /**
   * The directory of the files. Created with mode 0700 when it is missing. Several servers may share it. It must belong
   * to the user of the process, must not be a symbolic link, and must not be writable for other users.
   * Two apps must not share one: each would sweep the files of the other.
   * @default a directory for this user and program under `os.tmpdir()`
   */
  readonly directory?: string | undefined
  /** Names the default directory, in place of the program: usually the name of the app. @default '' */
  readonly app?: string | undefined
}

/**
 * Makes a storage that keeps files in a directory, each under a random name with mode 0600.
 *
 * @throws SealformError `ERR_OPTION_INVALID` when the directory is a link, belongs to another user or is writable for
 *   other users; the system's own error when the directory cannot be created
 * @example
 * ```ts
 * const storage = directoryStorage({ directory: '/var/lib/shop/uploads' })
 * ```
 */
export function directoryStorage(options: DirectoryStorageOptions = {}): Required<FileStorage> {
  checkOptions('directoryStorage()', options, ['directory', 'app'])
  const directory = resolve(chosenDirectory(options))
  prepare(directory)
  return new DirectoryStorage(directory)
}

const prefix = 'sealform-'

class DirectoryStorage implements Required<FileStorage> {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  async put(id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.path(id)
    // A cleaner of the system's temporary directory may have removed ours after it was empty for days.
    if (!(await find(this.#directory))) prepare(this.#directory)
    await writeExclusively(path, content)
  }

  async open(id: string): Promise<StoredContent | undefined> {
    if (!isFileId(id)) return undefined
    const path = this.path(id)
    const found = await find(path)
    if (!found?.isFile()) return undefined
    try {
      // Sets ctime, which `sweep` reads. A change of mtime would make every open Blob of the file unreadable.
      await chmod(path, 0o600)
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
    return { size: found.size, stream: () => fileStream(path) }
  }

  async remove(id: string): Promise<void> {
    if (isFileId(id)) await unlinkIfThere(this.path(id))
  }

  async sweep(olderThan: Date): Promise<number> {
    let removed = 0
    for (const name of await namesIn(this.#directory)) {
      if (idIn(name) === undefined) continue
      const path = join(this.#directory, name)
      const found = await find(path)
      if (!found?.isFile() || found.ctimeMs >= olderThan.getTime()) continue
      if (await unlinkIfThere(path)) removed++
    }
    return removed
  }

  async *list(): AsyncGenerator<ListedFile> {
    for (const name of await namesIn(this.#directory)) {
      const id = idIn(name)
      if (id === undefined) continue
      const found = await find(join(this.#directory, name))
      if (found?.isFile()) yield { id, size: found.size }
    }
  }

  path(id: string): string {
    if (isFileId(id)) return join(this.#directory, `${prefix}${id}`)
    throw new SealformError(
      'ERR_OPTION_INVALID',
      'The id of a stored file must be 32 lower-case hexadecimal characters; take one from newFileId().',
    )
  }
}

/** Returns the id of the file that a name in the directory stands for, if we have made it. */
function idIn(name: string): string | undefined {
  const id = name.slice(prefix.length)
  return name.startsWith(prefix) && isFileId(id) ? id : undefined
}

function chosenDirectory({ directory, app = '' }: DirectoryStorageOptions): string {
  if (typeof app !== 'string') {
    throw new SealformError('ERR_OPTION_INVALID', 'directoryStorage({ app }) must be a string.')
  }
  if (directory === undefined) return defaultDirectory({ app })
  if (typeof directory === 'string' && directory !== '') return directory
  throw new SealformError(
    'ERR_OPTION_INVALID',
    'directoryStorage({ directory }) must be the path of a directory.',
  )
}

/**
 * Creates the directory, or checks the existing one. Another user who can write to it could put files under our names,
 * or redirect our writes with links.
 */
function prepare(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const fault = faultOf(lstatSync(directory))
  if (fault === undefined) return
  throw new SealformError('ERR_OPTION_INVALID', `directoryStorage(): ${directory} ${fault}`)
}

function faultOf(found: Stats): string | undefined {
  if (found.isSymbolicLink()) return 'is a symbolic link; pass the directory itself.'
  if (!found.isDirectory()) return 'is not a directory.'
  const user = process.getuid?.()
  // On Windows, files have neither a user id nor a mode.
  if (user === undefined) return undefined
  if (found.uid !== user) {
    return `belongs to the user ${found.uid}, but this process runs as ${user}; chown it, or pass another "directory".`
  }
  if (found.mode & 0o022) return 'is writable for other users; chmod it to 0700, or pass another "directory".'
  return undefined
}

async function find(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

async function unlinkIfThere(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
