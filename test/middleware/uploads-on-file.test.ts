import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type Koa from 'koa'
import { type FileDescription, forbidden, invalid, redirect, type Submission } from '../../lib/sealform.js'
import { until } from '../setup/patience.js'
import { talk } from '../setup/raw-http.js'
import { type Part, post, type UploadApp, uploadApp } from '../setup/upload-app.js'

interface Streaming extends UploadApp {
  readonly runs: (readonly [string, unknown])[][]
}

async function streaming(
  t: TestContext,
  onFile: (
    file: FileDescription,
    stream: Readable,
    submission: Submission<undefined, unknown, Koa.Context>,
  ) => unknown,
  limits: { readonly idleTime?: string } = {},
): Promise<Streaming> {
  const runs: (readonly [string, unknown])[][] = []
  const app = await uploadApp(t, {
    limits,
    define: (actions) =>
      actions.define('upload', {
        files: { picture: { maxSize: '32MiB' }, attachments: { maxFiles: 3, types: ['text/*'] } },
        onFile,
        async run({ formData }) {
          runs.push([...formData])
          return redirect('/thanks')
        },
      }),
  })
  return { ...app, runs }
}

const picture = (content: string | Buffer): Part => ({
  name: 'picture',
  filename: '/a.png',
  type: 'image/png',
  content,
})
const attachment = (content: string, type = 'text/plain'): Part => ({
  name: 'attachments',
  filename: 'a.txt',
  type,
  content,
})
const title: Part = ['title', 'Hello']

async function digest(stream: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of stream) hash.update(piece)
  return hash.digest('hex')
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

describe('onFile', () => {
  it('gets each file whole, one after the other, and its string replaces the file in formData', async (t) => {
    const seen: FileDescription[] = []
    let running = 0
    const app = await streaming(t, async (file, stream) => {
      assert.equal(++running, 1)
      seen.push(file)
      const result = await digest(stream)
      await sleep(10)
      running--
      return result
    })
    const content = Buffer.alloc(3_000_000, 'some content\r\n--')
    const answer = await app.submit(
      title,
      picture(content),
      attachment('1'),
      ['between', 'x'],
      attachment(''),
    )
    assert.equal(answer.status, 303)
    assert.deepEqual(app.runs, [
      [
        ['title', 'Hello'],
        ['picture', sha256(content)],
        ['attachments', sha256('1')],
        ['between', 'x'],
        ['attachments', sha256('')],
      ],
    ])
    assert.deepEqual(seen[0], { field: 'picture', name: 'a.png', type: 'image/png' })
    assert.deepEqual(app.stored(), [])
  })

  it('can take the file as a web stream', async (t) => {
    const app = await streaming(t, async (_file, stream) => {
      let size = 0
      for await (const piece of Readable.toWeb(stream)) size += piece.length
      return String(size)
    })
    assert.equal((await app.submit(picture(Buffer.alloc(1_000_000)))).status, 303)
    assert.deepEqual(app.runs, [[['picture', '1000000']]])
  })

  it('leaves the field out when it returns nothing', async (t) => {
    const app = await streaming(t, async (_file, stream) => void (await digest(stream)))
    assert.equal((await app.submit(title, picture('x'))).status, 303)
    assert.deepEqual(app.runs, [[['title', 'Hello']]])
  })

  it('runs after authorize, with the submission and the bound values', async (t) => {
    const calls: unknown[] = []
    const app = await uploadApp(t, {
      define: (actions) =>
        actions
          .define('upload', {
            files: { picture: {} },
            authorize: (_submission, id: string) => void calls.push(['authorize', id]),
            async onFile(file, stream, { cookies, request }, id: string) {
              calls.push([file.field, await digest(stream), cookies.has('user'), request.method, id])
            },
            run: (_submission, id: string) => void calls.push(['run', id]),
          })
          .bind(null, 'bound'),
    })
    assert.equal((await app.submit(picture('x'))).status, 200)
    assert.deepEqual(calls, [
      ['authorize', 'bound'],
      ['picture', sha256('x'), false, 'POST', 'bound'],
      ['run', 'bound'],
    ])
  })

  it('refuses by an outcome, returned or thrown, before or after it reads', async (t) => {
    const ways: ((file: FileDescription, stream: Readable) => unknown)[] = [
      () => invalid({ picture: 'Not this one' }),
      () => {
        throw invalid({ picture: 'Not this one' })
      },
      async (_file, stream) => {
        for await (const _ of stream) return invalid({ picture: 'Not this one' })
        return undefined
      },
      async (_file, stream) => {
        await digest(stream)
        throw invalid({ picture: 'Not this one' })
      },
    ]
    for (const [i, way] of ways.entries()) {
      const app = await streaming(t, way)
      for (const size of [10, 3_000_000]) {
        const answer = await app.submit(title, picture(Buffer.alloc(size)), ['after', 'B'])
        assert.equal(answer.status, 422, `${i} ${size}`)
        assert.match(answer.body, /Not this one/)
        assert.match(answer.body, /name="title" value="Hello"/)
      }
      assert.deepEqual(app.runs, [])
    }
    const app = await streaming(t, () => forbidden())
    assert.equal((await app.submit(picture('x'))).status, 403)
  })

  it('fails with 500 when it throws, at once or in the middle of a file', async (t) => {
    for (const size of [10, 20_000_000]) {
      for (const reads of [false, true]) {
        const app = await streaming(t, async (_file, stream) => {
          if (reads) for await (const _ of stream) break
          throw new Error('thrown by onFile')
        })
        const answer = await app.submit(title, picture(Buffer.alloc(size)))
        assert.equal(answer.status, 500)
        assert.match(answer.body, /name="title" value="Hello"/)
        assert.deepEqual(app.errors.map(String), ['Error: thrown by onFile'])
        assert.deepEqual(app.runs, [])
      }
    }
  })

  it('fails with 500 when it returns a value that no field can hold', async (t) => {
    const app = await streaming(t, () => 7)
    assert.equal((await app.submit(picture('x'))).status, 500)
    assert.match(String(app.errors[0]), /onFile\(\) returned a number/)
  })

  it('may return early, and the rest of the file is skipped', async (t) => {
    const app = await streaming(t, async (_file, stream) => {
      for await (const piece of stream) return String(piece.length > 0)
      return 'empty'
    })
    const answer = await app.submit(picture(Buffer.alloc(3_000_000)), title)
    assert.equal(answer.status, 303)
    assert.deepEqual(app.runs, [
      [
        ['picture', 'true'],
        ['title', 'Hello'],
      ],
    ])
  })

  it('times out when it reads nothing or only half', async (t) => {
    for (const reads of [false, true]) {
      for (const size of [10, 100_000, 3_000_000]) {
        const app = await streaming(
          t,
          async (_file, stream) => {
            if (reads) stream.once('readable', () => stream.read(1))
            await new Promise(() => {})
          },
          { idleTime: '1s' },
        )
        const answer = await app.submit(title, picture(Buffer.alloc(size)))
        assert.equal(answer.status, 500, `${reads} ${size}`)
        assert.match(answer.body, /name="title" value="Hello"/)
        assert.match(String(app.errors[0]), /onFile\(\) took no bytes of a file for 1 s/)
      }
    }
  })

  it('has time as long as it reads, and slows the client down', async (t) => {
    let most = 0
    let read = 0
    const app = await streaming(
      t,
      async (_file, stream, { context }) => {
        for await (const piece of stream) {
          read += piece.length
          most = Math.max(most, context.req.socket.bytesRead - read)
          if (read < 2_000_000) await sleep(80)
        }
      },
      { idleTime: '2s' },
    )
    const bytes = post([...app.hidden((await app.page()).body), picture(Buffer.alloc(20_000_000))])
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
      bytes.subarray(i * 65_536, (i + 1) * 65_536),
    )
    const { answers } = await talk(app.port, pieces)
    assert.equal(answers[0]?.status, 303)
    assert.equal(read, 20_000_000)
    assert.ok(most < 1_000_000, `${most} bytes were taken ahead`)
  })

  it('gets an error when the client leaves or the file is too large', async (t) => {
    const heard: string[] = []
    let begun = false
    const app = await streaming(t, async (_file, stream) => {
      begun = true
      await pipeline(stream, async (pieces) => {
        for await (const _ of pieces);
      }).catch((error: Error) => {
        heard.push(error.name)
        throw error
      })
    })
    const bytes = post([...app.hidden((await app.page()).body), title, picture(Buffer.alloc(1_000_000))])
    await talk(app.port, [bytes.subarray(0, 500_000), () => begun], { ending: 'reset' })
    await until(() => heard.length > 0)
    assert.deepEqual(heard, ['AbortError'])
    const answer = await app.submit(title, picture(Buffer.alloc(32 * 1024 * 1024 + 1)))
    assert.equal(answer.status, 413)
    await until(() => heard.length > 1)
    assert.deepEqual(heard, ['AbortError', 'AbortError'])
    assert.deepEqual(app.errors.filter(isOurs), [])
    assert.deepEqual(app.runs, [])
  })

  it('does not run for files of a type that the field does not accept', async (t) => {
    const seen: string[] = []
    const app = await streaming(t, async ({ field }, stream) => {
      seen.push(field)
      await digest(stream)
    })
    const answer = await app.submit(title, attachment('x', 'image/png'), attachment('y'))
    assert.equal(answer.status, 422)
    assert.match(answer.body, /id="upload-attachments-issue"/)
    assert.deepEqual(seen, ['attachments'])
  })
})

/** Leaves out the broken connections that Koa itself reports. */
function isOurs(error: unknown): boolean {
  return !(error instanceof Error && 'code' in error && /^(?:ECONNRESET|EPIPE|HPE_)/.test(String(error.code)))
}
