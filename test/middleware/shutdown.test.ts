import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Actions, redirect } from '../../lib/sealform.js'
import { chunked, type Piece, requestText, talk } from '../setup/raw-http.js'
import { multipartBody, post, uploadApp } from '../setup/upload-app.js'

/** An app with one form that takes a file, and a way to say that its process is about to end. */
async function app(t: TestContext, run: () => Promise<unknown> = async () => undefined) {
  let drain: Actions['drain'] = () => {}
  let runs = 0
  const target = await uploadApp(t, {
    define(actions) {
      drain = (within) => actions.drain(within)
      return actions.define('upload', {
        files: { picture: {} },
        async run() {
          await run()
          runs++
          return redirect('/')
        },
      })
    },
  })
  const hidden = target.hidden((await target.page()).body)
  /** The beginning of a submission, up to the middle of its file, and the rest of it. */
  const halves = (size = 200_000): [Buffer, Buffer] => {
    const request = post([
      ...hidden,
      ['title', 'Kept'],
      { name: 'picture', filename: 'a.txt', content: Buffer.alloc(size, 'x') },
    ])
    return [request.subarray(0, -size / 2), request.subarray(-size / 2)]
  }
  return { ...target, hidden, halves, runs: () => runs, drain: (within?: number | string) => drain(within) }
}

describe('actions.drain()', () => {
  it('accepts a submission that arrives in time', async (t) => {
    const target = await app(t)
    const [head, rest] = target.halves()
    const answer = talk(target.port, [head, 100, rest])
    await wait(30)
    target.drain('30s')
    assert.equal((await answer).answers[0]?.status, 303)
    assert.equal(target.runs(), 1)
  })

  it('refuses a late submission with a page that keeps the text, and leaves no file', async (t) => {
    const target = await app(t)
    const [head] = target.halves()
    const answer = talk(target.port, [head])
    await wait(30)
    target.drain(0.2)
    const { answers } = await answer
    assert.equal(answers[0]?.status, 503)
    assert.match(answers[0].body, /restarted while you were sending the form/)
    assert.match(answers[0].body, /value="Kept"/)
    assert.ok(answers[0].headers.has('retry-after'))
    assert.match(target.refusals[0] ?? '', /^shutdown: /)
    assert.equal(target.runs(), 0)
    assert.deepEqual(await target.emptied(), [])
  })

  it('refuses each of many simultaneous submissions', async (t) => {
    const target = await app(t)
    const [head] = target.halves()
    const answers = Array.from({ length: 40 }, () => talk(target.port, [head]))
    await wait(150)
    target.drain(0.1)
    for (const { answers: given } of await Promise.all(answers)) assert.equal(given[0]?.status, 503)
    assert.deepEqual(await target.emptied(), [])
  })

  it('refuses slow submissions that begin later, and accepts whole ones', async (t) => {
    const target = await app(t)
    target.drain(0.001)
    await wait(20)
    const [head] = target.halves()
    const late = await talk(target.port, [head])
    assert.equal(late.answers[0]?.status, 503)
    const whole = await talk(target.port, [post([...target.hidden, ['title', 'Short']])])
    assert.equal(whole.answers[0]?.status, 303)
    assert.equal(target.runs(), 1)
  })

  it('ends the wait for a body of unknown length, and of a refused submission', async (t) => {
    const target = await app(t)
    const body = multipartBody(['sealform', 'forged'], ['title', 'Kept'], ['more', 'x'.repeat(30_000)])
    const headers = [
      ['Host', 'app.example'],
      ['Sec-Fetch-Site', 'same-origin'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Type', 'multipart/form-data; boundary=WebKitFormBoundary7MA4YWxkTrZu0gW'],
    ] as const
    const pieces: Piece[] = [requestText('POST / HTTP/1.1', headers), chunked(body, 5000).subarray(0, 25_000)]
    const answer = talk(target.port, pieces)
    await wait(30)
    target.drain(0.05)
    assert.equal((await answer).answers[0]?.status, 400)
  })

  it('lets a running action end', async (t) => {
    const target = await app(t, () => wait(150))
    const answer = target.submit(['title', 'x'])
    await wait(50)
    target.drain(0.02)
    assert.equal((await answer).status, 303)
    assert.equal(target.runs(), 1)
  })

  it('takes seconds or a duration', async (t) => {
    const target = await app(t)
    assert.throws(() => target.drain('soon'), { code: 'ERR_OPTION_INVALID', message: /actions\.drain\(\)/ })
    assert.throws(() => target.drain(-1), { code: 'ERR_OPTION_INVALID' })
    target.drain()
  })
})
