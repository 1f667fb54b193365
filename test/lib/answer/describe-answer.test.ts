import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AnswerFacts, describeAnswer } from '../../../lib/answer/describe-answer.js'

type Headers = Readonly<Record<string, string | string[]>>

const plain = { personal: false, hasRegions: false, seals: { oneTime: false, forgotten: false } }
const regions =
  'Sealform-Region, Turbo-Frame, HX-Target, X-Up-Target, X-Alpine-Target, HX-Source, X-Up-Validate, X-Up-Mode'

function described(facts: Partial<Omit<AnswerFacts, 'said'>>, said: Headers = {}) {
  return describeAnswer({
    content: 'page',
    answers: 'submission',
    status: 200,
    page: plain,
    cookies: [],
    said: { getHeader: (name) => said[name] },
    ...facts,
  })
}

const cacheControl = (...facts: Parameters<typeof described>) => described(...facts).set['Cache-Control']

describe('describeAnswer()', () => {
  it('lets only the visitor’s own browser store a page that is shown again, whatever the page says', () => {
    const said = { 'Cache-Control': 'public, max-age=60' }
    const personal = { ...plain, personal: true }
    assert.equal(cacheControl({}), 'private, no-cache')
    assert.equal(cacheControl({}, said), 'private, no-cache')
    assert.equal(cacheControl({ content: 'html' }, said), 'private, no-cache')
    assert.equal(cacheControl({ content: 'region' }, said), 'private, no-cache')
    assert.equal(cacheControl({ page: personal }, said), 'private, no-cache')
  })

  it('lets no browser store a page that is shown again where the page or the action says so', () => {
    for (const value of ['no-store', 'private, No-Store', 'max-age=0,no-store']) {
      assert.equal(cacheControl({}, { 'Cache-Control': value }), 'no-store', value)
    }
    assert.equal(cacheControl({}, { 'Cache-Control': 'no-storey' }), 'private, no-cache')
    const forgotten = { ...plain, seals: { oneTime: false, forgotten: true } }
    assert.equal(cacheControl({ page: forgotten }), 'no-store')
    assert.equal(cacheControl({ page: forgotten, content: 'html' }), 'no-store')
    assert.equal(cacheControl({ page: forgotten, answers: 'visit' }), 'no-store')
    assert.equal(cacheControl({ page: { ...forgotten, personal: true } }), 'private, no-store')
  })

  it('lets nothing store JSON, and names its type', () => {
    const said = { 'Cache-Control': 'public, max-age=60', Vary: 'Origin', ETag: '"1"' }
    const page = { ...plain, hasRegions: true }
    for (const [content, type] of [
      ['json', 'application/json; charset=utf-8'],
      ['rich', 'application/vnd.sealform+json'],
    ] as const) {
      const { set, remove } = described({ content, page }, said)
      assert.deepEqual(set, { 'Cache-Control': 'no-store', Vary: 'Origin, Accept', 'Content-Type': type })
      assert.ok(remove.includes('ETag') && remove.includes('Content-Encoding'))
      assert.equal(cacheControl({ content, page: { ...plain, personal: true } }), 'private, no-store')
    }
  })

  it('names Accept in Vary where an outcome is shown, and nowhere else', () => {
    assert.equal(described({}).set.Vary, 'Accept')
    assert.equal(described({ content: 'html' }).set.Vary, 'Accept')
    assert.equal(described({ content: 'redirect' }).set.Vary, undefined)
    assert.equal(described({ answers: 'visit' }).set.Vary, undefined)
    assert.equal(described({}, { Vary: 'accept' }).set.Vary, undefined)
  })

  it('lets no browser store a redirect, also when a page ran before it', () => {
    const said = { 'Cache-Control': 'public, max-age=60' }
    const personal = { ...plain, personal: true }
    assert.equal(cacheControl({ content: 'redirect', status: 303 }, said), 'no-store')
    assert.equal(cacheControl({ content: 'redirect', status: 303, page: personal }, said), 'no-store')
  })

  it('keeps pages for one visitor out of caches, whatever they say', () => {
    const page = { ...plain, personal: true }
    const said = { 'Cache-Control': 'public, max-age=60' }
    assert.equal(cacheControl({ answers: 'visit', page }, said), 'private, no-store')
  })

  it('keeps pages with a one-time seal out of shared caches unless they set Cache-Control', () => {
    const page = { ...plain, seals: { oneTime: true, forgotten: false } }
    assert.equal(cacheControl({ answers: 'visit', page }), 'private, no-cache')
    assert.equal(cacheControl({ answers: 'visit', page }, { 'Cache-Control': 'max-age=5' }), undefined)
    assert.equal(cacheControl({ page }), 'private, no-cache')
  })

  it('changes nothing of other pages', () => {
    assert.deepEqual(described({ answers: 'visit' }, { ETag: '"x"' }), { remove: [], set: {} })
    assert.deepEqual(described({ answers: 'visit', status: 503 }), { remove: [], set: {} })
  })

  it('has no more than Cache-Control for a redirect that ran no page', () => {
    const changes = described({ content: 'redirect', status: 303, page: undefined, cookies: ['a=1'] })
    assert.deepEqual(changes, { remove: [], set: { 'Cache-Control': 'no-store' } })
  })

  it('adds the region headers to Vary, each name once', () => {
    const page = { ...plain, hasRegions: true }
    const vary = (said?: string) =>
      described({ answers: 'visit', page }, said === undefined ? {} : { Vary: said }).set.Vary
    assert.equal(vary(), regions)
    assert.equal(
      vary('Accept-Language, hx-target,'),
      'Accept-Language, hx-target, Sealform-Region, Turbo-Frame, X-Up-Target, X-Alpine-Target, HX-Source, X-Up-Validate, X-Up-Mode',
    )
    assert.equal(vary(regions), undefined)
    assert.equal(vary('Accept, *'), undefined)
    assert.equal(described({}, { Vary: 'Accept' }).set.Vary, undefined)
  })

  it('adds the cookies that the page overwrote, before its own', () => {
    const cookies = ['a=1', 'b=2']
    const restored = (said: Headers) => described({ cookies }, said).set['Set-Cookie']
    assert.deepEqual(restored({}), ['a=1', 'b=2'])
    assert.deepEqual(restored({ 'Set-Cookie': 'own=1' }), ['a=1', 'b=2', 'own=1'])
    assert.deepEqual(restored({ 'Set-Cookie': ['b=2', 'own=1'] }), ['a=1', 'b=2', 'own=1'])
    assert.equal(restored({ 'Set-Cookie': ['a=1', 'b=2', 'own=1'] }), undefined)
    assert.equal(described({}, { 'Set-Cookie': 'own=1' }).set['Set-Cookie'], undefined)
  })

  it('adds Retry-After to a 503 unless action or page have set it', () => {
    assert.equal(described({ status: 503 }).set['Retry-After'], '5')
    assert.equal(described({ status: 503, content: 'html' }).set['Retry-After'], '5')
    assert.equal(described({ status: 503 }, { 'Retry-After': '77' }).set['Retry-After'], undefined)
    assert.equal(described({ status: 500 }).set['Retry-After'], undefined)
  })

  it('removes the validators of a page that shows an outcome', () => {
    assert.deepEqual(described({}).remove, ['ETag', 'Last-Modified'])
  })

  it('removes the content headers of a page that another body replaces', () => {
    const gone = [
      'Content-Encoding',
      'Content-Disposition',
      'Content-Range',
      'ETag',
      'Last-Modified',
      'Trailer',
      'Location',
    ]
    for (const answers of ['submission', 'visit'] as const) {
      const changes = described({ content: 'html', answers })
      assert.deepEqual(changes.remove, gone)
      assert.equal(changes.set['Content-Type'], 'text/html; charset=utf-8')
    }
    const redirected = described({ content: 'redirect', status: 303 })
    assert.deepEqual(redirected.remove, ['Content-Type', ...gone])
    assert.equal(redirected.set['Content-Type'], undefined)
  })
})
