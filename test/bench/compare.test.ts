import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { showsStack } from '../../bench/compare/checks.js'
import type { Facts } from '../../bench/compare/facts.js'
import { holds, inlineScripts, readForm } from '../../bench/compare/form.js'
import { readOptions } from '../../bench/compare/options.js'
import { peers } from '../../bench/compare/peers.js'
import { behaviours, costs, isBetter, type Row } from '../../bench/compare/rows.js'
import { type Compared, comparison, replaceBetween, rowsTable } from '../../bench/compare/table.js'

const facts: Facts = {
  cpu: { page: [90, 120, 100], redirect: [200, 200, 200], invalid: [300, 310, 320] },
  packages: { installed: 47, toRun: 40, megabytes: 5.94 },
  script: 0,
  withoutScript: { status: 422, kept: true, message: true, done: true },
  runsOfTwo: 1,
  crossSite: { status: 403, ran: false },
  restart: { status: 303, ran: true, kept: false },
  upload: { taken: 131_072, status: 413, kept: true, ran: false },
  thrown: { status: 500, message: false, stack: false, kept: true },
}

const compared = (id: string, what: Facts | string): Compared => ({
  peer: peers.find((peer) => peer.id === id)!,
  facts: what,
})

const rowOf = (rows: readonly Row[], title: string) => rows.find((row) => row.title.startsWith(title))!

describe('a table of the comparison', () => {
  it('has a column for each app, and marks what is better than Sealform', () => {
    const other = { ...facts, cpu: { ...facts.cpu, page: [80, 70, 75] } }
    const text = rowsTable([costs[0]!], [compared('sealform', facts), compared('koa', other)])
    assert.match(text, /Sealform on Koa \| Koa and packages/)
    assert.match(text, /median \(best\) \| 100 \(90\) +\| 75 \(70\) ▲ /)
  })

  it('holds the apps against Sealform, wherever its column stands', () => {
    const slower = { ...facts, script: 5000 }
    const row = rowOf(costs, 'JavaScript')
    const text = rowsTable([row], [compared('next', slower), compared('sealform', facts)])
    assert.match(text, /\| 5\.0 +\| 0 +\|/)
    assert.doesNotMatch(text, /▲/)
  })

  it('marks nothing where Sealform could not be measured', () => {
    const text = rowsTable(costs, [compared('sealform', 'no network'), compared('koa', facts)])
    assert.doesNotMatch(text, /▲|Sealform/)
  })

  it('leaves out an app that could not be built, and says why', () => {
    const text = comparison(
      [compared('sealform', facts), compared('astro', 'npm: ENOTFOUND\nmore')],
      ['today'],
    )
    assert.match(text, /Astro is missing: npm: ENOTFOUND\n\n/)
    assert.match(text, /\| +\| Sealform on Koa \|\n/)
  })
})

describe('the judgement of a row', () => {
  it('sees a difference above a twentieth, and none at a twentieth', () => {
    const [row] = costs
    const withPage = (us: number) => ({ ...facts, cpu: { ...facts.cpu, page: [us] } })
    assert.equal(isBetter(row!, withPage(95), withPage(100)), false)
    assert.equal(isBetter(row!, withPage(94), withPage(100)), true)
    assert.equal(isBetter(row!, withPage(101), withPage(100)), false)
  })

  it('prefers an action that runs once to one that runs twice or never', () => {
    const row = rowOf(behaviours, 'the same form')
    const [once, twice, never] = [1, 2, 0].map((runsOfTwo) => ({ ...facts, runsOfTwo }))
    assert.deepEqual([once!, twice!, never!].map(row.cell), ['once', 'twice', '0 times'])
    assert.equal(isBetter(row, once!, twice!), true)
    assert.equal(isBetter(row, never!, once!), false)
  })

  it('prefers an old page that is taken to kept text, and that to lost text', () => {
    const row = rowOf(behaviours, 'page older')
    const kept = { ...facts, restart: { status: 403, ran: false, kept: true } }
    const lost = { ...facts, restart: { status: 403, ran: false, kept: false } }
    assert.deepEqual([facts, kept, lost].map(row.cell), ['taken; 303', 'text kept; 403', 'text lost; 403'])
    assert.equal(isBetter(row, facts, kept), true)
    assert.equal(isBetter(row, kept, lost), true)
  })

  it('says of an upload whether it was taken, or the connection broke', () => {
    const row = rowOf(behaviours, '20 MB where 1 MB is allowed: what')
    const taken = { ...facts, upload: { ...facts.upload, ran: true, status: 303 } }
    const broken = { ...facts, upload: { ...facts.upload, kept: false, status: undefined } }
    assert.deepEqual([facts, taken, broken].map(row.cell), [
      'text kept; 413',
      'taken; 303',
      'text lost; connection broken',
    ])
    assert.equal(isBetter(row, broken, taken), true)
  })
})

describe('a page after an error', () => {
  it('shows a stack, as Express does in development', () => {
    const html = '<pre>Error: x<br> &nbsp; &nbsp;at run (file:///srv/app/server.js:10:5)<br></pre>'
    assert.equal(showsStack(html), true)
  })

  it('shows none with the words alone', () => {
    assert.equal(showsStack('<p>Look at the server again, at 10:30.</p><script src="/a.js"></script>'), false)
  })
})

describe('the page of the comparison', () => {
  const [start, end] = [
    '<!-- comparison: written by npm run compare -- --write -->',
    '<!-- end of the comparison -->',
  ]

  it('gets new tables between its markers, as often as they are written', () => {
    const once = replaceBetween(`before\n${start}\nold\n${end}\nafter`, 'new')
    assert.equal(once, `before\n${start}\n\nnew\n\n${end}\nafter`)
    assert.equal(replaceBetween(once, 'new'), once)
  })

  it('is refused without both markers in their order', () => {
    assert.throws(() => replaceBetween(`a ${start} b`, 'new'), /The page needs/)
    assert.throws(() => replaceBetween(`${end} ${start}`, 'new'), /The page needs/)
  })
})

describe('the options of the comparison', () => {
  it('choose some apps, with Sealform in any case', () => {
    const options = readOptions(['--only', 'koa,express'])
    assert.ok(typeof options !== 'string')
    assert.deepEqual(
      options.peers.map(({ id }) => id),
      ['sealform', 'koa', 'express'],
    )
  })

  it('name an app that does not exist', () => {
    assert.equal(readOptions(['--only', 'koa,rails']), 'There is no app "rails".')
  })

  it('write only the whole comparison', () => {
    assert.equal(readOptions(['--only', 'koa', '--write']), 'Only the whole comparison can be written.')
  })
})

describe('a form of a compared page', () => {
  const html = `<form method="post" enctype="multipart/form-data"><input type="hidden" name="token" value="a&amp;b">
    <textarea name="note">
kept</textarea><input type="file" name="file"><script>one()</script></form><script src="/two.js"></script>`

  it('is sent with its hidden fields, to the page where it names no other', async () => {
    const { url, type, body } = await readForm(html, 'http://a.test/upload?x=1').fill({ note: 'typed' })
    assert.equal(url, 'http://a.test/upload?x=1')
    assert.match(type, /^multipart\/form-data; boundary=/)
    assert.match(body.toString(), /name="token"\r\n\r\na&b\r\n/)
    assert.match(body.toString(), /name="note"\r\n\r\ntyped\r\n/)
    assert.match(body.toString(), /name="file"; filename=""/)
  })

  it('is urlencoded unless it says otherwise', async () => {
    const form = readForm(
      '<form action="?/keep"><input name="title" value="x y"></form>',
      'http://a.test/form',
    )
    const { url, body } = await form.fill({})
    assert.equal(url, 'http://a.test/form?/keep')
    assert.equal(body.toString(), 'title=x+y')
  })

  it('holds a text only in a control', () => {
    assert.equal(holds(html, 'kept'), true)
    assert.equal(holds('<p>kept</p><input value="kept and more">', 'kept'), false)
  })

  it('is missing from a page without one', () => {
    assert.throws(() => readForm('<p>Gone</p>', 'http://a.test/'), /has no form/)
  })

  it('stands beside inline scripts, which are told from those with an address', () => {
    assert.deepEqual(inlineScripts(html), ['one()'])
  })
})
