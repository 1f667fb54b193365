import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { readSession } from '../../../lib/answer/session-value.js'

interface Request {
  readonly sid?: string
}

/** Counts the warnings while `read` is asked about new requests. */
function askAbout(
  t: TestContext,
  requests: readonly Request[],
  { development = true, times = 1, session = (request: Request): unknown => request.sid } = {},
): string[] {
  const warnings: string[] = []
  t.mock.method(process, 'emitWarning', (text: string, { code }: { readonly code: string }) => {
    warnings.push(`${code} ${text}`)
  })
  const read = readSession(session, development)
  for (const request of requests) for (let i = 0; i < times; i++) read(request)
  t.mock.restoreAll()
  return warnings
}

const without = (count: number): Request[] => Array.from({ length: count }, () => ({}))

test('gives the value of the option, and nothing for an empty one', () => {
  const read = readSession((value: unknown) => value, true)
  assert.deepEqual(
    [read('sid'), read(''), read(null), read(undefined)],
    ['sid', undefined, undefined, undefined],
  )
  assert.equal(readSession(undefined, true)({}), undefined)
})

test('refuses what is neither a string nor nothing', () => {
  const read = readSession((value: unknown) => value, true)
  for (const value of [1, true, {}, Promise.resolve('sid')]) {
    assert.throws(() => read(value), { code: 'ERR_SESSION_INVALID' })
  }
})

test('warns once when the first ten requests have no value', (t) => {
  assert.deepEqual(askAbout(t, without(9)), [])
  const [warning, ...more] = askAbout(t, without(100))
  assert.match(warning ?? '', /^SEALFORM_SESSION .*koa-session, ctx\.session\.id is undefined/)
  assert.deepEqual(more, [])
  assert.equal(askAbout(t, without(10)).length, 1)
})

test('counts a request once, however often it is asked about', (t) => {
  assert.deepEqual(askAbout(t, without(9), { times: 50 }), [])
})

test('does not warn when one of the requests has a value', (t) => {
  assert.deepEqual(askAbout(t, [...without(9), { sid: 'a' }, ...without(100)]), [])
  assert.deepEqual(askAbout(t, [{ sid: 'a' }, ...without(100)]), [])
})

test('does not warn in production', (t) => {
  assert.deepEqual(askAbout(t, without(100), { development: false }), [])
})
