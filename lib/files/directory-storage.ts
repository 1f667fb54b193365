import { lstatSync, mkdirSync, openAsBlob, type Stats } from 'node:fs'
import { chmod, lstat, readdir, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { type FileStorage, isFileId } from './file-storage.js'
import { writeExclusively } from './write-new-file.js'

/** What `directoryStorage()` takes. */
export interface DirectoryStorageOptions {
  /**
   * Where files lie; made when it is missing, mode 0700. Several servers may share it. It must be the process's own,
   * no symbolic link, and not writable for others.
   * @default a directory for this user under `os.tmpdir()`
   */
  readonly directory?: string | undefined
  /** Keeps apart the default directories of several apps of one user; their `app`, as a rule. @default '' */
  readonly app?: string | undefined
}

/**
 * Stores files in a directory, each under a random name, mode 0600.
 *
 * @throws SealformError `ERR_OPTION_INVALID` when the directory is a link, belongs to somebody else or is writable for
 *   others; the system's own error when it cannot be made
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
    // Whatever sweeps the system's temporary directory may have taken ours, when it lay empty for days.
    if (!(await find(this.#directory))) prepare(this.#directory)
    await writeExclusively(path, content)
  }

  async open(id: string): Promise<Blob | undefined> {
    if (!isFileId(id)) return undefined
    const path = this.path(id)
    if (!(await find(path))?.isFile()) return undefined
    try {
      // Sets ctime, by which `sweep` goes. A change of mtime would make every Blob that is open on the file unreadable.
      await chmod(path, 0o600)
      return await openAsBlob(path)
    } catch (error) {
      if ((await find(path)) === undefined) return undefined
      throw error
    }
  }

  async remove(id: string): Promise<void> {
    if (isFileId(id)) await unlinkIfThere(this.path(id))
  }

  async sweep(olderThan: Date): Promise<number> {
    let removed = 0
    for (const name of await namesIn(this.#directory)) {
      if (!name.startsWith(prefix) || !isFileId(name.slice(prefix.length))) continue
      const path = join(this.#directory, name)
      const found = await find(path)
      if (!found?.isFile() || found.ctimeMs >= olderThan.getTime()) continue
      if (await unlinkIfThere(path)) removed++
    }
    return removed
  }

  path(id: string): string {
    if (isFileId(id)) return join(this.#directory, `${prefix}${id}`)
    throw new SealformError(
      'ERR_OPTION_INVALID',
      'A file is stored under an id of 32 lower-case hexadecimal characters; take one from newFileId().',
    )
  }
}

function chosenDirectory({ directory, app = '' }: DirectoryStorageOptions): string {
  if (typeof app !== 'string') {
    throw new SealformError('ERR_OPTION_INVALID', 'directoryStorage({ app }) takes a string.')
  }
  if (directory === undefined) {
    const parts = [
      'sealform',
      process.getuid?.() ?? 'files',
      ...(app === '' ? [] : [encodeURIComponent(app)]),
    ]
    return join(tmpdir(), parts.join('-'))
  }
  if (typeof directory === 'string' && directory !== '') return directory
  throw new SealformError(
    'ERR_OPTION_INVALID',
    'directoryStorage({ directory }) takes the path of a directory.',
  )
}

/**
 * Makes the directory, or judges the one that is there. Whoever else may write in it could put files under our names,
 * or lead our writes elsewhere.
 */
function prepare(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const fault = faultOf(lstatSync(directory))
  if (fault === undefined) return
  throw new SealformError('ERR_OPTION_INVALID', `directoryStorage(): ${directory} ${fault}`)
}

function faultOf(found: Stats): string | undefined {
  if (found.isSymbolicLink()) return 'is a symbolic link; give the directory itself.'
  if (!found.isDirectory()) return 'is not a directory.'
  const user = process.getuid?.()
  // Windows keeps neither owner nor mode.
  if (user === undefined) return undefined
  if (found.uid !== user) {
    return `belongs to the user ${found.uid}, and this process is ${user}; chown it, or give another "directory".`
  }
  if (found.mode & 0o022) return 'is writable for other users; chmod it to 0700, or give another "directory".'
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
