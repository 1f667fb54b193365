import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { formatSize, parseSize } from '../base/units.js'

/** How much all files together may be. */
export interface QuotaOptions {
  /** All bytes in the storage, or a text such as `'10GiB'`. @default no limit */
  readonly size?: number | string | undefined
  /** All files in the storage. @default no limit */
  readonly files?: number | undefined
}

/** A quota with its defaults. What is exactly as much is within it. */
export interface Quota {
  /** Bytes. */
  readonly size: number
  readonly files: number
}

/** @throws SealformError `ERR_OPTION_INVALID` */
export function resolveQuota(options: QuotaOptions | undefined, where: string): Quota | undefined {
  if (options === undefined) return undefined
  checkOptions(where, options, ['size', 'files'])
  const { size, files } = options
  if (size === undefined && files === undefined) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where} limits nothing; give it a size such as '10GiB', or files.`,
    )
  }
  if (files !== undefined && !(Number.isSafeInteger(files) && files > 0)) {
    throw new SealformError('ERR_OPTION_INVALID', `${where}: files must be a whole number, 1 or more.`)
  }
  const bytes = size === undefined ? Number.POSITIVE_INFINITY : parseSize(size, `${where}: size`)
  if (bytes > 0) return { size: bytes, files: files ?? Number.POSITIVE_INFINITY }
  throw new SealformError('ERR_OPTION_INVALID', `${where}: size is 0, so no file could be stored.`)
}

/** Says what is used up, for the log. */
export function describeQuota({ size, files }: Quota): string {
  const limits = [
    Number.isFinite(size) && formatSize(size),
    Number.isFinite(files) && `${files} files`,
  ].filter(Boolean)
  return `All uploads together may be ${limits.join(' and ')} (uploads: { quota }).`
}
