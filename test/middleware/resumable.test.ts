import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPieces } from '../../lib/files/pieces.js'
import {
  type Actions,
  directoryStorage,
  type FileOptions,
  invalid,
  type LimitOptions,
  type QuotaOptions,
  redirect,
} from '../../lib/sealform.js'
import type { FileStorage } from '../../lib/types.js'
import { scratch } from '../setup/file-storage.js'
import { until } from '../setup/patience.js'
import { keptOf, locationOf, ResumableClient } from '../setup/resumable-client.js'
import { type Part, uploadApp } from '../setup/upload-app.js'

test('takes a file of exactly maxSize, and none of a byte more', async (t) => {
  const { client, seal } = await visit(t, { rule: { maxSize: 1000 } })
  assert.equal((await client.begin(await seal(), 1001)).status, 413)
  const location = locationOf(await client.begin(await seal(), 1000))
  assert.equal((await client.append(location, 0, Buffer.alloc(1000))).status, 200)
})

test('refuses at the beginning what the form would refuse in the end', async (t) => {
  const { app, client, seal } = await visit(t, { rule: { types: ['image/*'] } })
  const begin = async (file: Record<string, string>, lines: Record<string, string> = {}) =>
    (await client.begin(await seal(), 10, file, lines)).status
  assert.equal(await begin({ type: 'text/plain', name: 'a.txt' }), 415)
  assert.equal(await begin({ field: 'attachments' }), 413)
  assert.equal(await begin({ field: '__proto__' }), 413)
  assert.equal(await begin({}, { 'Upload-Length': '' }), 400)
  for (const length of ['-1', '1.5', '1e3', ' ', '99999999999999999', '0x10', '1, 1']) {
    assert.equal(await begin({}, { 'Upload-Length': length }), 400, length)
  }
  assert.equal(await begin({}, { 'Sealform-File': '' }), 400)
  assert.equal(await begin({}, { 'Sealform-File': 'name=a' }), 400)
  const withContent = { 'Sealform-Upload': await seal(), 'Sealform-File': 'field=picture&type=image/png' }
  const lines = { ...withContent, 'Upload-Length': '5', 'Content-Length': '5' }
  assert.equal((await client.request('POST', '/', lines, Buffer.from('hello'))).status, 400)
  assert.equal((await client.request('POST', '/other', { ...lines, 'Content-Length': '0' })).status, 403)
  assert.deepEqual(app.stored(), [])
})

test('refuses more bytes than the length, announced or not, and keeps none of that request', async (t) => {
  const { app, client, seal } = await visit(t)
  const location = locationOf(await client.begin(await seal(), 1000))
  assert.equal((await client.append(location, 0, Buffer.alloc(1001))).status, 400)
  const chunked = {
    'Content-Type': 'application/partial-upload',
    'Upload-Offset': '0',
    'Transfer-Encoding': 'chunked',
  }
  async function* tooMuch() {
    yield Buffer.alloc(900)
    await sleep(20)
    yield Buffer.alloc(101)
  }
  const answer = await client.request('PATCH', `/${location}`, chunked, tooMuch())
  assert.equal(answer.status, 400)
  assert.match(answer.body, /inconsistent-upload-length/)
  await until(() => app.stored().length === 0)
  async function* enough() {
    yield Buffer.alloc(900)
    yield Buffer.alloc(100)
  }
  assert.equal((await client.request('PATCH', `/${location}`, chunked, enough())).status, 200)
})

test('refuses an end before the end, and keeps what has arrived', async (t) => {
  const { client, seal } = await visit(t)
  const location = locationOf(await client.begin(await seal(), 1000))
  const early = await client.append(location, 0, Buffer.alloc(400))
  assert.equal(early.status, 400)
  assert.equal(early.headers['upload-offset'], '400')
  const part = await client.append(location, 400, Buffer.alloc(100), { 'Upload-Complete': '?0' })
  assert.deepEqual(
    [part.status, part.headers['upload-offset'], part.headers['upload-complete']],
    [204, '500', '?0'],
  )
  assert.equal((await client.append(location, 500, Buffer.alloc(500))).status, 200)
})

test('refuses what is no part of an upload', async (t) => {
  const { app, client, seal } = await visit(t)
  const location = locationOf(await client.begin(await seal(), 10))
  const status = async (lines: Record<string, string>) =>
    (await client.append(location, 0, Buffer.alloc(10), lines)).status
  assert.equal(await status({ 'Content-Type': 'application/octet-stream' }), 415)
  assert.equal(await status({ 'Content-Type': '' }), 415)
  assert.equal(await status({ 'Content-Encoding': 'gzip' }), 415)
  assert.equal(await status({ 'Upload-Offset': '' }), 400)
  assert.equal(await status({ 'Upload-Offset': '-0' }), 400)
  assert.deepEqual(app.stored(), [])
})

test('takes an empty file, and nothing beside it', async (t) => {
  const { client, seal, finish, found } = await visit(t)
  const location = locationOf(await client.begin(await seal(), 0))
  assert.equal((await client.head(location)).headers['upload-complete'], '?0')
  const whole = await client.append(location, 0, Buffer.alloc(0))
  assert.equal(whole.status, 200)
  assert.equal((await client.append(location, 0, Buffer.alloc(0))).status, 200)
  assert.equal((await client.append(location, 0, Buffer.alloc(1))).status, 400)
  assert.equal((await finish(keptOf(whole))).status, 303)
  assert.deepEqual(found, [Buffer.alloc(0)])
})

test('is stopped by another request for the same upload, which goes on behind what has arrived', async (t) => {
  const { app, client, seal, found, finish, size } = await visit(t)
  const content = randomBytes(100_000)
  const location = locationOf(await client.begin(await seal(), content.length))
  async function* stuck() {
    yield content.subarray(0, 1000)
    await sleep(60_000, undefined, { ref: false })
  }
  const lines = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '0' }
  const first = assert.rejects(client.request('PATCH', `/${location}`, lines, stuck()))
  await until(() => size() === 1000)
  const answer = await client.append(location, 0, content)
  await first
  assert.equal(answer.status, 409)
  assert.equal(answer.headers['upload-offset'], '1000')
  const last = await client.append(location, 1000, content.subarray(1000))
  assert.equal((await finish(keptOf(last))).status, 303)
  assert.deepEqual(found, [content])
  await app.emptied()
})

test('is stopped also before its bytes are read, and when it sends as fast as it can', async (t) => {
  const real = directoryStorage({ directory: scratch(t) })
  const storage: FileStorage = Object.assign(Object.create(real), {
    put: real.put.bind(real),
    remove: real.remove.bind(real),
    sweep: real.sweep.bind(real),
    async open(id: string) {
      await sleep(300)
      return real.open(id)
    },
  })
  const rule = { maxSize: 2 ** 40 }
  const { client, seal } = await visit(t, { storage: () => storage, rule, limits: { idleTime: 600 } })
  const lines = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '0' }
  async function* stuck() {
    yield Buffer.alloc(1)
    await sleep(600_000, undefined, { ref: false })
  }
  async function* endless() {
    for (;;) {
      yield Buffer.alloc(65_536)
      await sleep(1)
    }
  }
  for (const content of [stuck, endless]) {
    const location = locationOf(await client.begin(await seal(), 2 ** 40))
    const first = assert.rejects(client.request('PATCH', `/${location}`, lines, content()))
    await sleep(100)
    const head = await client.head(location)
    await first
    assert.equal(head.status, 204)
    await client.cancel(location)
  }
})

test('stays one file when requests for one place come at the same moment', async (t) => {
  const { app, client, seal, found, finish } = await visit(t)
  const content = randomBytes(50_000)
  const location = locationOf(await client.begin(await seal(), content.length))
  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, () => client.append(location, 0, content)),
  )
  assert.ok(answers.length === 8)
  let last = await client.head(location)
  for (let tries = 0; last.headers['upload-complete'] !== '?1'; tries++) {
    assert.ok(tries < 5)
    const offset = Number(last.headers['upload-offset'])
    await client.append(location, offset, content.subarray(offset))
    last = await client.head(location)
  }
  assert.equal((await finish(keptOf(last))).status, 303)
  assert.deepEqual(found, [content])
  assert.deepEqual(app.errors, [])
})

test('goes on behind the bytes that another server stores late', async (t) => {
  const { app, client, seal, finish, found } = await visit(t)
  const content = randomBytes(1000)
  const location = locationOf(await client.begin(await seal(), 1000))
  await client.append(location, 0, content.subarray(0, 400), { 'Upload-Complete': '?0' })
  const [first = ''] = app.stored()
  async function* rest() {
    yield content.subarray(400, 700)
    await until(() => app.stored().length === 2)
    appendFileSync(join(app.directory, first), content.subarray(400, 500))
    yield content.subarray(700)
  }
  const lines = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '400' }
  const answer = await client.request('PATCH', `/${location}`, lines, rest())
  assert.deepEqual([answer.status, answer.headers['upload-offset']], [409, '500'])
  const last = await client.append(location, 500, content.subarray(500))
  assert.equal((await finish(keptOf(last))).status, 303)
  assert.deepEqual(found, [content])
})

test('ends a request that pauses too long or is too slow, and keeps what has arrived', async (t) => {
  const { client, seal, size } = await visit(t, { limits: { idleTime: 2, bodyTime: 4 } })
  const headers = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '0' }
  const pausing = locationOf(await client.begin(await seal(), 1000))
  async function* pause() {
    yield Buffer.alloc(100)
    await sleep(60_000, undefined, { ref: false })
  }
  await assert.rejects(client.request('PATCH', `/${pausing}`, headers, pause()))
  assert.equal((await client.head(pausing)).headers['upload-offset'], '100')
  const slow = locationOf(await client.begin(await seal(), 1000))
  async function* drip() {
    for (let i = 0; i < 1000; i++) {
      yield Buffer.alloc(1)
      await sleep(100)
    }
  }
  await assert.rejects(client.request('PATCH', `/${slow}`, headers, drip()))
  const offset = Number((await client.head(slow)).headers['upload-offset'])
  assert.ok(offset > 0 && offset < 100, `${offset} bytes`)
  assert.equal(size(), 100 + offset)
})

test('comes in a hundred pieces, and no more', async (t) => {
  const { client, seal, finish, found } = await visit(t)
  const content = randomBytes(200)
  const location = locationOf(await client.begin(await seal(), 200))
  const part = (at: number) =>
    client.append(location, at, content.subarray(at, at + 1), { 'Upload-Complete': '?0' })
  for (let at = 0; at < 99; at++) assert.equal((await part(at)).status, 204)
  const whole = await client.append(location, 99, content.subarray(99))
  assert.equal((await finish(keptOf(whole))).status, 303)
  assert.deepEqual(found, [content])
  const other = locationOf(await client.begin(await seal(), 200))
  for (let at = 0; at < 100; at++) {
    await client.append(other, at, content.subarray(at, at + 1), { 'Upload-Complete': '?0' })
  }
  assert.equal((await client.append(other, 100, content.subarray(100))).status, 413)
})

test('goes on at another server with the same storage', async (t) => {
  const directory = scratch(t)
  const storage = () => directoryStorage({ directory })
  const [one, two] = [await visit(t, { storage }), await visit(t, { storage })]
  const content = randomBytes(10_000)
  const location = locationOf(await one.client.begin(await one.seal(), content.length))
  await one.client.append(location, 0, content.subarray(0, 4000), { 'Upload-Complete': '?0' })
  const last = await two.client.append(location, 4000, content.subarray(4000))
  assert.equal((await two.finish(keptOf(last))).status, 303)
  assert.deepEqual(two.found, [content])
  const { offsets } = await findPieces(storage(), 'a'.repeat(32))
  assert.deepEqual(offsets, [])
})

test('answers 507 over the quota and 503 without its storage, and goes on when that is back', async (t) => {
  const directory = scratch(t)
  const real = directoryStorage({ directory })
  let down = false
  const guard = <Result>(work: () => Result): Result => {
    if (down) throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' })
    return work()
  }
  const storage: FileStorage = {
    put: async (id, content) => guard(() => real.put(id, content)),
    open: async (id) => guard(() => real.open(id)),
    remove: async (id) => guard(() => real.remove(id)),
    sweep: async (time) => real.sweep(time),
    list: () => real.list(),
  }
  const { app, client, seal } = await visit(t, { storage: () => storage, quota: { size: 1000 } })
  const location = locationOf(await client.begin(await seal(), 2000))
  await client.append(location, 0, Buffer.alloc(600), { 'Upload-Complete': '?0' })
  assert.equal((await client.append(location, 600, Buffer.alloc(1400))).status, 507)
  down = true
  const answer = await client.append(location, 600, Buffer.alloc(400))
  assert.equal(answer.status, 503)
  assert.ok(answer.headers['retry-after'])
  assert.equal((await client.head(location)).status, 503)
  down = false
  assert.equal((await client.head(location)).headers['upload-offset'], '600')
  assert.deepEqual(app.errors, [])
})

test('gives up a storage that takes no bytes', async (t) => {
  const real = directoryStorage({ directory: scratch(t) })
  const storage: FileStorage = {
    async put(_id, content) {
      for await (const _piece of content) await new Promise(() => {})
    },
    open: (id) => real.open(id),
    remove: (id) => real.remove(id),
    sweep: (time) => real.sweep(time),
  }
  const { client, seal } = await visit(t, { storage: () => storage, limits: { idleTime: 0.5 } })
  const location = locationOf(await client.begin(await seal(), 1000))
  assert.equal((await client.append(location, 0, Buffer.alloc(1000))).status, 503)
})

test('reports an error of the storage to the app, and answers 500', async (t) => {
  const real = directoryStorage({ directory: scratch(t) })
  const storage: FileStorage = {
    put: async () => {
      throw new Error('broken')
    },
    open: (id) => real.open(id),
    remove: (id) => real.remove(id),
    sweep: (time) => real.sweep(time),
  }
  const { app, client, seal } = await visit(t, { storage: () => storage })
  const location = locationOf(await client.begin(await seal(), 10))
  assert.equal((await client.append(location, 0, Buffer.alloc(10))).status, 500)
  assert.match(String(app.errors[0]), /broken/)
})

test('refuses content of another type when it is complete, and removes it', async (t) => {
  const { app, client, seal } = await visit(t, { rule: { types: ['image/png'], sniff: true } })
  const location = locationOf(await client.begin(await seal(), 2000))
  await client.append(location, 0, Buffer.alloc(1000, '<'), { 'Upload-Complete': '?0' })
  assert.equal((await client.append(location, 1000, Buffer.alloc(1000, 'a'))).status, 415)
  assert.deepEqual(app.stored(), [])
})

test('is over when its time is, and what is left of it can be swept', async (t) => {
  const begun = Date.now()
  t.mock.timers.enable({ apis: ['Date'], now: begun })
  const { app, client, seal } = await visit(t, { ttl: 60 })
  const location = locationOf(await client.begin(await seal(), 10))
  await client.append(location, 0, Buffer.alloc(5), { 'Upload-Complete': '?0' })
  t.mock.timers.setTime(begun + 59_000)
  assert.equal((await client.head(location)).status, 204)
  t.mock.timers.setTime(begun + 61_000)
  assert.equal((await client.head(location)).status, 404)
  assert.equal((await client.append(location, 5, Buffer.alloc(5))).status, 404)
  assert.equal(app.stored().length, 1)
  // The times of files are those of the disk.
  await directoryStorage({ directory: app.directory }).sweep(new Date(begun + 3_600_000))
  assert.deepEqual(app.stored(), [])
})

test('keeps the pieces that wait while the others arrive', async (t) => {
  const directory = scratch(t)
  const real = directoryStorage({ directory })
  let opened = 0
  const storage: FileStorage = Object.assign(Object.create(real), {
    put: real.put.bind(real),
    remove: real.remove.bind(real),
    sweep: real.sweep.bind(real),
    open(id: string) {
      opened++
      return real.open(id)
    },
  })
  const { client, seal } = await visit(t, { storage: () => storage, keep: 1 })
  const location = locationOf(await client.begin(await seal(), 100))
  await client.append(location, 0, Buffer.alloc(10), { 'Upload-Complete': '?0' })
  opened = 0
  async function* slowly() {
    for (let i = 0; i < 9; i++) {
      yield Buffer.alloc(10)
      await sleep(150)
    }
  }
  const lines = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '10' }
  assert.equal((await client.request('PATCH', `/${location}`, lines, slowly())).status, 200)
  assert.ok(opened > 8, `the storage was asked ${opened} times`)
})

test('does not take a ticket for a file, or the file of one field in another', async (t) => {
  const { client, seal, finish, found } = await visit(t)
  const location = locationOf(await client.begin(await seal(), 10))
  const whole = await client.append(location, 0, Buffer.alloc(10))
  const ticket = location.slice(location.indexOf('=') + 1)
  const asFile = await finish(ticket)
  assert.equal(asFile.status, 422)
  assert.match(asFile.body, /no longer here/)
  const elsewhere = await finish(keptOf(whole), 'attachments')
  assert.equal(elsewhere.status, 422)
  assert.deepEqual(found, [])
})

test('refuses to resume what onFile takes', async (t) => {
  await visit(t, {
    more: (actions) =>
      assert.throws(
        () =>
          actions.define('b', { files: { a: { resumable: true } }, onFile: () => undefined, run: () => {} }),
        { code: 'ERR_OPTION_INVALID', message: /a is resumable, which needs a storage/ },
      ),
  })
})

test('lets no request begin or go on when the process ends', async (t) => {
  let registry: Actions<never> | undefined
  const { client, seal, size } = await visit(t, {
    more: (actions) => {
      registry = actions as unknown as Actions<never>
    },
  })
  const sealed = await seal()
  const location = locationOf(await client.begin(sealed, 1000))
  const headers = { 'Content-Type': 'application/partial-upload', 'Upload-Offset': '0' }
  async function* half() {
    yield Buffer.alloc(500)
    await until(() => size() === 500)
    registry?.drain(0.05)
    await sleep(60_000, undefined, { ref: false })
  }
  await assert.rejects(client.request('PATCH', `/${location}`, headers, half()))
  await until(() => size() === 500)
  assert.equal((await client.begin(sealed, 10)).status, 503)
  assert.equal((await client.head(location)).status, 503)
})

interface VisitOptions {
  readonly rule?: FileOptions
  readonly storage?: () => FileStorage
  readonly limits?: LimitOptions
  readonly quota?: QuotaOptions
  readonly ttl?: number
  readonly keep?: number
  readonly more?: (actions: Actions<never>) => void
}

async function visit(t: TestContext, { rule, more, storage, ...options }: VisitOptions = {}) {
  const directory = scratch(t)
  const real = storage?.() ?? directoryStorage({ directory })
  const found: Buffer[] = []
  const app = await uploadApp(t, {
    ...options,
    storage: (own) => (storage ? real : directoryStorage({ directory: own })),
    define(actions) {
      more?.(actions as unknown as Actions<never>)
      return actions.define('upload', {
        files: { picture: { maxSize: 1_000_000, resumable: true, ...rule }, attachments: {} },
        async run({ formData }) {
          if (formData.get('title') === '') return invalid({ title: 'Enter a title' })
          const file = formData.get('picture')
          if (file instanceof File) found.push(Buffer.from(await file.arrayBuffer()))
          return redirect('/')
        },
      })
    },
  })
  const fields = async () => app.hidden((await app.page()).body)
  return {
    app,
    found,
    client: new ResumableClient(app.port, {}, '/'),
    async seal(): Promise<string> {
      const seal = (await fields()).find((part) => Array.isArray(part) && part[0] === 'sealform')
      return Array.isArray(seal) ? String(seal[1]) : assert.fail('no seal')
    },
    async finish(kept: string, field = 'picture') {
      const reference: Part = [`sealform.kept.${field}`, kept]
      return app.send([...(await fields()), reference, ['title', 'T']])
    },
    size: () => app.bytes(),
  }
}
