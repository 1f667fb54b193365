import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type S3FilesOptions, s3Files } from '../../../lib/s3/s3.js'
import { invalid, redirect } from '../../../lib/sealform.js'
import { scratch } from '../../setup/file-storage.js'
import { until } from '../../setup/patience.js'
import { bucket, type S3Fault, startS3 } from '../../setup/s3.js'
import { uploadApp } from '../../setup/upload-app.js'

test('keeps a file of several parts for the corrected form, and removes it after the action', async (t) => {
  const { server, client, app, persisted } = await visit(t)
  const content = randomBytes(6 * 1024 * 1024)
  const first = await app.submit(['title', ''], { name: 'picture', filename: 'a.bin', content })
  assert.equal(first.status, 422)
  assert.match(first.body, /a\.bin, 6\.2 MB, kept/)
  assert.equal((await server.keys(client)).length, 1)
  assert.equal((await app.send([...app.hidden(first.body), ['title', 'T']])).status, 303)
  assert.deepEqual(readFileSync(persisted), content)
  await until(async () => (await server.keys(client)).length === 0)
  assert.equal(server.uploads.size, 0)
})

test('answers 503 with the text when the bucket is down, slow or broken while a file arrives', async (t) => {
  const { server, app, runs } = await visit(t, { timeout: 1 })
  const faults: readonly S3Fault[] = ['hang', 'cut', { status: 500, code: 'InternalError' }]
  for (const fault of faults) {
    server.fault = () => fault
    const answer = await app.submit(['title', 'kept text'], {
      name: 'picture',
      filename: 'a.txt',
      content: 'x',
    })
    assert.equal(answer.status, 503, JSON.stringify(fault))
    assert.match(answer.body, /We cannot store files at the moment/)
    assert.match(answer.body, /kept text/)
    assert.match(answer.headers.get('retry-after')?.[0] ?? '', /^\d+$/)
  }
  assert.equal(runs(), 0)
})

test('answers 503 when a kept file cannot be opened, and keeps it', async (t) => {
  const { server, app, runs } = await visit(t)
  const first = await app.submit(['title', ''], { name: 'picture', filename: 'a.txt', content: 'hello' })
  server.fault = () => ({ status: 503, code: 'SlowDown' })
  const second = await app.send([...app.hidden(first.body), ['title', 'kept text']])
  assert.equal(second.status, 503)
  assert.match(second.body, /a\.txt, 5 B, kept/)
  assert.match(second.body, /kept text/)
  assert.equal(runs(), 1)
  server.fault = () => undefined
  assert.equal((await app.send([...app.hidden(second.body), ['title', 'T']])).status, 303)
})

test('answers 507 when the bucket is full', async (t) => {
  const { server, app } = await visit(t)
  server.fault = (method) => (method === 'PUT' ? { status: 403, code: 'QuotaExceeded' } : undefined)
  const answer = await app.submit(['title', 'kept text'], {
    name: 'picture',
    filename: 'a.txt',
    content: 'x',
  })
  assert.equal(answer.status, 507)
  assert.match(answer.body, /no space left/)
  assert.match(answer.body, /kept text/)
})

async function visit(t: TestContext, options: Pick<S3FilesOptions, 'timeout'> = {}) {
  const server = await startS3(t)
  const client = server.client(t, { maxAttempts: 1 })
  const persisted = join(scratch(t), 'picture')
  let runs = 0
  const app = await uploadApp(t, {
    storage: () => s3Files(client, { bucket, ...options }),
    define: (actions) =>
      actions.define('upload', {
        files: { picture: { maxSize: '20MiB' } },
        async run({ formData }) {
          runs++
          if (formData.get('title') === '') return invalid({ title: 'Enter a title' })
          const picture = formData.get('picture')
          if (picture instanceof File && 'persist' in picture) await picture.persist(persisted)
          return redirect('/')
        },
      }),
  })
  return { server, client, app, persisted, runs: () => runs }
}
