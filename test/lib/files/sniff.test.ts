import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesContent, requireSniffing } from '../../../lib/files/sniff.js'
import { StreamedFile } from '../../../lib/files/streamed-file.js'
import { bareLib } from '../../setup/bare-lib.js'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1')
const pdf = Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<<>>\nendobj\n', 'latin1')
const zip = Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`, 'latin1')
const doc = Buffer.from(`d0cf11e0a1b11ae1${'00'.repeat(504)}`, 'hex')
const exe = Buffer.from(`MZ\x90\x00${'\0'.repeat(200)}`, 'latin1')
const html = Buffer.from('<!doctype html><script>alert(1)</script>')
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
const svgWithProlog = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
const noise = Buffer.from('0001020304050607f8f9fafb', 'hex')

function matches(types: readonly string[], name: string, type: string, content: Buffer): Promise<boolean> {
  return matchesContent({ types }, { name, type }, content)
}

test('accepts content of a listed type', async () => {
  assert.equal(await matches(['image/png'], 'a.png', 'image/png', png), true)
  assert.equal(await matches(['image/*'], 'a.jpg', 'image/jpeg', jpeg), true)
  assert.equal(await matches(['image/*', '.pdf'], 'a.pdf', 'application/pdf', pdf), true)
  assert.equal(await matches(['.gif'], 'a.gif', 'image/gif', gif), true)
})

test('refuses content of another type, whatever its name and declared type', async () => {
  assert.equal(await matches(['image/*'], 'a.png', 'image/png', html), false)
  assert.equal(await matches(['image/*'], 'a.png', 'image/png', exe), false)
  assert.equal(await matches(['image/*'], 'a.png', 'image/png', pdf), false)
  assert.equal(await matches(['image/png'], 'a.png', 'image/png', jpeg), false)
  assert.equal(await matches(['.pdf'], 'a.pdf', 'application/pdf', png), false)
  assert.equal(await matches(['application/pdf'], 'a.pdf', 'application/pdf', html), false)
})

test('refuses content without a known signature where the type requires one', async () => {
  assert.equal(await matches(['image/*'], 'a.png', 'image/png', noise), false)
  assert.equal(await matches(['image/*'], 'a.png', 'image/png', Buffer.alloc(0)), false)
  assert.equal(await matches(['image/png'], 'a.png', 'image/png', png.subarray(0, 7)), false)
})

test('knows other spellings of a type', async () => {
  assert.equal(await matches(['.jpeg'], 'a.jpeg', 'image/jpeg', jpeg), true)
  assert.equal(await matches(['image/jpg'], 'a.jpg', 'image/jpg', jpeg), true)
  assert.equal(
    await matches(['application/x-zip-compressed'], 'a.zip', 'application/x-zip-compressed', zip),
    true,
  )
  assert.equal(await matches(['.jpeg'], 'a.jpeg', 'image/jpeg', png), false)
})

test('judges a file by its content under each name of its type', async () => {
  for (const declared of ['application/zip', 'application/x-zip-compressed']) {
    for (const claimed of ['application/zip', 'application/x-zip-compressed', 'application/x-zip']) {
      assert.equal(await matches([declared], 'a.zip', claimed, zip), true, `${declared} ${claimed}`)
      assert.equal(await matches([declared], 'a.zip', claimed, png), false)
      assert.equal(await matches([declared], 'a.zip', claimed, html), false)
    }
  }
  const csv = Buffer.from('a;b\r\n1;2')
  assert.equal(await matches(['text/csv'], 'a.csv', 'application/vnd.ms-excel', csv), true)
  assert.equal(await matches(['text/csv'], 'a.csv', 'application/vnd.ms-excel', zip), false)
  assert.equal(await matches(['text/csv'], 'a.csv', 'application/vnd.ms-excel', noise), false)
  assert.equal(await matches(['text/csv'], 'a.xls', 'application/vnd.ms-excel', csv), false)
  assert.equal(await matches(['image/pjpeg'], 'a.jpg', 'image/jpeg', jpeg), true)
})

test('accepts text as its declared type when the type has no signature', async () => {
  assert.equal(await matches(['text/plain'], 'a.txt', 'text/plain', Buffer.from('hello')), true)
  assert.equal(await matches(['text/*'], 'a.txt', 'text/plain', Buffer.from('hello')), true)
  assert.equal(await matches(['.csv'], 'a.csv', 'application/vnd.ms-excel', Buffer.from('a;b\r\n1;2')), true)
  assert.equal(await matches(['application/json'], 'a.json', 'application/json', Buffer.from('{}')), true)
  assert.equal(
    await matches(['text/plain'], 'a.txt', 'text/plain', Buffer.from('\ufeffh\u00e9', 'utf16le')),
    true,
  )
  assert.equal(await matches(['text/plain'], 'a.txt', 'text/plain', Buffer.from('h\u00e9', 'latin1')), true)
  assert.equal(await matches(['text/plain'], 'a.txt', 'text/plain', Buffer.alloc(0)), true)
})

test('accepts text that happens to start like a picture', async () => {
  assert.equal(await matches(['text/csv'], 'cars.csv', 'text/csv', Buffer.from('BMW;3er;1999')), true)
})

test('refuses binary content as text', async () => {
  assert.equal(await matches(['text/plain'], 'a.txt', 'text/plain', png), false)
  assert.equal(await matches(['text/*'], 'a.txt', 'text/plain', exe), false)
  assert.equal(await matches(['text/plain'], 'a.txt', 'text/plain', noise), false)
  assert.equal(await matches(['.txt'], 'a.txt', 'text/plain', exe), false)
})

test('refuses text that is declared as another type', async () => {
  assert.equal(await matches(['text/csv'], 'a.html', 'text/html', html), false)
})

test('accepts a container as the document type that is declared for it', async () => {
  const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  assert.equal(await matches([docx], 'a.docx', docx, zip), true)
  assert.equal(await matches(['.docx'], 'a.docx', docx, zip), true)
  assert.equal(await matches(['.docx'], 'a.zip', 'application/zip', zip), false)
  assert.equal(await matches(['application/msword'], 'a.doc', 'application/msword', doc), true)
  assert.equal(await matches(['.doc'], 'a.doc', 'application/msword', exe), false)
  assert.equal(await matches(['.doc'], 'a.doc', 'application/msword', noise), false)
})

test('accepts SVG only where it is listed by name, since it may contain scripts', async () => {
  assert.equal(await matches(['image/svg+xml'], 'a.svg', 'image/svg+xml', svg), true)
  assert.equal(await matches(['image/svg+xml'], 'a.svg', 'image/svg+xml', svgWithProlog), true)
  assert.equal(await matches(['image/*'], 'a.svg', 'image/svg+xml', svg), false)
  assert.equal(await matches(['image/*'], 'a.svg', 'image/svg+xml', svgWithProlog), false)
})

test('reads a Blob as it reads bytes', async () => {
  const said = { name: 'a.png', type: 'image/png' }
  assert.equal(await matchesContent({ types: ['image/*'] }, said, new Blob([png])), true)
  assert.equal(await matchesContent({ types: ['image/*'] }, said, new Blob([html])), false)
  assert.equal(
    await matchesContent({ types: ['text/*'] }, { name: 'a', type: 'text/plain' }, new Blob(['a'])),
    true,
  )
})

test('reads a streamed file as it reads bytes, from its beginning, and lets go of it', async () => {
  let cancelled = 0
  const streamed = (content: Buffer) => {
    const stream = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(content),
        cancel: () => void cancelled++,
      })
    return new StreamedFile({ size: content.length, stream }, { name: 'a', type: '' })
  }
  const said = { name: 'a.png', type: 'image/png' }
  const long = (head: Buffer) => Buffer.concat([head, Buffer.alloc(100_000)])
  assert.equal(await matchesContent({ types: ['image/*'] }, said, streamed(long(png))), true)
  assert.equal(cancelled, 1)
  assert.equal(await matchesContent({ types: ['image/*'] }, said, streamed(long(pdf))), false)
  assert.equal(cancelled, 2)
})

test('accepts an installation that has the package', () => {
  requireSniffing('files: avatar')
})

test('says how to install the package where it is missing', async (t) => {
  const module = await import(bareLib(t, 'files/sniff.js'))
  assert.throws(() => module.requireSniffing('files: avatar'), {
    code: 'ERR_OPTION_INVALID',
    message:
      'files: avatar: "sniff" needs the package "file-type", which is not installed: npm install file-type@21',
  })
})
