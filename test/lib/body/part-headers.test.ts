import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePartHeaders } from '../../../lib/body/part-headers.js'
import { processorTime } from '../../setup/processor-time.js'

const disposition = 'Content-Disposition: form-data; name="a"'

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

test('reads name, filename and type', () => {
  assert.deepEqual(parsePartHeaders(disposition), {
    name: 'a',
    filename: undefined,
    type: 'text/plain',
    charset: false,
  })
  assert.deepEqual(parsePartHeaders(`content-disposition:form-data;name=a\r\nX-Other: 1`), {
    name: 'a',
    filename: undefined,
    type: 'text/plain',
    charset: false,
  })
  assert.deepEqual(
    parsePartHeaders(
      `Content-Disposition: form-data; name="a"; filename="C:\\x.PNG"\r\nContent-Type: Image/PNG; q=1`,
    ),
    { name: 'a', filename: 'C:\\x.PNG', type: 'image/png', charset: false },
  )
  assert.deepEqual(parsePartHeaders(`${disposition}\r\nContent-Type: text/plain; charset="utf-8"`), {
    name: 'a',
    filename: undefined,
    type: 'text/plain',
    charset: true,
  })
})

test('reads names as browsers write them', () => {
  const names: [string, string][] = [
    ['%22%0D%0A%0a', '"\r\n\n'],
    ['100%41%', '100%41%'],
    ['back\\slash\\', 'back\\slash\\'],
    [latin1('名前 😀'), '名前 😀'],
    ['; filename=', '; filename='],
  ]
  for (const [wire, name] of names) {
    const headers = parsePartHeaders(`Content-Disposition: form-data; name="${wire}"`)
    assert.equal('name' in headers && headers.name, name)
  }
})

test('refuses unknown syntax in headers', () => {
  const blocks: [string, number, string][] = [
    ['', 400, 'malformed'],
    ['Content-Type: text/plain', 400, 'malformed'],
    ['Content-Disposition: attachment; name="a"', 400, 'malformed'],
    ['Content-Disposition: form-data', 400, 'malformed'],
    ['Content-Disposition: form-data; name=""', 400, 'malformed'],
    ['Content-Disposition: form-data; name="a"; name="b"', 400, 'malformed'],
    ['Content-Disposition: form-data; name="a"; filename="x"; filename="y"', 400, 'malformed'],
    [`Content-Disposition: form-data; name="a"; filename*=UTF-8''x`, 400, 'malformed'],
    ['Content-Disposition: form-data; name="a\\"b"', 400, 'malformed'],
    ['Content-Disposition: form-data; name="a', 400, 'malformed'],
    ['Content-Disposition: form-data; name="a" x', 400, 'malformed'],
    ['Content-Disposition: form-data; name="a\nb"', 400, 'malformed'],
    ['Content-Disposition: form-data; name="a\0"', 400, 'malformed'],
    ['Content-Disposition: form-data; name="\xff"', 400, 'malformed'],
    [`${disposition}\r\n${disposition}`, 400, 'malformed'],
    [`${disposition}\r\nContent-Type: text/plain\r\nContent-Type: text/plain`, 400, 'malformed'],
    [`${disposition}\r\nContent-Type: text`, 400, 'malformed'],
    [`${disposition}\r\n folded`, 400, 'malformed'],
    [`${disposition}\r\nno colon`, 400, 'malformed'],
    [`${disposition}\r\nName : x`, 400, 'malformed'],
    [`${disposition}\r\nContent-Type: text/plain; charset=utf-16`, 415, 'charset'],
    [`${disposition}\r\nContent-Type: text/plain; charset=unknown`, 415, 'charset'],
    [`${disposition}\r\nContent-Transfer-Encoding: base64`, 415, 'encoding'],
    [`${disposition}\r\nContent-Type: multipart/mixed; boundary=x`, 415, 'nested'],
  ]
  for (const [block, status, reason] of blocks) {
    const refusal = parsePartHeaders(block)
    assert.ok('status' in refusal, block)
    assert.deepEqual([refusal.status, refusal.reason], [status, reason], block)
  }
})

test('accepts transfer encodings that do not change the bytes', () => {
  for (const encoding of ['7bit', '8BIT', 'binary']) {
    assert.ok('name' in parsePartHeaders(`${disposition}\r\nContent-Transfer-Encoding: ${encoding}`))
  }
})

test('parses hostile headers in linear time', () => {
  const time = processorTime(() => {
    parsePartHeaders(`A:${' '.repeat(16_000)}\0`)
    parsePartHeaders(`A: x${' '.repeat(16_000)}x`)
    parsePartHeaders(`Content-Disposition: form-data;${' '.repeat(16_000)}x`)
    parsePartHeaders('A: b\r\n'.repeat(2700))
  })
  assert.ok(time < 200, `${time} ms`)
})
