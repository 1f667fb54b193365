import assert from 'node:assert/strict'
import { test } from 'node:test'
import busboy from 'busboy'
import { bodyOf, field, multipart, parts, read, request } from '../../setup/requests.js'

const seal = field('sealform', 'S')
const typed = field('t', 'typed')

/** Asserts the same verdict and entries for a body read whole, in two pieces, and byte by byte. */
async function readAnyhow(body: string | Buffer, type = multipart): ReturnType<typeof read> {
  const bytes = Buffer.from(body)
  const whole = await read([bytes], { type })
  const others = [
    [bytes.subarray(0, 70), bytes.subarray(70)],
    [bytes.subarray(0, bytes.length - 5), bytes.subarray(bytes.length - 5)],
    Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)),
  ]
  for (const pieces of others) {
    if (pieces.length > 5000) continue
    for (const length of [true, false]) {
      const reading = await read(pieces, { type, length })
      assert.deepEqual(reading.entries, whole.entries)
      assert.deepEqual(reading.refusal?.reason, whole.refusal?.reason)
      assert.deepEqual(reading.own, whole.own)
    }
  }
  return whole
}

async function assertRefused(body: string | Buffer, status: number, reason: string): Promise<void> {
  const { refusal } = await readAnyhow(body)
  assert.deepEqual([refusal?.status, refusal?.reason], [status, reason], body.toString().slice(0, 200))
}

test('keeps order, repeated names, empty values and line breaks', async () => {
  const { entries } = await readAnyhow(
    parts(seal, field('b', '1'), field('a', '2\r\n3\n4\r5'), field('b', ''), field('b', '\r\n')),
  )
  assert.deepEqual(entries, [
    ['b', '1'],
    ['a', '2\r\n3\n4\r5'],
    ['b', ''],
    ['b', '\r\n'],
  ])
})

test('reads text that looks like a delimiter as text', async () => {
  const values = [
    '--X',
    '--',
    'a\n--XX\nb',
    'a\r--XX',
    '\r\n-',
    '\r\n--',
    '\r\n--X',
    '\r\n--Y',
    '\r',
    '\r\r\n-\r\n--X',
  ]
  const { entries, refusal } = await readAnyhow(parts(seal, ...values.map((value) => field('v', value))))
  assert.equal(refusal, undefined)
  assert.deepEqual(
    entries.map(([, value]) => value),
    values,
  )
})

test('keeps a byte order mark in a value', async () => {
  assert.deepEqual((await readAnyhow(parts(seal, field('v', '\ufeffx')))).entries, [['v', '\ufeffx']])
})

test('reads names and values with backslashes as browsers send them', async () => {
  for (const name of ['a\\', '\\', 'a\\\\', 'a\\b', '\\%22']) {
    const { refusal, entries } = await readAnyhow(parts(seal, field(name, 'C:\\'), typed))
    assert.equal(refusal, undefined, name)
    assert.deepEqual(entries, [
      [name.replace('%22', '"'), 'C:\\'],
      ['t', 'typed'],
    ])
  }
})

test('reads a part that names UTF-8 as its charset', async () => {
  const part = [
    'Content-Disposition: form-data; name="v"\r\nContent-Type: text/plain; charset=UTF-8',
    'üß😀',
  ] as const
  const { entries, refusal } = await readAnyhow(parts(seal, part, typed))
  assert.equal(refusal, undefined)
  assert.deepEqual(entries, [
    ['v', 'üß😀'],
    ['t', 'typed'],
  ])
})

test('takes boundaries of 1 and of 70 characters', async () => {
  for (const boundary of ['b', 'x'.repeat(70), "'()+_,-./:=?"]) {
    const body = parts(seal, typed).replaceAll('XX', boundary)
    const { entries, refusal } = await readAnyhow(body, `multipart/form-data; boundary="${boundary}"`)
    assert.equal(refusal, undefined, boundary)
    assert.deepEqual(entries, [['t', 'typed']])
  }
})

test('refuses a body that is cut anywhere after the seal', async () => {
  const body = parts(seal, typed)
  for (let at = body.indexOf('S\r\n--XX') + 8; at < body.length - 2; at++) {
    const { refusal } = await read([body.slice(0, at)], { type: multipart })
    assert.equal(refusal?.reason, 'malformed', `at ${at}`)
  }
})

test('refuses a preamble, an epilogue, and a delimiter with something behind it', async () => {
  const body = parts(seal, typed)
  await assertRefused(`preamble\r\n${body}`, 400, 'malformed')
  await assertRefused(`\r\n${body}`, 400, 'malformed')
  await assertRefused(`${body}epilogue`, 400, 'malformed')
  await assertRefused(`${body}--XX\r\n`, 400, 'malformed')
  await assertRefused(
    body.replace(
      '--XX\r\nContent-Disposition: form-data; name="t"',
      '--XX \r\nContent-Disposition: form-data; name="t"',
    ),
    400,
    'malformed',
  )
  await assertRefused(parts(seal, field('v', '--XX')), 400, 'malformed')
  await assertRefused(parts(seal, field('v', '--XXY')), 400, 'malformed')
  await assertRefused(parts(seal, field('v', '\r\n--XXY')), 400, 'malformed')
  assert.equal((await readAnyhow(`${body}\r\n \t\r\n`)).refusal, undefined)
  assert.equal((await readAnyhow(body.slice(0, -2))).refusal, undefined)
})

test('refuses parts that busboy drops silently', async () => {
  await assertRefused(parts(seal, ['X-Nothing: 1', 'lost'], typed), 400, 'malformed')
  await assertRefused(
    parts(seal, ['Content-Disposition: attachment; name="a"', 'lost'], typed),
    400,
    'malformed',
  )
  await assertRefused(parts(seal, ['Content-Disposition: form-data', 'lost'], typed), 400, 'malformed')
  await assertRefused(
    parts(seal, ['Content-Disposition: form-data; name=""', 'lost'], typed),
    400,
    'malformed',
  )
  await assertRefused(parts(seal, ['', 'lost'], typed), 400, 'malformed')
  await assertRefused(
    parts(
      seal,
      ['Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=nope', 'lost'],
      typed,
    ),
    415,
    'charset',
  )
  await assertRefused(
    parts(
      seal,
      ['Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=YY', '--YY--'],
      typed,
    ),
    415,
    'nested',
  )
  await assertRefused(
    parts(
      seal,
      ['Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: quoted-printable', '=41'],
      typed,
    ),
    415,
    'encoding',
  )
})

test('returns the other fields of a body with a refused part', async () => {
  const { entries } = await readAnyhow(parts(seal, field('a', '1'), ['X-Nothing: 1', 'lost'], typed))
  assert.deepEqual(entries, [
    ['a', '1'],
    ['t', 'typed'],
  ])
})

test('refuses values that are not UTF-8', async () => {
  const body = Buffer.from(parts(seal, field('v', '\xff\xfe'), typed), 'latin1')
  await assertRefused(body, 400, 'malformed')
})

test('limits the headers of a part to 16 KiB', async () => {
  const line = 'Content-Disposition: form-data; name="a"'
  for (const [length, reason] of [
    [16_383, undefined],
    [16_384, undefined],
    [16_385, 'malformed'],
  ] as const) {
    const headers = `${line}\r\nX: ${'x'.repeat(length - line.length - 5)}`
    assert.equal(
      (await read([parts(seal, [headers, 'v'])], { type: multipart })).refusal?.reason,
      reason,
      `${length}`,
    )
  }
  const endless = Buffer.from(`${parts(seal).slice(0, -4)}\r\nX: ${'x'.repeat(40_000)}`)
  const reading = await read([endless.subarray(0, 90), endless.subarray(90)], { type: multipart })
  assert.equal(reading.refusal?.reason, 'malformed')
})

test('skips files without keeping any byte, and reads the text after them', async () => {
  for (const [headers, content] of [
    ['Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain', 'secret'],
    ['Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain', ''],
    ['Content-Disposition: form-data; name="f"; filename=""\r\nContent-Type: text/plain', 'x'],
    ['Content-Disposition: form-data; name="f"\r\nContent-Type: application/octet-stream', 'x'],
  ] as const) {
    const { entries, refusal } = await readAnyhow(parts(seal, [headers, content], typed))
    assert.deepEqual([refusal?.status, refusal?.reason, refusal?.limit], [413, 'files', 0])
    assert.deepEqual(entries, [['t', 'typed']])
  }
})

test('leaves out a file input without a chosen file', async () => {
  for (const type of ['application/octet-stream', 'text/plain']) {
    const part = [
      `Content-Disposition: form-data; name="f"; filename=""\r\nContent-Type: ${type}`,
      '',
    ] as const
    const { entries, refusal } = await readAnyhow(parts(seal, part, typed))
    assert.equal(refusal, undefined)
    assert.deepEqual(entries, [['t', 'typed']])
  }
})

test('keeps only the first error of several', async () => {
  const { refusal } = await readAnyhow(parts(seal, field('__proto__', '1'), ['X: 1', ''], seal))
  assert.equal(refusal?.reason, 'reserved')
})

test('never finds a seal in text inside another value', async () => {
  const forged = 'x\r\nContent-Disposition: form-data; name="sealform"\r\n\r\nforged'
  const body = await bodyOf(request([parts(field('a', forged), seal)], { type: multipart }))
  assert.equal(body.seal, 'S')
})

test('reads the same text as busboy where busboy is right', async () => {
  const body = parts(seal, field('a', 'x'.repeat(3000)), field('ü', 'ß\r\n'), typed)
  const found: [string, string][] = []
  const other = busboy({ headers: { 'content-type': multipart }, defParamCharset: 'utf8' })
  other.on('field', (name, value) => found.push([name, value]))
  other.end(body)
  assert.deepEqual((await readAnyhow(body)).entries, found.slice(1))
})
