import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CookieOptions, SubmissionCookies } from '../../../lib/action/cookies.js'

const misspelt = (options: object) => options as CookieOptions

describe('the options of a cookie', () => {
  it('are refused when they are misspelt, and the cookie is not set', () => {
    const cookies = new SubmissionCookies(undefined, true)
    assert.throws(() => cookies.set('id', 'x', misspelt({ htpOnly: false })), {
      code: 'ERR_OPTION_INVALID',
      message: 'cookies.set() has no option "htpOnly"; did you mean "httpOnly"?',
    })
    assert.throws(() => cookies.set('id', 'x', misspelt({ signed: true })), /its options are "path"/)
    assert.throws(() => cookies.delete('id', misspelt({ paht: '/a' })), /cookies\.delete\(\).*"path"/)
    assert.deepEqual(cookies.headers, [])
  })

  it('are all those of the cookie package that a server may set', () => {
    const cookies = new SubmissionCookies(undefined, true)
    const options = {
      path: '/a',
      domain: 'shop.example',
      maxAge: 60,
      expires: new Date(60_000_000_000_000),
      httpOnly: false,
      secure: true,
      sameSite: 'none',
      partitioned: true,
      priority: 'high',
    } as const
    cookies.set('id', 'x', options)
    assert.match(
      cookies.headers[0] ?? '',
      /^id=x; Max-Age=60; Domain=shop\.example; Path=\/a; Expires=.*; Secure; Partitioned; Priority=High; SameSite=None$/,
    )
    cookies.delete('id', options)
    assert.equal(cookies.get('id'), undefined)
  })
})
