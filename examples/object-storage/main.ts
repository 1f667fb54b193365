import { S3Client } from '@aws-sdk/client-s3'
import { startFauxqs } from 'fauxqs'
import { createApp } from './app.js'

// With BUCKET, a bucket of your own: the client finds region and keys where all tools of AWS do, and the address of another server in
// AWS_ENDPOINT_URL_S3. Without it, an emulator in this process, whose files are gone at its end.
const bucket = process.env.BUCKET ?? 'pictures'
const client = process.env.BUCKET ? new S3Client({}) : await emulated(bucket)

const server = createApp({ client, bucket }).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') {
    console.log(`Add a picture: http://localhost:${address.port}`)
  }
})

async function emulated(name: string): Promise<S3Client> {
  const { port } = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, init: { buckets: [name] } })
  return new S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  })
}
