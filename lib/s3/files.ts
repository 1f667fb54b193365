import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3'
import { SealformError } from '../base/errors.js'
import { type FileStorage, isFileId, type ListedFile, type StoredContent } from '../files/file-storage.js'
import { codeOf, storageError } from '../files/storage-error.js'
import { type S3Bucket, statusOf } from './bucket.js'
import { readObject } from './read-object.js'
import { writeObject } from './write-object.js'

/**
 * Milliseconds after which the use of a file is noted. An object tells only when it was written, so a use costs a copy. Files are swept
 * ten minutes after the last time that they can be asked for.
 */
const notedUse = 5 * 60_000

/** Bytes of the largest object that can be copied by one request. */
const largestCopy = 5 * 1024 ** 3

/** Milliseconds. A file that has been arriving for this long longer than files are kept was left behind by a crash. */
const longestArrival = 24 * 3_600_000

/** An object of a list. */
interface Listed extends ListedFile {
  readonly key: string
  readonly written: Date
}

/** A storage of files in a bucket. */
export class S3Files implements FileStorage {
  readonly #bucket: S3Bucket
  readonly #prefix: string

  constructor(bucket: S3Bucket, prefix: string) {
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async put(id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (!isFileId(id)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        'A file needs an id of 32 lower-case hexadecimal characters. Use one from newFileId().',
      )
    }
    const key = this.#key(id)
    // Not every server knows the condition under which the object is written.
    if (await this.#head(key)) throw storageError('EEXIST', 'There is already a file with this id.')
    await writeObject(this.#bucket, key, content)
  }

  async open(id: string): Promise<StoredContent | undefined> {
    if (!isFileId(id)) return undefined
    const key = this.#key(id)
    const found = await this.#head(key)
    if (!found) return undefined
    const { size, written } = found
    const noted = Date.now() - written.getTime() < notedUse || size > largestCopy || (await this.#note(key))
    return noted ? { size, stream: () => readObject(this.#bucket, key) } : undefined
  }

  async remove(id: string): Promise<void> {
    if (isFileId(id)) await this.#delete(this.#key(id))
  }

  async sweep(olderThan: Date): Promise<number> {
    let removed = 0
    for await (const { key, written } of this.list()) {
      if (written >= olderThan) continue
      await this.#delete(key)
      removed++
    }
    await this.#abandon(new Date(olderThan.getTime() - longestArrival))
    return removed
  }

  async #head(key: string): Promise<{ readonly size: number; readonly written: Date } | undefined> {
    try {
      const found = await this.#bucket.send((client, options) =>
        client.send(new HeadObjectCommand({ Bucket: this.#bucket.name, Key: key }), options),
      )
      return { size: found.ContentLength ?? 0, written: found.LastModified ?? new Date() }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Notes a use of an object: copied onto itself, it is as new. Returns whether the object is still there. */
  async #note(key: string): Promise<boolean> {
    const { name } = this.#bucket
    const source = [name, ...key.split('/')].map(encodeURIComponent).join('/')
    const copy = { Bucket: name, Key: key, CopySource: source, ContentType: 'application/octet-stream' }
    try {
      await this.#bucket.send((client, options) =>
        client.send(new CopyObjectCommand({ ...copy, MetadataDirective: 'REPLACE' }), options),
      )
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  }

  async #delete(key: string): Promise<void> {
    await this.#bucket
      .send((client, options) =>
        client.send(new DeleteObjectCommand({ Bucket: this.#bucket.name, Key: key }), options),
      )
      .catch((error) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
  }

  /** Lists the objects that this storage has made. */
  async *list(): AsyncGenerator<Listed> {
    let token: string | undefined
    do {
      const range = { Bucket: this.#bucket.name, Prefix: this.#prefix, ContinuationToken: token }
      const page = await this.#bucket.send((client, options) =>
        client.send(new ListObjectsV2Command(range), options),
      )
      for (const { Key: key = '', Size: size = 0, LastModified: written } of page.Contents ?? []) {
        const id = key.slice(this.#prefix.length)
        if (isFileId(id) && key === this.#key(id) && written) yield { id, key, size, written }
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }

  /** Removes the parts of files whose process ended while they arrived, where the server can list them. */
  async #abandon(before: Date): Promise<void> {
    const { name } = this.#bucket
    const range = { Bucket: name, Prefix: this.#prefix }
    try {
      const { Uploads = [] } = await this.#bucket.send((client, options) =>
        client.send(new ListMultipartUploadsCommand(range), options),
      )
      for (const { Key: key = '', UploadId, Initiated: begun } of Uploads) {
        if (!isFileId(key.slice(this.#prefix.length)) || !begun || begun >= before) continue
        const upload = { Bucket: name, Key: key, UploadId }
        await this.#bucket.send((client, options) =>
          client.send(new AbortMultipartUploadCommand(upload), options),
        )
      }
    } catch (error) {
      // Unknown to the server: its own rules have to do it.
      if (![400, 404, 405, 501].includes(statusOf(error)) && codeOf(error) !== 'ENOENT') throw error
    }
  }

  #key(id: string): string {
    return `${this.#prefix}${id}`
  }
}
