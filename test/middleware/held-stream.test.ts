import assert from 'node:assert/strict'
import { Readable, Stream } from 'node:stream'
import { describe, it } from 'node:test'
import { holdStream, streamOf } from '../../middleware/held-stream.js'
import { until } from '../setup/patience.js'

const never = new AbortController().signal

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

describe('holdStream()', () => {
  it('reads a stream that is not longer than the limit', async () => {
    for (const pieces of [[], ['12345'], ['123', '45'], [Buffer.from('1234'), '5']]) {
      const held = await holdStream(Readable.from(pieces), 5, never)
      assert.equal(held.finished, true)
      assert.equal(String(held.bytes), pieces.join(''))
    }
  })

  it('stops above the limit, and goes on with all of it when it is read', async () => {
    const read: string[] = []
    const source = Readable.from(
      (function* () {
        for (const piece of ['123', '456', '789', 'abc']) {
          read.push(piece)
          yield piece
        }
      })(),
      { highWaterMark: 1 },
    )
    const held = await holdStream(source, 5, never)
    assert.equal(String(held.bytes), '123456')
    assert.ok(!held.finished)
    assert.ok(read.length < 4)
    assert.equal(await textOf(held.all), '123456789abc')
  })

  it('destroys what it reads when the rest is not wanted', async () => {
    for (const start of [false, true]) {
      const source = Readable.from(['123456', '789'])
      const held = await holdStream(source, 5, never)
      assert.ok(!held.finished)
      if (start) held.all.read()
      held.all.destroy()
      await until(() => source.destroyed)
    }
  })

  it('throws what the stream fails with, now or later', async () => {
    const boom = new Error('boom')
    const failing = (pieces: readonly string[]) =>
      Readable.from(
        (async function* () {
          yield* pieces
          throw boom
        })(),
      )
    await assert.rejects(holdStream(failing(['1']), 5, never), boom)
    const held = await holdStream(failing(['123456']), 5, never)
    assert.ok(!held.finished)
    await assert.rejects(textOf(held.all), boom)
  })

  it('survives a stream that fails between two readings', async () => {
    const source = new Readable({ read() {} })
    source.push('123456')
    const held = await holdStream(source, 5, never)
    assert.ok(!held.finished)
    source.destroy(new Error('boom'))
    await new Promise((resolve) => setImmediate(resolve))
    await assert.rejects(textOf(held.all), /boom/)
  })

  it('ends with the reason of its signal, and destroys the stream', async () => {
    const late = new Error('late')
    for (const before of [true, false]) {
      const source = new Readable({ read() {} })
      const reading = new AbortController()
      if (before) reading.abort(late)
      const held = holdStream(source, 5, reading.signal)
      reading.abort(late)
      await assert.rejects(held, late)
      assert.ok(source.destroyed)
    }
  })
})

describe('streamOf()', () => {
  it('knows all streams that Koa sends, and nothing else', async () => {
    const old = new Stream()
    const bodies = [
      Readable.from(['text']),
      new Blob(['text']),
      new Blob(['text']).stream(),
      new Response('text'),
    ]
    for (const body of bodies) assert.equal(await textOf(streamOf(body) ?? assert.fail()), 'text')
    const wrapped = streamOf(old) ?? assert.fail()
    old.emit('data', 'text')
    old.emit('end')
    assert.equal(await textOf(wrapped), 'text')
    assert.equal(await textOf(streamOf(new Response()) ?? assert.fail()), '')
    for (const body of [undefined, null, 'text', Buffer.from('text'), {}, []])
      assert.equal(streamOf(body), undefined)
  })
})
