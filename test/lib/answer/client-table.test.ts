import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { adaptReply, type Reply } from '../../../lib/answer/adapt-reply.js'
import { clientOf, clientTable } from '../../../lib/answer/client-table.js'
import { regionHeaders } from '../../../lib/base/wire-names.js'

const stream = 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml'

/** One line a client: what its requests say, whose they are, and the ids that they ask for. */
const requests = [
  [{ 'sealform-region': 'a,b' }, 'ours', 'a b'],
  [{ 'turbo-frame': 'a', accept: stream }, 'Turbo frame', 'a'],
  [{ 'hx-request': 'true', 'hx-source': 'form#f', 'hx-target': 'p#a' }, 'htmx 4', 'a'],
  [{ 'hx-request': 'true', 'hx-source': 'form', 'hx-target': 'body' }, 'htmx 4', ''],
  [{ 'hx-request': 'true', 'hx-target': 'a' }, 'htmx 2', 'a'],
  [{ 'hx-request': 'true' }, 'htmx 2', ''],
  [{ 'x-up-version': '3.14.3', 'x-up-target': '#a, #b' }, 'Unpoly', 'a b'],
  [{ 'x-alpine-request': 'true', 'x-alpine-target': 'a b' }, 'alpine-ajax', 'a b'],
  [{ accept: stream }, 'Turbo Drive', ''],
  [{ accept: 'text/html', 'turbo-frame': '', 'sealform-region': '' }, undefined, undefined],
  [{}, undefined, undefined],
] as const

describe('the table of clients', () => {
  it('recognises each, and reads what it asks for', () => {
    for (const [headers, name, ids] of requests) {
      const client = clientOf(headers)
      assert.deepEqual([client?.name, client?.asks(headers, false).join(' ')], [name, ids])
    }
    assert.deepEqual(
      new Set(requests.flatMap(([, name]) => name ?? [])),
      new Set(clientTable.map(({ name }) => name)),
    )
  })

  it('reads the headers by which caches tell regions apart', () => {
    const own = clientTable.flatMap(({ header }) => header ?? [])
    assert.deepEqual([...new Set(own)].sort(), [...regionHeaders].sort())
  })

  it('has for each the status with which it shows an answer', () => {
    const shown = (name: string, part: 'regions' | 'whole') =>
      [200, 202, 422, 500].map((status) => clientTable.find((row) => row.name === name)!.status(status, part))
    const itself = [200, 202, 422, 500]
    for (const name of ['ours', 'htmx 4', 'Unpoly', 'alpine-ajax']) {
      for (const part of ['regions', 'whole'] as const) assert.deepEqual(shown(name, part), itself, name)
    }
    assert.deepEqual(shown('Turbo frame', 'regions'), itself)
    assert.deepEqual(shown('Turbo frame', 'whole'), [422, 422, 422, 500])
    assert.deepEqual(shown('htmx 2', 'whole'), [200, 202, 200, 200])
    assert.deepEqual(shown('Turbo Drive', 'whole'), [202, 202, 422, 500])
  })

  it('asks Unpoly to replace the body, but for overlays and while one types', () => {
    const { whole } = clientTable.find(({ name }) => name === 'Unpoly')!
    assert.deepEqual(whole({ 'x-up-mode': 'root' }), { 'X-Up-Target': 'body' })
    assert.deepEqual(whole({ 'x-up-mode': 'modal' }), { 'X-Up-Target': ':main' })
    assert.equal(whole({ 'x-up-validate': 'title' }), 'as it is')
  })
})

describe('adaptReply()', () => {
  const row = (name: string) => clientTable.find((each) => each.name === name)!
  const page: Reply = { kind: 'page', status: 200, content: '<html><body>é</body></html>' }

  it('keeps the bytes of a page whose encoding it does not know', () => {
    const latin = Buffer.from('<html><body>é</body></html>', 'latin1')
    const reply = adaptReply(row('Turbo frame'), { ...page, content: latin }, { 'turbo-frame': 'a' })
    assert.ok(reply.kind === 'page' && Buffer.isBuffer(reply.content))
    assert.match(reply.content.toString('latin1'), /^<html><meta .*><body>é<\/body><\/html>$/)
  })

  it('leaves a page that it cannot mark as it is, with its status', () => {
    const compressed: Reply = { kind: 'page', status: 200 }
    assert.deepEqual(adaptReply(row('Turbo frame'), compressed, { 'turbo-frame': 'a' }), compressed)
  })

  it('says the true status where it sends another', () => {
    const reply = adaptReply(row('htmx 2'), { ...page, status: 409 }, { 'hx-boosted': 'true' })
    assert.deepEqual(reply, { ...page, status: 200, headers: { 'Sealform-Status': '409' } })
  })

  it('tells of no location that a script would run', () => {
    const told = (location: string) => adaptReply(row('ours'), { kind: 'redirect', location }, {})
    assert.deepEqual(told('/a?b#c'), { kind: 'told', headers: { 'Sealform-Location': '/a?b#c' } })
    assert.equal(told('https://other.example/').kind, 'told')
    for (const location of [
      'javascript:alert(1)',
      'java\tscript:alert(1)',
      ' data:text/html,x',
      'http://[',
    ]) {
      assert.deepEqual(told(location), { kind: 'redirect', location })
    }
  })

  it('touches no answer of the app itself', () => {
    for (const kind of ['own', 'leave', 'cut'] as const) {
      assert.deepEqual(adaptReply(row('htmx 2'), { kind }, {}), { kind })
    }
  })
})
