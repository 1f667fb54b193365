import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { invalid, type QuotaOptions, redirect } from '../../lib/sealform.js'
import { until } from '../setup/patience.js'
import { type Part, uploadApp } from '../setup/upload-app.js'

test('answers 507 over the quota with the text, and the action does not run', async (t) => {
  const { app, runs } = await visit(t, { size: 100 })
  const answer = await app.submit(['title', 'kept text'], file(101))
  assert.equal(answer.status, 507)
  assert.match(answer.body, /We have no space left for your file/)
  assert.match(answer.body, /value="kept text"/)
  assert.equal(runs(), 0)
  assert.deepEqual(await app.emptied(), [])
  assert.match(app.refusals[0] ?? '', /All uploads together may be 100 B/)
  assert.equal((await app.submit(['title', 'T'], file(100))).status, 303)
  assert.equal(runs(), 1)
})

test('counts the kept files of all visitors, and has room when one of them is done', async (t) => {
  const { app } = await visit(t, { size: 100 })
  const kept = await app.submit(['title', ''], file(60))
  assert.equal(kept.status, 422)
  assert.equal((await app.submit(['title', 'T'], file(41))).status, 507)
  assert.equal((await app.submit(['title', 'T'], file(40))).status, 303)
  assert.equal((await app.send([...app.hidden(kept.body), ['title', 'T']])).status, 303)
  await app.emptied()
  assert.equal((await app.submit(['title', 'T'], file(100))).status, 303)
})

test('keeps the files that waited before, when another one is too much', async (t) => {
  const { app } = await visit(t, { files: 1 })
  const first = await app.submit(['title', ''], file(10))
  const second = await app.send([...app.hidden(first.body), ['title', 'text'], file(10, 'attachments')])
  assert.equal(second.status, 507)
  assert.match(second.body, /a\.txt, 10 B, kept/)
  assert.match(second.body, /value="text"/)
  assert.equal((await app.send([...app.hidden(second.body), ['title', 'T']])).status, 303)
})

test('holds against many visitors at once', async (t) => {
  const { app, runs } = await visit(t, { files: 3 })
  const page = app.hidden((await app.page()).body)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () => app.send([...page, ['title', ''], file(5)])),
  )
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [422, 422, 422, ...Array.from({ length: 9 }, () => 507)])
  assert.equal(runs(), 3)
  await until(() => app.stored().length === 3)
})

async function visit(t: TestContext, quota: QuotaOptions) {
  let runs = 0
  const app = await uploadApp(t, {
    quota,
    define: (actions) =>
      actions.define('upload', {
        files: { picture: {}, attachments: {} },
        async run({ formData }) {
          runs++
          return formData.get('title') === '' ? invalid({ title: 'Enter a title' }) : redirect('/')
        },
      }),
  })
  return { app, runs: () => runs }
}

function file(bytes: number, name = 'picture'): Part {
  return { name, filename: 'a.txt', content: Buffer.alloc(bytes, 'a') }
}
