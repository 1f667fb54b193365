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
    const shown = { fails: false, lacks: () => false }
    assert.deepEqual(whole({ 'x-up-mode': 'root' }, shown), { 'X-Up-Target': 'body' })
    assert.deepEqual(whole({ 'x-up-mode': 'modal' }, shown), { 'X-Up-Target': ':main' })
    assert.equal(whole({ 'x-up-validate': 'title' }, shown), 'as it is')
    assert.equal(whole({ 'x-up-mode': 'modal' }, { fails: true, lacks: () => true }), 'inside')
    assert.deepEqual(whole({ 'x-up-mode': 'root' }, { fails: true, lacks: () => true }), {
      'X-Up-Target': 'body',
    })
    // What opens an overlay when it succeeds shows in the page below it that it has failed.
    const opening = { 'x-up-mode': 'modal', 'x-up-fail-mode': 'root', 'x-up-origin-mode': 'root' }
    assert.deepEqual(whole(opening, shown), { 'X-Up-Target': ':main' })
    assert.deepEqual(whole(opening, { ...shown, fails: true }), { 'X-Up-Target': 'body' })
  })

  it('sends Unpoly further regions where it takes several', () => {
    const { others } = clientTable.find(({ name }) => name === 'Unpoly')!
    const modes = (mode: string, origin: string) => ({ 'x-up-mode': mode, 'x-up-origin-mode': origin })
    const visit = { isOutcome: false, fails: false }
    const done = { isOutcome: true, fails: false }
    assert.deepEqual([others({}, visit), others(modes('root', 'root'), done)], ['named', 'named'])
    assert.deepEqual(
      [others(modes('modal', 'root'), visit), others(modes('modal', 'root'), done)],
      ['never', 'never'],
    )
    assert.deepEqual(
      [others(modes('modal', 'modal'), visit), others(modes('modal', 'modal'), done)],
      ['never', 'named'],
    )
    const failing = { ...modes('modal', 'root'), 'x-up-fail-mode': 'root' }
    assert.equal(others(failing, { isOutcome: true, fails: true }), 'named')
    assert.equal(others({ 'x-up-validate': 'title' }, done), 'never')
  })

  it('knows a target that may lack the form', () => {
    const { looks } = clientTable.find(({ name }) => name === 'Unpoly')!
    for (const target of ['main', 'body', ':main', ':none', '[up-main="root"], main', '']) {
      assert.equal(looks?.({ 'x-up-target': target }), false, target)
    }
    for (const target of ['.list', 'main, .list', '#a > p']) {
      assert.equal(looks?.({ 'x-up-target': target }), true, target)
    }
    assert.equal(looks?.({ 'x-up-target': '.list', 'x-up-validate': 'title' }), false)
  })

  it('lets htmx take what a boosted form replaces out of a page, if the page has it', () => {
    for (const name of ['htmx 2', 'htmx 4']) {
      const { whole } = clientTable.find((row) => row.name === name)!
      const boosted = { 'hx-boosted': 'true' }
      assert.equal(whole(boosted, { fails: false, lacks: () => false }), 'as it is')
      const retargeted = whole(boosted, { fails: false, lacks: () => true })
      assert.ok(typeof retargeted === 'object' && retargeted['HX-Retarget'] === 'body')
    }
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

  it('looks in the page for what a boosted form replaces', () => {
    const content = '<html><body><main id="m">Not that</main></body></html>'
    const retarget = (target: string) => {
      const headers = { 'hx-boosted': 'true', 'hx-request': 'true', 'hx-target': target }
      const reply = adaptReply(row('htmx 2'), { ...page, content }, headers)
      return 'headers' in reply ? reply.headers?.['HX-Retarget'] : 'none'
    }
    assert.deepEqual([retarget('m'), retarget(''), retarget('list')], [undefined, undefined, 'body'])
    const unread = adaptReply(
      row('htmx 2'),
      { kind: 'page', status: 200 },
      { 'hx-boosted': 'true', 'hx-target': 'm' },
    )
    assert.deepEqual(unread, { kind: 'page', status: 200, content: undefined, headers: {} })
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
