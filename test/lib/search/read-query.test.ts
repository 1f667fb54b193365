import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type QueryTerms, readQuery } from '../../../lib/search/read-query.js'

const terms = (more: Partial<QueryTerms> = {}, limits = {}): QueryTerms => ({
  definition: {
    keys: new Set(['q', 'price']),
    limits: { query: 100, fields: 3, depth: 0, ...limits },
    secrets: new Set(),
  },
  prefix: '',
  keep: [],
  ...more,
})

describe('the query of a search', () => {
  it('has the parameters of the schema, in order, repeated ones included', () => {
    const { own, all } = readQuery('/x?q=a&utm=1&price=2&q=b#part?q=c', terms())
    assert.deepEqual(own, [
      ['q', 'a'],
      ['price', '2'],
      ['q', 'b'],
    ])
    assert.equal(all.length, 4)
  })

  it('is empty without a question mark', () => {
    assert.deepEqual(readQuery('/q=a', terms()).all, [])
    assert.deepEqual(readQuery('/?', terms()).all, [])
  })

  it('takes any name where the schema lists none, and never a dangerous or reserved one', () => {
    const { definition } = terms()
    const any = terms({ definition: { ...definition, keys: undefined } })
    const { own } = readQuery('/?a=1&__proto__=2&sealform=3&=4&constructor=5', any)
    assert.deepEqual(own, [
      ['a', '1'],
      ['constructor', '5'],
    ])
  })

  it('has names below a listed one only where names may lead deeper', () => {
    const url = '/?price.min=1&price[max]=2&pricey.min=3&[price]=4'
    assert.deepEqual(readQuery(url, terms()).own, [])
    assert.deepEqual(
      readQuery(url, terms({}, { depth: 1 })).own.map(([name]) => name),
      ['price.min', 'price[max]'],
    )
  })

  it('takes off the prefix, and has nothing without it', () => {
    const { own } = readQuery('/?a.q=1&q=2&a.sealform=3&a.=4&b.q=5', terms({ prefix: 'a.' }))
    assert.deepEqual(own, [['q', '1']])
  })

  it('keeps the names asked for and those below them, without secrets', () => {
    const url = '/?b=1&b.c=2&b[0]=3&bc=4&b._d=5&b.password=6&sealform.b=7'
    const { kept } = readQuery(url, terms({ keep: ['b', '_x'] }))
    assert.deepEqual(
      kept.map(([name]) => name),
      ['b', 'b.c', 'b[0]'],
    )
  })

  it('counts its own and the kept parameters, and allows exactly as many as the limit', () => {
    const keep = { keep: ['lang'] }
    assert.equal(readQuery('/?q=1&q=2&lang=3&u=4&v=5', terms(keep)).tooLarge, false)
    const over = readQuery('/?q=1&q=2&lang=3&q=4', terms(keep))
    assert.equal(over.tooLarge, true)
    assert.equal(over.own.length, 2)
  })

  it('allows exactly as many bytes as the limit, and cuts a longer query between two parameters', () => {
    const exactly = `q=a&price=${'1'.repeat(90)}`
    assert.equal(exactly.length, 100)
    assert.equal(readQuery(`/?${exactly}`, terms()).tooLarge, false)
    const over = readQuery(`/?${exactly}1`, terms())
    assert.equal(over.tooLarge, true)
    assert.deepEqual(over.own, [['q', 'a']])
    assert.deepEqual(readQuery(`/?${'q'.repeat(101)}`, terms()).own, [])
  })

  it('reads 10,000 parameters of others without keeping more than fit into the limit', () => {
    const { all, tooLarge } = readQuery(`/?${'a&'.repeat(10_000)}q=1`, terms())
    assert.equal(tooLarge, true)
    assert.ok(all.length <= 50)
  })

  it('reads bytes that a client has not escaped as UTF-8', () => {
    const url = Buffer.from('/?q=té').toString('latin1')
    assert.deepEqual(readQuery(url, terms()).own, [['q', 'té']])
  })
})
