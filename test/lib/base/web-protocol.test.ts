import assert from 'node:assert/strict'
import { test } from 'node:test'
import { webProtocol } from '../../../lib/base/web-protocol.js'

test('reads a scheme without regard to case and spaces', () => {
  for (const named of ['https', 'HTTPS', 'Https', ' https '])
    assert.equal(webProtocol(named, 'http'), 'https')
  for (const named of ['http', 'HTTP']) assert.equal(webProtocol(named, 'https'), 'http')
})

test('goes by the connection when nothing is named', () => {
  for (const named of [undefined, '', ' ']) {
    assert.equal(webProtocol(named, 'http'), 'http')
    assert.equal(webProtocol(named, 'https'), 'https')
  }
})

test('keeps what is no scheme of the web, for the policy to refuse', () => {
  for (const named of ['ftp', 'https:', 'httpss', 'https,http'])
    assert.equal(webProtocol(named, 'http'), named)
})
