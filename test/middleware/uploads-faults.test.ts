import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { directoryStorage, forbidden, redirect } from '../../lib/sealform.js'
import type { FileStorage } from '../../lib/types.js'
import { descriptors, smallDisk } from '../setup/file-storage.js'
import { until } from '../setup/patience.js'
import { talk } from '../setup/raw-http.js'
import { type Part, post, type UploadApp, type UploadAppOptions, uploadApp } from '../setup/upload-app.js'

const picture = (content: string | Buffer): Part => ({ name: 'picture', filename: 'a.png', content })
const title: Part = ['title', 'Hello']
const after: Part = ['after', 'B']

async function counting(
  t: TestContext,
  options: Partial<UploadAppOptions> & { readonly authorize?: () => unknown; readonly ttl?: number } = {},
): Promise<UploadApp & { readonly runs: { count: number } }> {
  const runs = { count: 0 }
  const { authorize, ttl, ...rest } = options
  const app = await uploadApp(t, {
    define: (actions) =>
      actions.define('upload', {
        files: { picture: { maxSize: '8MiB' }, attachments: { maxFiles: 3 } },
        ...(authorize ? { authorize } : {}),
        ...(ttl ? { ttl } : {}),
        async run() {
          runs.count++
          return redirect('/thanks')
        },
      }),
    ...rest,
  })
  return { ...app, runs }
}

/** A storage over another, with some of its methods replaced. */
function altered(storage: FileStorage, methods: Partial<FileStorage>): FileStorage {
  return {
    put: (id, content) => storage.put(id, content),
    open: (id) => storage.open(id),
    remove: (id) => storage.remove(id),
    sweep: (olderThan) => storage.sweep(olderThan),
    ...methods,
  }
}

describe('a refused upload', () => {
  it('is refused by its seal before a byte of it is written', async (t) => {
    const puts: string[] = []
    const storage = (directory: string) => {
      const real = directoryStorage({ directory })
      return altered(real, {
        put(id, content) {
          puts.push(id)
          return real.put(id, content)
        },
      })
    }
    const app = await counting(t, { storage, ttl: 60 })
    const ann = app.hidden((await app.page('/', 'user=ann')).body)
    const forged = [['sealform', 'A'.repeat(200)], ...ann.slice(1)] as Part[]
    const parts = [title, picture(Buffer.alloc(3_000_000))]
    assert.equal((await app.send([...forged, ...parts], { cookie: 'user=ann' })).status, 400)
    assert.equal((await app.send([...ann, ...parts], { cookie: 'user=bob' })).status, 403)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 })
    const late = await app.send([...ann, ...parts], { cookie: 'user=ann' })
    assert.equal(late.status, 409)
    assert.match(late.body, /name="title" value="Hello"/)
    assert.deepEqual(puts, [])
    assert.equal(app.runs.count, 0)
  })

  it('is refused by authorize() before a byte of it is written', async (t) => {
    const app = await counting(t, { authorize: () => forbidden() })
    const { status, body } = await app.submit(title, picture(Buffer.alloc(3_000_000)))
    assert.equal(status, 403)
    assert.match(body, /name="title" value="Hello"/)
    assert.deepEqual(app.stored(), [])
    assert.equal(app.runs.count, 0)
  })

  it('costs no more than 128 KiB of 256 MiB, and no file', async (t) => {
    const app = await counting(t)
    const hidden = app.hidden((await app.page()).body)
    const forged = [['sealform', 'A'.repeat(200)], ...hidden.slice(1)] as Part[]
    for (const [fields, status] of [
      [forged, 400],
      [hidden, 413],
    ] as const) {
      const whole = post([...fields, title, picture(Buffer.alloc(1000))]).toString('latin1')
      const start = Buffer.from(
        whole.slice(0, -100).replace(/Content-Length: \d+/, 'Content-Length: 268435456'),
        'latin1',
      )
      const pieces = Array.from({ length: 100 }, () => Buffer.alloc(65_536))
      const { answers } = await talk(app.port, [start, ...pieces])
      assert.equal(answers[0]?.status, status)
      assert.ok(app.taken() <= 128 * 1024, `${app.taken()} bytes were taken`)
      assert.deepEqual(app.stored(), [])
    }
  })

  it('is refused by its declared length before a byte of it is written', async (t) => {
    const app = await counting(t)
    const hidden = app.hidden((await app.page()).body)
    const whole = post([...hidden, title, picture(Buffer.alloc(200_000))])
    const huge = Buffer.from(
      whole.toString('latin1').replace(/Content-Length: \d+/, 'Content-Length: 300000000'),
      'latin1',
    )
    const { answers } = await talk(app.port, [huge])
    assert.equal(answers[0]?.status, 413)
    assert.match(answers[0]?.body ?? '', /Your files are larger than this form accepts/)
    assert.match(answers[0]?.body ?? '', /name="title" value="Hello"/)
    assert.deepEqual(app.stored(), [])
    assert.equal(app.runs.count, 0)
  })
})

describe('a storage that fails', () => {
  it('gives a page with 507 when the disk is full, the text before and after the file kept', async (t) => {
    const directory = smallDisk(t)
    if (directory === undefined) return t.skip('needs the right to mount a file system')
    const app = await counting(t, { storage: () => directoryStorage({ directory }) })
    const answer = await app.submit(title, picture(Buffer.alloc(3_000_000)), after)
    assert.equal(answer.status, 507)
    assert.match(answer.body, /We have no space left for your file/)
    assert.match(answer.body, /name="title" value="Hello"/)
    const small = await app.submit(title, picture(Buffer.alloc(500_000)))
    assert.equal(small.status, 303)
    assert.equal(app.runs.count, 1)
  })

  it('gives 507 for ENOSPC and EDQUOT, and 500 with a reference for anything else', async (t) => {
    for (const [code, status] of [
      ['ENOSPC', 507],
      ['EDQUOT', 507],
      ['EMFILE', 500],
      ['EACCES', 500],
    ] as const) {
      for (const when of ['first', 'late', 'open']) {
        const storage = (directory: string) => {
          const real = directoryStorage({ directory })
          const failure = () => Object.assign(new Error(`${code}: made by the test`), { code })
          return altered(real, {
            async put(id, content) {
              if (when === 'first') throw failure()
              await real.put(id, when === 'late' ? cut(content, failure()) : content)
            },
            async open(id) {
              if (when === 'open') throw failure()
              return real.open(id)
            },
          })
        }
        const app = await counting(t, { storage })
        const answer = await app.submit(title, picture(Buffer.alloc(2_000_000)), after)
        assert.equal(answer.status, status, `${code} ${when}`)
        assert.match(answer.body, /name="title" value="Hello"/)
        if (status === 500) assert.match(answer.body, /Reference: /)
        assert.equal(app.errors.length, status === 500 ? 1 : 0)
        assert.equal(app.runs.count, 0)
        assert.deepEqual(await app.emptied(), [])
      }
    }

    async function* cut(content: AsyncIterable<Uint8Array>, error: Error) {
      for await (const piece of content) {
        yield piece
        throw error
      }
    }
  })

  it('reports the first of two errors, and leaves no file', async (t) => {
    const storage = (directory: string) => {
      const real = directoryStorage({ directory })
      return altered(real, {
        async put(id, content) {
          await real.put(id, content).catch(() => {})
          throw new Error('the second error')
        },
      })
    }
    const app = await counting(t, { storage })
    const answer = await app.submit(title, picture(Buffer.alloc(8 * 1024 * 1024 + 1)), [
      'a',
      'x'.repeat(300_000),
    ])
    assert.equal(answer.status, 413)
    assert.match(answer.body, /This file is too large/)
    assert.deepEqual(await app.emptied(), [])
  })

  it('keeps serving when no file can be removed', async (t) => {
    const storage = (directory: string) =>
      altered(directoryStorage({ directory }), { remove: () => Promise.reject(new Error('down')) })
    const app = await counting(t, { storage })
    assert.equal((await app.submit(picture('x'))).status, 303)
    assert.equal((await app.submit(picture('x'))).status, 303)
  })

  it('waits for a storage that reads nothing no longer than idleTime', async (t) => {
    const storage = (directory: string) =>
      altered(directoryStorage({ directory }), { put: () => new Promise<void>(() => {}) })
    const app = await counting(t, { storage, limits: { idleTime: '1s' } })
    for (const size of [10, 4_000_000]) {
      const answer = await app.submit(title, picture(Buffer.alloc(size)))
      assert.equal(answer.status, 500)
      assert.match(answer.body, /name="title" value="Hello"/)
    }
    assert.match(String(app.errors[0]), /took no bytes of a file for 1 s/)
  })

  it('reports a directory that it may not write to', async (t) => {
    const app = await counting(t)
    chmodSync(app.directory, 0o500)
    // Root may write anywhere, so the process switches to another user here.
    const root = process.geteuid?.() === 0
    if (root) process.seteuid?.(65_534)
    try {
      assert.equal((await app.submit(title, picture('x'))).status, 500)
    } finally {
      if (root) process.seteuid?.(0)
      chmodSync(app.directory, 0o700)
    }
    assert.match(app.errors.join(), /EACCES/)
  })
})

describe('a client that leaves', () => {
  it('leaves no file behind, at any byte', async (t) => {
    const app = await counting(t)
    const hidden = app.hidden((await app.page()).body)
    const whole = post([
      ...hidden,
      title,
      picture(Buffer.alloc(400_000, '\r\n--')),
      picture('').valueOf() as Part,
      after,
    ])
    const two = post([
      ...hidden,
      title,
      { name: 'attachments', filename: 'a', content: 'x'.repeat(200_000) },
      { name: 'attachments', filename: 'b', content: 'x'.repeat(200_000) },
      after,
    ])
    const before = descriptors()
    for (const bytes of [whole, two]) {
      // A multiplicative generator gives scattered numbers, the same in every run.
      let seed = 20_261_120
      for (let i = 0; i < 30; i++) {
        seed = (seed * 48_271) % 0x7fff_ffff
        const at = seed % bytes.length
        const ending = i % 2 === 0 ? 'reset' : 'end'
        await talk(app.port, [bytes.subarray(0, at), ...(i % 3 === 0 ? [5] : [])], { ending, patience: 100 })
      }
    }
    assert.deepEqual(await app.emptied(), [])
    await until(() => descriptors() <= before + 3)
    assert.equal(app.runs.count, 0)
    assert.equal((await app.submit(title, picture('x'))).status, 303)
    assert.deepEqual(app.errors.filter(isOurs), [])
  })

  it('leaves no file behind when it leaves after the last byte', async (t) => {
    let running = false
    let ends = false
    const app = await uploadApp(t, {
      define: (actions) =>
        actions.define('upload', {
          files: { picture: {} },
          async run({ formData }) {
            running = true
            await until(() => ends)
            const file = formData.get('picture')
            assert.ok(file instanceof File)
            assert.equal((await file.text()).length, 100_000)
            const { invalid } = await import('../../lib/sealform.js')
            return invalid({ title: 'No' })
          },
        }),
    })
    const hidden = app.hidden((await app.page()).body)
    await talk(app.port, [post([...hidden, picture('x'.repeat(100_000))]), () => running], {
      ending: 'reset',
    })
    await sleep(30)
    assert.equal(app.stored().length, 1)
    ends = true
    assert.deepEqual(await app.emptied(), [])
    assert.deepEqual(app.errors.filter(isOurs), [])
  })

  it('gets 413 when it pauses for longer than idleTime instead, and leaves no file', async (t) => {
    const app = await counting(t, { limits: { idleTime: '300ms' } })
    const bytes = post([...app.hidden((await app.page()).body), title, picture(Buffer.alloc(400_000))])
    const { answers } = await talk(app.port, [bytes.subarray(0, 200_000)])
    assert.equal(answers[0]?.status, 413)
    assert.match(answers[0]?.body ?? '', /name="title" value="Hello"/)
    assert.deepEqual(await app.emptied(), [])
  })

  it('may take longer than bodyTime while a file arrives', async (t) => {
    const app = await counting(t, { limits: { bodyTime: '300ms' } })
    const bytes = post([...app.hidden((await app.page()).body), title, picture(Buffer.alloc(60_000))])
    const pieces = [0, 1, 2, 3, 4, 5].flatMap((i) => [
      bytes.subarray((i * bytes.length) / 6, ((i + 1) * bytes.length) / 6),
      100,
    ])
    const { answers } = await talk(app.port, pieces)
    assert.equal(answers[0]?.status, 303)
  })
})

/** Leaves out the broken connections that Koa itself reports. */
function isOurs(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error && /^(?:ECONNRESET|EPIPE|HPE_)/.test(String(error.code)))
}
