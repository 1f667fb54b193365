import assert from 'node:assert/strict'
import { test } from 'node:test'
import nacl from 'tweetnacl'
import { boxOffset, messageOffset, Secretbox } from '../../../lib/seal/secretbox.js'

const key = nacl.hash(Buffer.from('key')).subarray(0, 32)
const nonce = nacl.hash(Buffer.from('nonce')).subarray(0, 24)

function boxOf(text: Uint8Array): Uint8Array {
  const message = new Uint8Array(messageOffset + text.length)
  message.set(text, messageOffset)
  const box = new Uint8Array(message.length)
  new Secretbox(box, message, nonce).encrypt(text.length, key)
  return box
}

test('encrypts as the package does, for every length around a block', () => {
  for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 95, 96, 97, 6080]) {
    const text = nacl.randomBytes(length)
    assert.deepEqual(boxOf(text).subarray(boxOffset), nacl.secretbox(text, nonce, key))
  }
})

test('decrypts what the package encrypts, for every length around a block', () => {
  for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 95, 96, 97, 6080]) {
    const text = nacl.randomBytes(length)
    const box = new Uint8Array(messageOffset + length)
    box.set(nacl.secretbox(text, nonce, key), boxOffset)
    box.fill(0xff, 0, boxOffset)
    const message = new Uint8Array(messageOffset + length)
    assert.equal(new Secretbox(box, message, nonce).decrypt(length, key), true)
    assert.deepEqual(message.subarray(messageOffset), text)
    assert.deepEqual(message.subarray(0, messageOffset), new Uint8Array(messageOffset))
  }
})

test('decrypts nothing when the authenticator is wrong', () => {
  const text = nacl.randomBytes(64)
  const box = boxOf(text)
  const message = new Uint8Array(box.length).fill(7)
  const secretbox = new Secretbox(box, message, nonce)
  for (const at of [boxOffset, messageOffset - 1, messageOffset, box.length - 1]) {
    box[at]! ^= 1
    assert.equal(secretbox.decrypt(text.length, key), false)
    box[at]! ^= 1
  }
  assert.equal(secretbox.decrypt(text.length, nacl.randomBytes(32)), false)
  assert.equal(new Secretbox(box, message, nacl.randomBytes(24)).decrypt(text.length, key), false)
  assert.deepEqual(message, new Uint8Array(box.length).fill(7))
  assert.equal(secretbox.decrypt(text.length, key), true)
})
