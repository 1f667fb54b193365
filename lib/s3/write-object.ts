import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { splitContent } from '../files/split-content.js'
import { codeOf, storageError } from '../files/storage-error.js'
import { type S3Bucket, statusOf } from './bucket.js'

/** The smallest part that S3 takes before the last one. Two of them are in memory for each file that arrives. */
const partSize = 5 * 1024 * 1024

/** The most parts of an object. */
const mostParts = 10_000

/** What all objects say of themselves. They are the bytes of strangers, and no browser is to show them. */
const kind = { ContentType: 'application/octet-stream' }

/** Servers that do not know the condition by which a new object replaces no other. */
const unconditional = new WeakSet<S3Bucket>()

/** Writes an object while its content arrives, in parts when it is large. After a failure nothing of it stays. */
export async function writeObject(
  bucket: S3Bucket,
  key: string,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  let parts: Parts | undefined
  try {
    for await (const { piece, last } of splitContent(content, partSize)) {
      if (last && !parts) return await putWhole(bucket, key, piece)
      parts ??= await Parts.begin(bucket, key)
      await parts.add(piece)
    }
    await parts?.complete()
  } catch (error) {
    await parts?.abort()
    throw error
  }
}

async function putWhole(bucket: S3Bucket, key: string, body: Buffer): Promise<void> {
  const object = { Bucket: bucket.name, Key: key, ...kind, Body: body, ContentLength: body.length }
  await asNew(bucket, (condition) =>
    bucket.send((client, options) => client.send(new PutObjectCommand({ ...object, ...condition }), options)),
  )
}

/** How the server knows an object that is being written. */
interface Upload {
  readonly Bucket: string
  readonly Key: string
  readonly UploadId: string | undefined
}

/** An object that is being written. One part is sent while the next is collected. */
class Parts {
  readonly #bucket: S3Bucket
  readonly #upload: Upload
  readonly #sent: { readonly PartNumber: number; readonly ETag: string | undefined }[] = []
  #sending: Promise<void> = Promise.resolve()
  #count = 0

  static async begin(bucket: S3Bucket, key: string): Promise<Parts> {
    const object = { Bucket: bucket.name, Key: key }
    const { UploadId } = await bucket.send((client, options) =>
      client.send(new CreateMultipartUploadCommand({ ...object, ...kind }), options),
    )
    return new Parts(bucket, { ...object, UploadId })
  }

  private constructor(bucket: S3Bucket, upload: Upload) {
    this.#bucket = bucket
    this.#upload = upload
  }

  async add(piece: Buffer): Promise<void> {
    await this.#sending
    if (this.#count === mostParts) throw storageError('EDQUOT', `A file has more than ${mostParts} parts.`)
    this.#sending = this.#send(++this.#count, piece)
    // It is waited for before the next part, which may never come.
    this.#sending.catch(() => {})
  }

  async complete(): Promise<void> {
    await this.#sending
    const upload = { ...this.#upload, MultipartUpload: { Parts: this.#sent } }
    await asNew(this.#bucket, (condition) =>
      this.#bucket.send((client, options) =>
        client.send(new CompleteMultipartUploadCommand({ ...upload, ...condition }), options),
      ),
    )
  }

  /** Removes the parts. When that fails, a later sweep or the bucket's own rule does. */
  async abort(): Promise<void> {
    // A part that arrives after the end would stay.
    await this.#sending.catch(() => {})
    await this.#bucket
      .send((client, options) => client.send(new AbortMultipartUploadCommand(this.#upload), options))
      .catch(() => {})
  }

  async #send(number: number, body: Buffer): Promise<void> {
    const part = { ...this.#upload, PartNumber: number, Body: body, ContentLength: body.length }
    const { ETag } = await this.#bucket.send((client, options) =>
      client.send(new UploadPartCommand(part), options),
    )
    this.#sent.push({ PartNumber: number, ETag })
  }
}

/** Makes an object on the condition that there is none (RFC 9110, section 13.1.2), where the server knows that. */
async function asNew(
  bucket: S3Bucket,
  make: (condition: { readonly IfNoneMatch?: string }) => Promise<unknown>,
): Promise<void> {
  if (!unconditional.has(bucket)) {
    try {
      await make({ IfNoneMatch: '*' })
      return
    } catch (error) {
      if (statusOf(error) !== 501 || codeOf(error) === 'EEXIST') throw error
      unconditional.add(bucket)
    }
  }
  await make({})
}
