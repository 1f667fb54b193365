import type { S3Client } from '@aws-sdk/client-s3'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { parseTimer } from '../base/units.js'
import type { FileStorage } from '../files/file-storage.js'
import { S3Bucket } from './bucket.js'
import { S3Files } from './files.js'

/** The options of `s3Files()`. */
export interface S3FilesOptions {
  /** The bucket of the files. It must exist, and nobody else should be able to read it. */
  readonly bucket: string
  /**
   * The start of every key. With different prefixes, several apps can share a bucket; each sweeps its own files.
   *
   * @default 'sealform/'
   */
  readonly prefix?: string | undefined
  /**
   * How long the server may take for one request, or for 5 MiB of a file, with the repetitions of the client: seconds, or a string
   * such as `'20s'`. @default '10s'
   */
  readonly timeout?: number | string | undefined
}

/**
 * Creates a storage that keeps the files of submissions in a bucket of S3, or of a server that speaks its protocol. Files go there
 * while they arrive, in parts of 5 MiB, and are streamed from there when an action reads them.
 *
 * @param client made by `new S3Client()` of the package @aws-sdk/client-s3, version 3. The app destroys it at the end
 * @throws SealformError `ERR_OPTION_INVALID`
 * @example
 * ```ts
 * import { S3Client } from '@aws-sdk/client-s3'
 * import { createActions } from 'sealform'
 *
 * const storage = s3Files(new S3Client({ region: 'eu-central-1' }), { bucket: 'shop-uploads' })
 * const actions = createActions({ uploads: { storage } })
 * ```
 */
export function s3Files(client: S3Client, options: S3FilesOptions): FileStorage {
  checkOptions('s3Files()', options, ['bucket', 'prefix', 'timeout'])
  if (typeof client?.send !== 'function') {
    throw invalid('s3Files() needs a client from new S3Client() of the package @aws-sdk/client-s3.')
  }
  const { bucket, prefix = 'sealform/', timeout = '10s' } = options
  if (typeof bucket !== 'string' || bucket === '') {
    throw invalid("s3Files({ bucket }) must be the name of a bucket, such as 'shop-uploads'.")
  }
  if (typeof prefix !== 'string') {
    throw invalid(`s3Files({ prefix }) must be a string such as 'shop/', not ${typeof prefix}.`)
  }
  const limit = parseTimer(timeout, 's3Files({ timeout })') * 1000
  return new S3Files(new S3Bucket(client, { name: bucket, timeout: limit }), prefix)
}

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}
