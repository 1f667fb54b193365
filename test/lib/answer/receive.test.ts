import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { test } from 'node:test'
import { z } from 'zod'
import { receive } from '../../../lib/answer/receive.js'
import type { FileStorage } from '../../../lib/files/file-storage.js'
import { english } from '../../../lib/outcome/messages.js'
import { issuesOf } from '../../../lib/outcome/outcome.js'
import { forbidden, redirect } from '../../../lib/sealform.js'
import { arrivalAt, brief, readingOf, registryWith, sealsOf } from '../../setup/pending-submission.js'

const runs: string[] = []
const registry = registryWith((actions) => {
  actions.define('sync', () => {
    runs.push('sync')
    return redirect('/done')
  })
  actions.define('guarded', {
    authorize: () => forbidden(),
    async run() {
      runs.push('guarded')
    },
  })
  actions.define('save', {
    input: z.object({ title: z.string().min(1, 'Enter a title') }),
    async run() {
      runs.push('save')
    },
  })
})
const seals = sealsOf(registry)

test('runs the action, and returns what the page and the answer need', async () => {
  const reading = readingOf({ entries: [['title', 'Milk']], own: { form: 'f1' } })
  const received = await receive(arrivalAt(registry, { seal: seals.action('sync'), reading }))
  assert.equal(brief(received.outcome), 'redirect')
  assert.equal(received.action?.name, 'sync')
  assert.equal(received.submission.formData.get('title'), 'Milk')
  assert.deepEqual(received.submitted.entries, [['title', 'Milk']])
  assert.equal(received.suspect, undefined)
  assert.equal(received.aborted, false)
  assert.equal(received.repeated, false)
  assert.deepEqual(runs.splice(0), ['sync'])
})

test('creates only its own promise for a submission that waits for nothing', async () => {
  const arrival = arrivalAt(registry, { seal: seals.action('sync') })
  let promises = 0
  const counting = createHook({
    init(_id, type) {
      if (type === 'PROMISE') promises++
    },
  }).enable()
  const receiving = receive(arrival)
  counting.disable()
  assert.equal(promises, 1)
  await receiving
  assert.deepEqual(runs.splice(0), ['sync'])
})

test('reads nothing of a submission from another origin', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' }
  const arrival = arrivalAt(registry, { seal: seals.action('sync'), headers })
  const received = await receive(arrival)
  assert.equal(brief(received.outcome), 'refused 403 origin')
  assert.equal(received.action, undefined)
  assert.equal(received.suspect?.verdict, 'refuse')
  assert.deepEqual(arrival.body.reads, [])
  assert.deepEqual(runs, [])
})

test('returns the fields of a submission with a refused seal', async () => {
  const reading = readingOf({ entries: [['title', 'Milk']] })
  const arrival = arrivalAt(registry, { seal: 'x', reading })
  const received = await receive(arrival)
  assert.equal(brief(received.outcome), 'refused 400 malformed')
  assert.deepEqual(received.submitted.entries, [['title', 'Milk']])
  assert.equal(received.submitted.admitted, false)
  assert.deepEqual(
    arrival.body.reads.map((options) => options?.mode),
    ['unopened'],
  )
})

test('shows only the beginning of a long text behind a seal that did not open, and says so', async () => {
  const long = arrivalAt(registry, {
    seal: 'x',
    reading: readingOf({ entries: [['title', '<'.repeat(9000)]] }),
  })
  const { outcome, submitted } = await receive(long)
  assert.equal(brief(outcome), 'refused 400 malformed')
  assert.ok(submitted.entries[0]![1].length < 3000)
  assert.deepEqual(issuesOf(outcome), [{ name: '', message: english.malformedLong }])
  const cut = arrivalAt(registry, {
    seal: 'x',
    reading: readingOf({ entries: [['title', 'Mil']], cut: true }),
  })
  assert.equal(issuesOf((await receive(cut)).outcome).length, 1)
})

test('gives back the whole text of a seal that opens and is refused', async () => {
  const text = '<'.repeat(9000)
  const reading = readingOf({ entries: [['title', text]] })
  const gone = registryWith((actions) => actions.define('gone', async () => {}))
  const arrival = arrivalAt(registry, { seal: sealsOf(gone).action('gone'), reading })
  const { outcome, submitted } = await receive(arrival)
  assert.equal(brief(outcome), 'refused 409 unknown-action')
  assert.deepEqual(submitted.entries, [['title', text]])
  assert.deepEqual(
    arrival.body.reads.map((options) => options?.mode),
    ['give-back'],
  )
})

test('runs authorize before the body is read, and does not run a refused action', async () => {
  const arrival = arrivalAt(registry, { seal: seals.action('guarded') })
  const received = await receive(arrival)
  assert.equal(brief(received.outcome), 'refused 403 forbidden')
  assert.equal(received.submitted.admitted, true)
  assert.deepEqual(
    arrival.body.reads.map((options) => options?.mode),
    ['give-back'],
  )
  assert.deepEqual(runs, [])
})

test('answers with the issues of the fields without running the action', async () => {
  const reading = readingOf({ entries: [['title', '']] })
  const received = await receive(arrivalAt(registry, { seal: seals.action('save'), reading }))
  assert.equal(brief(received.outcome), 'invalid 422')
  assert.deepEqual(runs, [])
})

test('only validates when only validation is requested', async () => {
  const reading = readingOf({ entries: [['title', 'Milk']], own: { validate: '' } })
  const received = await receive(arrivalAt(registry, { seal: seals.action('save'), reading }))
  assert.equal(brief(received.outcome), 'invalid 200')
  assert.deepEqual(runs, [])
})

test('reports that the visitor left while the body was read', async () => {
  const reading = Promise.resolve(readingOf({ aborted: true }))
  const received = await receive(arrivalAt(registry, { seal: seals.action('sync'), reading }))
  assert.equal(received.aborted, true)
  assert.deepEqual(runs, [])
})

test('releases the files when the library itself fails', async () => {
  const removed: string[] = []
  const storage: FileStorage = {
    async put(_id, content) {
      for await (const _piece of content);
    },
    open: async () => new Blob(['x']),
    remove: async (id) => void removed.push(id),
    sweep: async () => 0,
  }
  const uploading = registryWith(
    (actions) => actions.define('upload', { files: { avatar: {} }, async run() {} }),
    { uploads: { storage } },
  )
  const arrival = arrivalAt(uploading, { seal: sealsOf(uploading).action('upload') })
  arrival.body.read = async (_limits, { files } = {}) => {
    files?.begin({ name: 'avatar', filename: 'me.png', type: 'image/png', charset: false }, 0)
    files?.data(Buffer.from('x'))
    files?.end()
    await files?.settled(1)
    throw new Error('a fault of the library')
  }
  await assert.rejects(receive(arrival), /a fault of the library/)
  assert.deepEqual(removed, [])
  arrival.exchange.res.emit('close')
  assert.equal(removed.length, 1)
})
