import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CookieOptions, SubmissionCookies } from '../../../lib/action/cookies.js'

function headerWith(options: object): string | undefined {
  const cookies = new SubmissionCookies('', true)
  cookies.set('a', 'b', options as CookieOptions)
  return cookies.headers[0]
}

test('keeps the defaults of options that are undefined', () => {
  const all = {
    path: undefined,
    httpOnly: undefined,
    secure: undefined,
    sameSite: undefined,
    maxAge: undefined,
  }
  assert.equal(headerWith(all), headerWith({}))
  assert.match(headerWith(all) ?? '', /HttpOnly; Secure; SameSite=Lax/)
})

test('refuses null, which would take a protection away, and times that no cookie can hold', () => {
  const refused: readonly object[] = [
    { httpOnly: null },
    { secure: null },
    { sameSite: null },
    { path: null },
    { expires: null },
    { expires: 5 },
    { expires: new Date(Number.NaN) },
    { maxAge: null },
    { maxAge: Number.NaN },
    { maxAge: Number.POSITIVE_INFINITY },
    { maxAge: 1e300 },
  ]
  for (const options of refused) assert.throws(() => headerWith(options), { code: 'ERR_COOKIE_INVALID' })
})
