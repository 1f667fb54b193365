import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { asRegistry, createActions } from '../../../lib/action/registry.js'
import { openFormState, sealFormState } from '../../../lib/seal/form-state.js'
import { sessionBinding } from '../../../lib/seal/seal.js'
import { openState, sealState } from '../../../lib/seal/sealed-state.js'

const keys = Buffer.from(Array.from({ length: 32 }, (_, i) => 7 * i)).toString('base64')
const registry = asRegistry(createActions({ keys }), 'the test')
const owner = { action: 'act', boundText: '["list 7"]' }
const terms = { ...owner, ttl: 60, binding: undefined }
const state = { tries: 2 }

test('opens for the form that it was sealed for, and no other', () => {
  const token = sealFormState(registry, state, terms)
  const opened = openFormState(registry, token, { owner, session: undefined })
  assert.deepEqual(opened?.state, state)
  assert.equal(opened?.current, true)
  for (const other of [
    undefined,
    { ...owner, action: 'act2' },
    { ...owner, boundText: '["list 8"]' },
    { ...owner, boundText: '' },
  ]) {
    assert.equal(openFormState(registry, token, { owner: other, session: undefined }), undefined)
  }
})

test('opens for the session that it was sealed for, and no other', () => {
  const binding = sessionBinding(registry.keys, 'sid-1')
  const token = sealFormState(registry, state, { ...terms, binding })
  assert.deepEqual(openFormState(registry, token, { owner, session: 'sid-1' })?.state, state)
  assert.equal(openFormState(registry, token, { owner, session: 'sid-2' }), undefined)
  assert.equal(openFormState(registry, token, { owner, session: undefined }), undefined)
})

test('still opens when it has expired, and says so', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_760_000_000_000 })
  const token = sealFormState(registry, state, terms)
  t.mock.timers.setTime(1_760_000_060_000)
  const opened = openFormState(registry, token, { owner, session: undefined })
  assert.deepEqual([opened?.state, opened?.current], [state, false])
})

test('is no flash, and a flash is no state of a form', () => {
  const field = sealFormState(registry, state, { ...terms, boundText: '' })
  assert.equal(openState(registry, field, { carrier: 'flash', session: undefined }), undefined)
  const flash = sealState(registry, state, {
    carrier: 'flash',
    action: 'act',
    ttl: 60,
    binding: undefined,
    form: undefined,
  })
  const bare = { action: 'act', boundText: '' }
  assert.equal(openFormState(registry, flash, { owner: bare, session: undefined }), undefined)
  assert.deepEqual(openState(registry, flash, { carrier: 'flash', session: undefined })?.state, state)
})
