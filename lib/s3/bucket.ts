import type { S3Client } from '@aws-sdk/client-s3'
import { SealformError } from '../base/errors.js'
import { storageError } from '../files/storage-error.js'

/** The part of the options of the client's `send()` that is used. */
interface SendOptions {
  readonly abortSignal: AbortSignal
}

/** The bucket, as everything that Sealform asks of it sees it: each request ends within a time, and errors have one language. */
export class S3Bucket {
  readonly client: S3Client
  readonly name: string
  /** Milliseconds. */
  readonly timeout: number

  constructor(client: S3Client, { name, timeout }: { readonly name: string; readonly timeout: number }) {
    this.client = client
    this.name = name
    this.timeout = timeout
  }

  /**
   * Sends a command, with the repetitions that the client is set to.
   *
   * @throws an error with the code `EHOSTDOWN` when the server does not answer in time or says that it cannot, `EDQUOT` when it is
   *   full, `EEXIST` when a condition failed, `ENOENT` for an unknown key
   */
  async send<Output>(command: (client: S3Client, options: SendOptions) => Promise<Output>): Promise<Output> {
    const abortSignal = AbortSignal.timeout(this.timeout)
    try {
      return await command(this.client, { abortSignal })
    } catch (error) {
      if (abortSignal.aborted) throw this.late(error)
      throw this.#translated(error)
    }
  }

  late(cause?: unknown): Error {
    return storageError(
      'EHOSTDOWN',
      `The object storage did not answer within ${this.timeout / 1000} s.`,
      cause,
    )
  }

  #translated(error: unknown): unknown {
    const status = statusOf(error)
    const name = error instanceof Error ? error.name : ''
    if (full.has(name) || status === 507) {
      return storageError('EDQUOT', `The object storage is full (${name}).`, error)
    }
    if (status === 412 || name === 'ConditionalRequestConflict') {
      return storageError('EEXIST', 'There is already a file with this id.', error)
    }
    if (name === 'NoSuchBucket') {
      return new SealformError(
        'ERR_OPTION_INVALID',
        `s3Files({ bucket }): there is no bucket "${this.name}" at this endpoint; create it, or look at the region.`,
        { cause: error },
      )
    }
    if (name === 'NoSuchKey' || name === 'NotFound') {
      return storageError('ENOENT', 'The file is no longer in the object storage.', error)
    }
    const unable = name === 'TimeoutError' || status === 429 || (status >= 500 && status !== 501)
    if (unable) return storageError('EHOSTDOWN', `The object storage cannot answer (${name}).`, error)
    return error
  }
}

/** Names of errors that say that no more is taken: of AWS, Ceph, MinIO, SeaweedFS and others. */
const full: ReadonlySet<string> = new Set([
  'EntityTooLarge',
  'InsufficientStorage',
  'QuotaExceeded',
  'XMinioAdminBucketQuotaExceeded',
  'XMinioStorageFull',
])

/** Returns the HTTP status of an error of the client, or 0. */
export function statusOf(error: unknown): number {
  if (!(error instanceof Error) || !('$metadata' in error)) return 0
  const metadata: unknown = error.$metadata
  const status: unknown = metadata && Reflect.get(Object(metadata), 'httpStatusCode')
  return typeof status === 'number' ? status : 0
}
