import { GetObjectCommand } from '@aws-sdk/client-s3'
import { withTimeout } from '../base/timeout.js'
import { storageError } from '../files/storage-error.js'
import type { S3Bucket } from './bucket.js'

/** Streams an object. It is asked for at the first read, and each read ends within the time of the bucket. */
export function readObject(bucket: S3Bucket, key: string): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= (await get(bucket, key)).getReader()
        const reading = reader.read()
        const { done, value } = await withTimeout(reading, bucket.timeout).catch((error) => {
          reading.catch(() => {})
          void reader?.cancel(error).catch(() => {})
          throw broken(bucket, error)
        })
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel(reason) {
        await reader?.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function get(bucket: S3Bucket, key: string): Promise<ReadableStream<Uint8Array>> {
  const { Body: body } = await bucket.send((client, options) =>
    client.send(new GetObjectCommand({ Bucket: bucket.name, Key: key }), options),
  )
  if (!body) throw storageError('ENOENT', 'The object storage gave an object without content.')
  return body.transformToWebStream()
}

/** An error of the network keeps its code; the end of the time has none. */
function broken(bucket: S3Bucket, error: unknown): unknown {
  return error instanceof Error && !('code' in error) ? bucket.late(error) : error
}
