import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SealformError } from '../../../lib/base/errors.js'
import { compileAllowedOrigins, normaliseOrigin } from '../../../lib/origin/allowed-origins.js'
import { processorTime } from '../../setup/processor-time.js'

test('allows nothing without entries', () => {
  assert.equal(compileAllowedOrigins(undefined)('https://a.example'), false)
  assert.equal(compileAllowedOrigins([])('https://a.example'), false)
})

test('allows a full origin, and no other scheme, port or name', () => {
  const allowed = compileAllowedOrigins(['https://a.example:8443', 'http://dev.example'])
  assert.ok(allowed('https://a.example:8443'))
  assert.ok(allowed('http://dev.example'))
  for (const other of [
    'https://a.example',
    'http://a.example:8443',
    'https://b.a.example:8443',
    'https://dev.example',
    'http://dev.example:8080',
    'http://dev.example.evil.example',
    'http://evildev.example',
    'null',
    '',
  ]) {
    assert.equal(allowed(other), false, other)
  }
})

test('reads a bare host as https', () => {
  const allowed = compileAllowedOrigins(['my-proxy.com', 'b.example:8443', '[::1]:3000', '127.0.0.1'])
  assert.ok(allowed('https://my-proxy.com'))
  assert.ok(allowed('https://b.example:8443'))
  assert.ok(allowed('https://[::1]:3000'))
  assert.ok(allowed('https://127.0.0.1'))
  assert.equal(allowed('http://my-proxy.com'), false)
  assert.equal(allowed('https://b.example'), false)
})

test('allows exactly one label under *.', () => {
  const allowed = compileAllowedOrigins(['*.my-proxy.com'])
  assert.ok(allowed('https://eu.my-proxy.com'))
  assert.ok(allowed('https://xn--bcher-kva.my-proxy.com'))
  assert.ok(allowed('https://a_b.my-proxy.com'))
  for (const other of [
    'https://my-proxy.com',
    'https://.my-proxy.com',
    'https://a.eu.my-proxy.com',
    'https://evilmy-proxy.com',
    'https://eu.my-proxy.com.evil.example',
    'https://eu.my-proxy.com:8443',
    'https://eu.my-proxy.com.',
    'http://eu.my-proxy.com',
    'https://a,b.my-proxy.com',
  ]) {
    assert.equal(allowed(other), false, other)
  }
})

test('allows one or more labels under **.', () => {
  const allowed = compileAllowedOrigins(['**.my-proxy.com'])
  assert.ok(allowed('https://eu.my-proxy.com'))
  assert.ok(allowed('https://a.b.c.eu.my-proxy.com'))
  for (const other of [
    'https://my-proxy.com',
    'https://.my-proxy.com',
    'https://a..my-proxy.com',
    'https://.a.my-proxy.com',
    'https://evilmy-proxy.com',
    'http://eu.my-proxy.com',
  ]) {
    assert.equal(allowed(other), false, other)
  }
})

test('matches a wildcard only with its scheme and port', () => {
  const allowed = compileAllowedOrigins(['https://*.x.example:8443', 'http://**.dev.example'])
  assert.ok(allowed('https://a.x.example:8443'))
  assert.ok(allowed('http://a.b.dev.example'))
  assert.equal(allowed('https://a.x.example'), false)
  assert.equal(allowed('http://a.x.example:8443'), false)
  assert.equal(allowed('https://a.x.example:443'), false)
  assert.equal(allowed('https://a.b.dev.example'), false)
})

test('matches any of several entries', () => {
  const allowed = compileAllowedOrigins(['*.a.example', '*.b.example', 'c.example'])
  assert.ok(allowed('https://x.a.example'))
  assert.ok(allowed('https://x.b.example'))
  assert.ok(allowed('https://c.example'))
  assert.equal(allowed('https://x.c.example'), false)
})

test('is not slow with a long name full of dots', () => {
  const allowed = compileAllowedOrigins(['**.a.example'])
  const time = processorTime(() => {
    assert.equal(allowed(`https://${'a.'.repeat(100_000)}.a.example`), false)
    assert.equal(allowed(`https://${'a'.repeat(100_000)}!.a.example`), false)
  })
  assert.ok(time < 200, `${time} ms`)
})

test('refuses entries that would allow every site', () => {
  refusesEntry('*', /every site of the web/)
  refusesEntry('**', /every site of the web/)
  refusesEntry('null', /sandboxed frame/)
  refusesEntry('*.com', /too wide.*'\*\.my-proxy\.com'/)
  refusesEntry('**.com', /too wide.*'\*\*\.my-proxy\.com'/)
  refusesEntry('https://*.com', /too wide/)
  refusesEntry('*.com:8443', /too wide/)
  refusesEntry('*.localhost', /too wide/)
  refusesEntry('*.com.', /without a dot at the end/)
  refusesEntry('*.my-proxy.com.', /without a dot at the end/)
  refusesEntry('*.127.0.0.1', /not a domain/)
  refusesEntry('*.[::1]', /not a domain/)
})

test('refuses a wildcard that is not at the start', () => {
  for (const entry of [
    'a.*.example',
    '*a.example',
    '*.*.example',
    '***.a.example',
    'a.example:*',
    'http*://a.example',
    '*://a.example',
    'https://*',
    '*.',
  ]) {
    refusesEntry(entry, /wrong place/)
  }
})

test('suggests the corrected value of an entry that is not written as browsers send it', () => {
  refusesEntry('my-proxy.com/', /write 'my-proxy\.com'/)
  refusesEntry('my-proxy.com/path?x#y', /write 'my-proxy\.com'/)
  refusesEntry('https://my-proxy.com/', /write 'https:\/\/my-proxy\.com'/)
  refusesEntry('https://my-proxy.com?', /write 'https:\/\/my-proxy\.com'/)
  refusesEntry('My-Proxy.com', /write 'my-proxy\.com'/)
  refusesEntry('HTTPS://my-proxy.com', /write 'https:\/\/my-proxy\.com'/)
  refusesEntry(' my-proxy.com', /write 'my-proxy\.com'/)
  refusesEntry('my-proxy.com\n', /'my-proxy\.com\\n'.*write 'my-proxy\.com'/)
  refusesEntry('user:secret@my-proxy.com', /write 'my-proxy\.com'/)
  refusesEntry('my-proxy.com:443', /write 'my-proxy\.com'/)
  refusesEntry('http://my-proxy.com:80', /write 'http:\/\/my-proxy\.com'/)
  refusesEntry('//my-proxy.com', /write 'my-proxy\.com'/)
  refusesEntry('b\u00fccher.example', /write 'xn--bcher-kva\.example'/)
  refusesEntry('*.b\u00fccher.example', /write '\*\.xn--bcher-kva\.example'/)
  refusesEntry('*.My-Proxy.com', /write '\*\.my-proxy\.com'/)
  refusesEntry('*.my-proxy.com/', /write '\*\.my-proxy\.com'/)
  refusesEntry('*.my-proxy.com:443', /write '\*\.my-proxy\.com'/)
  refusesEntry('HTTPS://**.my-proxy.com', /write 'https:\/\/\*\*\.my-proxy\.com'/)
  refusesEntry('127.1', /write '127\.0\.0\.1'/)
})

test('shows the three ways to write an entry when it cannot correct it', () => {
  for (const entry of [
    ' ',
    'ftp://a.example',
    'https:a.example',
    'file://',
    'http://',
    'a.example,b.example',
    'a.example b.example',
    'javascript:alert(1)',
    '.a.example',
    'a..example',
  ]) {
    refusesEntry(entry, /write entries such as 'https:\/\/a\.example', 'a\.example' or '\*\.a\.example'/)
  }
})

test('refuses an entry that is empty or not a string', () => {
  refusesEntry('', /empty string/)
  refusesEntry(undefined, /must contain strings/)
  refusesEntry(null, /not null/)
  refusesEntry(3000, /type number/)
  refusesEntry(['a.example'], /not a list/)
  refusesEntry(new URL('https://a.example'), /type object/)
})

test('refuses a string in place of the list', () => {
  assert.throws(
    () => Reflect.apply(compileAllowedOrigins, undefined, ['my-proxy.com']),
    isOptionError(/write allowedOrigins: \['my-proxy\.com'\]/),
  )
  assert.throws(
    () => Reflect.apply(compileAllowedOrigins, undefined, [null]),
    isOptionError(/must be a list, not null: write allowedOrigins: \['https:\/\/a\.example'\]/),
  )
})

test('takes an origin as browsers send it', () => {
  assert.equal(normaliseOrigin(undefined), undefined)
  assert.equal(normaliseOrigin('https://shop.example'), 'https://shop.example')
  assert.equal(normaliseOrigin('http://localhost:3000'), 'http://localhost:3000')
  assert.equal(normaliseOrigin('https://[::1]:8443'), 'https://[::1]:8443')
})

test('suggests the corrected value of an origin that is written differently', () => {
  refusesOrigin('https://shop.example/', /write 'https:\/\/shop\.example'/)
  refusesOrigin('https://Shop.example', /write 'https:\/\/shop\.example'/)
  refusesOrigin('https://shop.example:443', /write 'https:\/\/shop\.example'/)
  refusesOrigin('https://shop.example/path', /write 'https:\/\/shop\.example'/)
  refusesOrigin('https://me@shop.example', /write 'https:\/\/shop\.example'/)
  refusesOrigin('shop.example', /write 'https:\/\/shop\.example'/)
  refusesOrigin(' https://shop.example', /write 'https:\/\/shop\.example'/)
  refusesOrigin('https://b\u00fccher.example', /write 'https:\/\/xn--bcher-kva\.example'/)
  refusesOrigin('https://a.example,https://b.example', /write scheme and host/)
  refusesOrigin('ftp://shop.example', /write scheme and host/)
})

test('refuses an origin that names no host or several', () => {
  refusesOrigin('', /is not an origin: /)
  refusesOrigin('null', /is not an origin: /)
  refusesOrigin('*', /more than one/)
  refusesOrigin('https://*.shop.example', /more than one.*allowedOrigins/)
  refusesOrigin(null, /not null/)
  refusesOrigin(true, /type boolean/)
  refusesOrigin(['https://shop.example'], /not a list/)
})

function refusesEntry(entry: unknown, message: RegExp): void {
  const compile = () => Reflect.apply(compileAllowedOrigins, undefined, [['https://a.example', entry]])
  assert.throws(compile, isOptionError(message), String(entry))
}

function refusesOrigin(option: unknown, message: RegExp): void {
  const normalise = () => Reflect.apply(normaliseOrigin, undefined, [option])
  assert.throws(normalise, isOptionError(message), String(option))
}

function isOptionError(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SealformError)
    assert.equal(error.code, 'ERR_OPTION_INVALID')
    assert.match(error.message, message)
    return true
  }
}
