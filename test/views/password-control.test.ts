import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Attributes } from '../../views/attributes.js'
import { nameAsSecret } from '../../views/password-control.js'

const known = { secrets: new Set(['code']) }

function nameOf(attributes: Attributes): Attributes[string] {
  return nameAsSecret(known, attributes).name
}

describe('a control', () => {
  it('gets the secret prefix when it is printed as a password, and keeps its other attributes', () => {
    const attributes = { id: 'act-door', name: 'door', type: 'password', required: true }
    assert.deepEqual(nameAsSecret(known, attributes), { ...attributes, name: 'sealform.secret.door' })
    assert.deepEqual(Object.keys(nameAsSecret(known, attributes)), Object.keys(attributes))
    assert.equal(nameOf({ name: 'door', TYPE: 'PASSWORD' }), 'sealform.secret.door')
    assert.equal(nameOf({ name: 7, type: 'password' }), 'sealform.secret.7')
  })

  it('keeps its name when its field is known as secret', () => {
    for (const name of ['code', 'password', '_note']) assert.equal(nameOf({ name, type: 'password' }), name)
  })

  it('keeps its name when it is of another type', () => {
    for (const type of ['text', 'passwords', ' password', true, undefined]) {
      assert.equal(nameOf({ name: 'door', type, 'data-type': 'password' }), 'door')
    }
  })

  it('stays without a name, so that it is not sent', () => {
    for (const name of ['', false, null, undefined]) assert.equal(nameOf({ name, type: 'password' }), name)
  })
})
