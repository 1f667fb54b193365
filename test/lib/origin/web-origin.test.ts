import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWebOrigin, originOfHost, originOfUrl } from '../../../lib/origin/web-origin.js'

test('recognises an origin as browsers write it', () => {
  assert.ok(isWebOrigin('https://a.example'))
  assert.ok(isWebOrigin('http://a.example:8080'))
  assert.ok(isWebOrigin('https://[::1]'))
  for (const other of [
    'null',
    '',
    'https://A.example',
    'https://a.example/',
    'https://a.example:443',
    'a.example',
  ]) {
    assert.equal(isWebOrigin(other), false, other)
  }
})

test('writes protocol and host as an origin', () => {
  assert.equal(originOfHost('https', 'A.example:443'), 'https://a.example')
  assert.equal(originOfHost('http', 'a.example:443'), 'http://a.example:443')
  assert.equal(originOfHost('https', 'a.example:080'), 'https://a.example:80')
  assert.equal(originOfHost('https', 'a.example:'), 'https://a.example')
  assert.equal(originOfHost('http', '[0:0::1]:80'), 'http://[::1]')
})

test('keeps the two protocols of a host apart', () => {
  assert.equal(originOfHost('https', 'both.example'), 'https://both.example')
  assert.equal(originOfHost('http', 'both.example'), 'http://both.example')
  assert.equal(originOfHost('https', 'both.example'), 'https://both.example')
})

test('returns no origin for another protocol or a malformed host', () => {
  assert.equal(originOfHost('ftp', 'a.example'), undefined)
  assert.equal(originOfHost('HTTPS', 'a.example'), undefined)
  for (const host of ['', 'a b', 'a/b', 'u@a', 'a,b', 'a..b', '*', '%61', '::1', 'a:b', '__proto__:x']) {
    assert.equal(originOfHost('https', host), undefined, host)
  }
})

test('takes the origin of a URL, whatever its path', () => {
  assert.equal(originOfUrl('https://A.example:443/x?y#z'), 'https://a.example')
  assert.equal(originOfUrl('http://a.example?y'), 'http://a.example')
  assert.equal(originOfUrl('http://[::1]:3000/\\ \t'), 'http://[::1]:3000')
  for (const other of [
    'https://u@a.example/',
    'https:a.example',
    'https://a\\b/',
    'file:///x',
    'about:blank',
    '/x',
    '',
  ]) {
    assert.equal(originOfUrl(other), undefined, other)
  }
})
