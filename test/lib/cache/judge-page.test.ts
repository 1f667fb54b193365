import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientTable } from '../../../lib/answer/client-table.js'
import {
  type AskingFacts,
  type AskingVerdict,
  isPrivate,
  judgeAsking,
  judgeKeeping,
  type KeepingFacts,
  type KeepingVerdict,
  namesIn,
} from '../../../lib/cache/judge-page.js'

const asked: AskingFacts = {
  method: 'GET',
  host: 'a.example',
  headers: { host: 'a.example', cookie: 'theme=dark', accept: 'text/html', 'accept-language': 'de' },
  showsOutcome: false,
  session: false,
  unnamed: false,
}

const made: KeepingFacts = {
  status: 200,
  body: '<p>a</p>',
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'public, max-age=60' },
  personal: false,
  session: false,
  failed: false,
  oneTime: false,
  vary: [],
}

describe('judgeAsking()', () => {
  const judged = (facts: Partial<AskingFacts>): AskingVerdict => judgeAsking({ ...asked, ...facts })
  const withHeader = (name: string, value = 'x') => judged({ headers: { ...asked.headers, [name]: value } })

  it('lets GET and HEAD ask', () => {
    assert.equal(judged({}), 'ask')
    assert.equal(judged({ method: 'HEAD' }), 'ask')
  })

  it('skips every other request, each with its reason', () => {
    for (const method of ['POST', 'PUT', 'OPTIONS', 'get', undefined])
      assert.equal(judged({ method }), 'method')
    assert.equal(judged({ host: '' }), 'host')
    assert.equal(judged({ showsOutcome: true }), 'outcome')
    assert.equal(judged({ session: true }), 'session')
    assert.equal(judged({ unnamed: true }), 'query')
    assert.equal(withHeader('authorization'), 'authorization')
    assert.equal(withHeader('authorization', ''), 'authorization')
    assert.equal(withHeader('cookie', 'a=b; sealform.flash=x'), 'flash')
    assert.equal(withHeader('cookie', '__Host-sealform.flash=x'), 'flash')
  })

  it('skips requests that may be for a part of the page', () => {
    const names = ['hx-request', 'hx-target', 'hx-boosted', 'x-up-target', 'x-up-mode', 'x-up-version']
    const ofClients = clientTable.flatMap(({ header = [], reads }) => [header, reads].flat())
    for (const name of ofClients.filter((each) => each !== 'Accept')) {
      assert.equal(withHeader(name.toLowerCase()), 'fragment', name)
    }
    for (const name of [...names, 'turbo-frame', 'sealform-region', 'x-requested-with']) {
      assert.equal(withHeader(name), 'fragment', name)
    }
    for (const name of ['x-forwarded-for', 'x-request-id', 'xhx-a', 'x-upload']) {
      assert.equal(withHeader(name), 'ask', name)
    }
  })
})

describe('judgeKeeping()', () => {
  const judged = (facts: Partial<KeepingFacts>): KeepingVerdict => judgeKeeping({ ...made, ...facts })
  const withHeader = (name: string, value: string | string[], vary: readonly string[] = []) =>
    judged({ headers: { ...made.headers, [name]: value }, vary })

  it('keeps public text', () => {
    assert.equal(judged({}), 'keep')
    assert.equal(judged({ body: '' }), 'keep')
    assert.equal(judged({ body: Buffer.from('<p>a</p>') }), 'keep')
    for (const type of [
      'TEXT/HTML',
      'text/plain',
      'application/xhtml+xml',
      'application/xml; charset=utf-8',
    ]) {
      assert.equal(withHeader('content-type', type), 'keep', type)
    }
    assert.equal(withHeader('content-security-policy', "default-src 'self'"), 'keep')
    assert.equal(withHeader('etag', '"a"'), 'keep')
  })

  it('keeps nothing else, and gives each reason', () => {
    for (const status of [201, 204, 206, 301, 304, 404, 500]) assert.equal(judged({ status }), 'status')
    for (const body of [undefined, null, {}, 1, new Uint8Array(1)]) assert.equal(judged({ body }), 'body')
    for (const type of [
      '',
      'image/png',
      'application/json',
      'application/octet-stream',
      'application/xmlx',
    ]) {
      assert.equal(withHeader('content-type', type), 'type', type)
    }
    assert.equal(judged({ headers: {} }), 'type')
    assert.equal(withHeader('set-cookie', ['a=b']), 'cookie')
    assert.equal(judged({ personal: true }), 'personal')
    assert.equal(judged({ session: true }), 'personal')
    assert.equal(judged({ failed: true }), 'failed')
    assert.equal(judged({ oneTime: true }), 'one-time')
    assert.equal(withHeader('cache-control', 'no-store'), 'cache-control')
    assert.equal(withHeader('content-encoding', 'gzip'), 'encoding')
    assert.equal(withHeader('content-security-policy', "script-src 'nonce-a'"), 'nonce')
    assert.equal(
      withHeader('content-security-policy', ["default-src 'self'", "script-src 'nonce-a'"]),
      'nonce',
    )
  })

  it('keeps pages that vary by declared names or by names that change no page', () => {
    assert.equal(withHeader('vary', 'Accept-Language', ['accept-language']), 'keep')
    assert.equal(withHeader('vary', 'accept-encoding, Origin, HX-Target'), 'keep')
    for (const vary of ['*', 'Cookie', 'Accept-Encoding, Accept-Language', 'accept']) {
      assert.equal(withHeader('vary', vary), 'vary', vary)
      assert.equal(withHeader('vary', ['Origin', vary]), 'vary', vary)
    }
  })
})

describe('isPrivate()', () => {
  it('finds the two words in any case, and no others', () => {
    for (const value of ['private', 'no-store', 'max-age=0, Private', 'NO-STORE', 'private="x"']) {
      assert.equal(isPrivate(value), true, value)
    }
    for (const value of [undefined, '', 'no-cache', 'public', 'max-age=5'])
      assert.equal(isPrivate(value), false)
  })
})

describe('namesIn()', () => {
  it('splits a header in one line or several', () => {
    assert.deepEqual(namesIn(undefined), [])
    assert.deepEqual(namesIn(' a,B ,, c'), ['a', 'B', 'c'])
    assert.deepEqual(namesIn(['a, b', 'c']), ['a', 'b', 'c'])
  })
})
