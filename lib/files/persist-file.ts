import { constants, copyFile, link, lstat, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { newFileId, type StoredContent } from './file-storage.js'
import { codeOf } from './storage-error.js'
import { writeExclusively } from './write-new-file.js'

/** Options of `persist()`. */
export interface PersistOptions {
  /** Whether to replace an existing file. The replacement is atomic. @default false */
  readonly overwrite?: boolean | undefined
}

/** What is persisted: a file of a disk, or content from elsewhere. */
type Source = string | StoredContent

/** Keeps stored content under a path, by a link where that is possible. */
export async function persistFile(source: Source, path: string, options: PersistOptions): Promise<void> {
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
  if (!options.overwrite) return place(source, path, path)
  // rename() is atomic: readers never see half a file, or none.
  const beside = join(dirname(path), `.${basename(path).slice(0, 64)}.${newFileId()}`)
  await place(source, beside, path)
  try {
    await rename(beside, path)
  } finally {
    // The temporary name still exists after a failure, and also when both names are links to one file: rename() then
    // does nothing.
    await unlink(beside).catch(() => {})
  }
}

async function place(source: Source, at: string, path: string): Promise<void> {
  try {
    if (typeof source === 'string') await linkOrCopy(source, at)
    else await writeExclusively(at, source.stream())
  } catch (error) {
    throw await explained(error, source, path)
  }
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

/** Explains an error of `link`, `copyFile` or the content. The system's message does not say which path failed. */
async function explained(error: unknown, source: Source, path: string): Promise<unknown> {
  const code = codeOf(error)
  if (code === 'EEXIST') {
    return coded(code, `${path} exists. Choose another name, or persist(path, { overwrite: true }).`, error)
  }
  if (code === 'ENOENT') {
    const gone = typeof source === 'string' ? await isMissing(source) : !(await isMissing(dirname(path)))
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
