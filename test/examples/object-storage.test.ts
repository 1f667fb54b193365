import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { createApp } from '../../examples/object-storage/app.js'
import { formIn, fromSamePage, testKey } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestsTo } from '../setup/requests-to.js'
import { bucket, startS3 } from '../setup/s3.js'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

it('keeps a picture in the bucket for the corrected form, and then for good', async (t) => {
  const { server, client, request, send } = await visit(t)
  const wrong = await send({ title: '' }, png)
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /Enter a title/)
  assert.match(wrong.text, /a\.png, \d+ B, kept/)
  const [waiting] = await server.keys(client)
  assert.match(waiting!, /^waiting\/[0-9a-f]{32}$/)

  const { fields } = formIn(wrong.text, 'pictures.add')
  const right = await send({ title: 'Seal' }, undefined, fields)
  assert.equal(right.status, 303)
  const page = await request.get('/')
  const [, path = ''] = /href="(\/pictures\/[\w-]+)">Seal</.exec(page.text) ?? []
  const picture = await request.get(path).buffer(true)
  assert.equal(picture.headers['content-type'], 'image/png')
  assert.deepEqual(picture.body, png)
  await until(async () => (await server.keys(client)).length === 1)
})

it('keeps what was typed when the bucket cannot be reached, and says so', async (t) => {
  const { server, send } = await visit(t)
  server.fault = () => ({ status: 503, code: 'SlowDown' })
  const answer = await send({ title: 'A seal on the ice' }, png)
  assert.equal(answer.status, 503)
  assert.ok(answer.headers['retry-after'])
  assert.match(answer.text, /We cannot store files at the moment/)
  assert.match(answer.text, /value="A seal on the ice"/)
  server.fault = () => undefined
  assert.equal((await send({ title: 'A seal on the ice' }, png)).status, 303)
})

it('has no picture under another name', async (t) => {
  const { request } = await visit(t)
  assert.equal((await request.get('/pictures/none')).status, 404)
})

async function visit(t: TestContext) {
  const server = await startS3(t)
  const client = server.client(t, { maxAttempts: 1 })
  const request = requestsTo(createApp({ client, bucket, keys: testKey }).callback())
  return {
    server,
    client,
    request,
    /** Sends the form with the fields of a new page, or of the one that is open. */
    async send(
      { title }: { readonly title: string },
      picture: Buffer | undefined,
      open?: ReturnType<typeof formIn>['fields'],
    ) {
      const fields = open ?? formIn((await request.get('/')).text, 'pictures.add').fields
      const sending = request.post('/').set(fromSamePage)
      for (const [name, value] of Object.entries(fields)) sending.field(name, value)
      sending.field('title', title)
      return picture
        ? sending.attach('picture', picture, { filename: 'a.png', contentType: 'image/png' })
        : sending
    },
  }
}
