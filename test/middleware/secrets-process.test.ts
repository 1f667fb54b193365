import assert from 'node:assert/strict'
import { after, before, it, type TestContext } from 'node:test'
import { provesInFull } from '../setup/proofs.js'
import { SecretProcess, type SecretServerOptions } from '../setup/secret-process.js'

const key = Buffer.from('one key of thirty-two bytes: one').toString('base64')
const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')

const typed = {
  text: 'typed text',
  code: 'hunter-1',
  word: 'hunter-2',
  'rows[0].key': 'hunter-3',
  password: 'hunter-4',
  'sealform.secret.door': 'hunter-5',
}

/** It renders the pages of all tests, and gets no submission. */
let first: SecretProcess
const ends: (() => unknown)[] = []
before(async () => {
  first = await SecretProcess.start({ after: (end) => void ends.push(end) }, { key, page: 'whole' })
})
after(() => {
  for (const end of ends) end()
})

/** One process renders the page with the passwords. Another one, which never rendered it, gets the submission. */
async function sendToAnother(t: TestContext, options: Partial<SecretServerOptions>) {
  const second = await SecretProcess.start(t, { key, page: 'whole', ...options })
  const { html, fields } = await first.form()
  const printed = [...html.matchAll(/name="([^"]*)" type="password"/g)].map(([, name]) => name)
  assert.deepEqual(['text', ...printed], Object.keys(typed))
  return second.send(fields, typed)
}

it('a process that never rendered the page gives no password back', async (t) => {
  for (const page of ['whole', 'as-text'] as const) {
    const { status, body } = await sendToAnother(t, { page })
    assert.equal(status, 422)
    assert.match(body, /<form id="open"[\s\S]*value="typed text"/)
    assert.doesNotMatch(body, /hunter/)
  }
})

it('a process whose page throws, before its passwords or after them, gives none back on the built-in page', async (t) => {
  // Each page takes a process of its own. A plain run has the page of which the process sees less.
  for (const page of provesInFull
    ? (['throws-first', 'throws-last'] as const)
    : (['throws-first'] as const)) {
    const { status, body } = await sendToAnother(t, { page })
    assert.equal(status, 422)
    assert.match(body, /value="typed text"[\s\S]*<input type="password" id="secret-0" name="code">/)
    assert.match(body, />door<\/label><br><input type="password" id="secret-4" name="sealform.secret.door">/)
    assert.doesNotMatch(body, /hunter/)
  }
})

it('a process without the page gives no password back', async (t) => {
  const { status, body } = await sendToAnother(t, { page: 'missing' })
  assert.equal(status, 422)
  assert.match(body, /value="typed text"/)
  assert.doesNotMatch(body, /hunter/)
})

it('a process with another key, as after a restart without a configured key, gives no password back', async (t) => {
  // The same of a process whose key differs: the one page that says of no field that it is a password.
  const pages = provesInFull
    ? (['whole', 'as-text', 'throws-first', 'missing'] as const)
    : (['as-text'] as const)
  for (const page of pages) {
    const { status, body } = await sendToAnother(t, { page, key: otherKey })
    assert.equal(status, 400)
    assert.match(body, /typed text/)
    assert.doesNotMatch(body, /hunter/)
  }
})
