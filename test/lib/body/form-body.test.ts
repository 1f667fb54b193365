import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { shortenInput } from '../../../lib/answer/shorten-input.js'
import { givenBackBytes } from '../../../lib/body/body-reader.js'
import type { Reading } from '../../../lib/body/reading.js'
import {
  bodyOf,
  field,
  multipart,
  parts,
  read,
  remainder,
  request,
  urlencoded,
} from '../../setup/requests.js'

interface Recorded {
  readonly file: string
  readonly contentType: string
  readonly entries: readonly (readonly [string, string | { file: string; size: number }])[]
}

// The reader's timers let the process exit; these tests wait for them.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

const folder = new URL('../../../../test/vectors/bodies/', import.meta.url)
const index: { bodies: Recorded[] } = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'))

/** Normalises text as the HTML standard sends it: lone surrogates replaced, every line break CR LF. */
function onTheWire(text: string): string {
  return Buffer.from(text)
    .toString()
    .replace(/\r\n|\r|\n/g, '\r\n')
}

function expected(recorded: Recorded): [string, string][] {
  const entries: [string, string][] = []
  for (const [name, value] of recorded.entries) {
    if (name.startsWith('sealform')) continue
    if (typeof value === 'string') entries.push([onTheWire(name), onTheWire(value)])
    // urlencoded sends the name of a file as text. multipart sends an empty part for a file that was not chosen.
    else if (recorded.contentType === urlencoded) entries.push([name, value.file])
  }
  return entries
}

test('reads each recorded Chromium body to the entries of its FormData, with its length and chunked', async () => {
  assert.ok(index.bodies.length >= 20)
  for (const recorded of index.bodies) {
    const bytes = readFileSync(new URL(recorded.file, folder))
    for (const length of [true, false]) {
      const reading = await read([bytes], { type: recorded.contentType, length })
      assert.equal(reading.refusal, undefined, recorded.file)
      assert.deepEqual(reading.entries, expected(recorded), recorded.file)
    }
  }
})

test('reads each recorded body alike when it is split at any offset', async () => {
  for (const recorded of index.bodies) {
    const bytes = readFileSync(new URL(recorded.file, folder))
    // Long bodies are split around the ends of buffers, and at scattered offsets.
    const step = bytes.length > 2000 ? 997 : 1
    for (let at = 1; at < bytes.length; at += step) {
      const reading = await read([bytes.subarray(0, at), bytes.subarray(at)], {
        type: recorded.contentType,
        length: false,
      })
      assert.equal(reading.refusal, undefined, `${recorded.file} at ${at}`)
      assert.deepEqual(reading.entries, expected(recorded), `${recorded.file} at ${at}`)
    }
  }
})

test('reads each recorded body alike byte by byte', async () => {
  for (const recorded of index.bodies) {
    const bytes = readFileSync(new URL(recorded.file, folder))
    if (bytes.length > 2000) continue
    for (const length of [true, false]) {
      const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
      const reading = await read(pieces, { type: recorded.contentType, length })
      assert.equal(reading.refusal, undefined, recorded.file)
      assert.deepEqual(reading.entries, expected(recorded), recorded.file)
    }
  }
})

test('removes the seal, form, state and submit fields from the entries', async () => {
  for (const recorded of index.bodies.filter(({ file }) => file.startsWith('own-fields'))) {
    const body = await bodyOf(
      request([readFileSync(new URL(recorded.file, folder))], { type: recorded.contentType }),
    )
    assert.equal(body.seal, 'AbC-_09')
    assert.equal(body.complete, true)
    const reading = await body.read({
      body: 2000,
      fields: 1,
      depth: 0,
      fieldName: 5,
      fieldValue: 1,
      bodyTime: 1,
      idleTime: 1,
    })
    assert.deepEqual(reading.own, {
      form: 'todos.add',
      state: 'S-_9',
      submit: 'Other_1',
      validate: undefined,
      trapped: false,
      named: undefined,
    })
    assert.deepEqual(reading.entries, [['title', 'x']])
    assert.equal(reading.refusal, undefined)
  }
})

test('reads the seal of an image button from its name', async () => {
  for (const recorded of index.bodies.filter(({ file }) => file.startsWith('image-button'))) {
    const reading = await read([readFileSync(new URL(recorded.file, folder))], { type: recorded.contentType })
    assert.equal(reading.own.submit, 'Im_-9')
    assert.deepEqual(reading.entries, [['title', 'x']])
  }
})

const seal = 'sealform=S'

test('refuses a second field of our own', async () => {
  for (const name of [
    'sealform',
    'sealform.form',
    'sealform.state',
    'sealform.submit',
    'sealform.submit.A.x',
  ]) {
    const reading = await read([`${seal}&${name}=a&${name}=b&t=1`])
    assert.deepEqual([reading.refusal?.status, reading.refusal?.reason], [400, 'duplicate'], name)
    assert.deepEqual(reading.entries, [['t', '1']])
    const many = await read([parts(field('sealform', 'S'), field(name, 'a'), field(name, 'b'))], {
      type: multipart,
    })
    assert.equal(many.refusal?.reason, 'duplicate', name)
  }
})

test('refuses two submit buttons', async () => {
  assert.equal((await read([`${seal}&sealform.submit=A&sealform.submit.A.x=1`])).refusal?.reason, 'duplicate')
  assert.equal(
    (await read([`${seal}&sealform.submit.A.x=1&sealform.submit.B.y=1`])).refusal?.reason,
    'duplicate',
  )
  assert.equal((await read([`${seal}&sealform.submit.A.x=1&sealform.submit=A`])).refusal?.reason, 'duplicate')
})

test('refuses other names that start with sealform', async () => {
  for (const name of [
    'sealforms',
    'sealform.',
    'sealform.other',
    'sealform.submit.',
    'sealform.submit.A.z',
    'sealform[]',
    'sealform%2Eother',
  ]) {
    assert.deepEqual((await read([`${seal}&${name}=1`])).refusal?.reason, 'reserved', name)
  }
})

test('refuses the name __proto__, and accepts the other properties of objects', async () => {
  const reading = await read([`${seal}&__proto__=1&constructor=2&then=3`])
  assert.equal(reading.refusal?.reason, 'reserved')
  assert.deepEqual(reading.entries, [
    ['constructor', '2'],
    ['then', '3'],
  ])
  assert.equal(
    (await read([parts(field('sealform', 'S'), field('__proto__', '1'))], { type: multipart })).refusal
      ?.status,
    400,
  )
})

test('refuses an over-long value in a field of our own', async () => {
  const longest = 's'.repeat(8192)
  assert.equal((await read([`${seal}&sealform.state=${longest}`])).own.state, longest)
  assert.equal((await read([`${seal}&sealform.state=${longest}s`])).refusal?.reason, 'malformed')
  assert.equal((await bodyOf(request([`sealform=${longest}&a=1`]))).seal, longest)
  const body = await bodyOf(request([`sealform=${longest}s&a=1`]))
  assert.equal(body.seal, undefined)
  const long = await bodyOf(request([parts(field('sealform', `${longest}s`))], { type: multipart }))
  assert.equal(long.seal, undefined)
  const fits = await bodyOf(request([parts(field('sealform', longest))], { type: multipart }))
  assert.equal(fits.seal, longest)
})

/** Reads a form in both encodings, whole and in pieces. All readings must agree. */
async function readInAllWays(form: readonly (readonly [string, string])[], limits = {}): Promise<Reading> {
  const entries: [string, string][] = [
    ['sealform', 'S'],
    ...form.map(([name, value]): [string, string] => [name, value]),
  ]
  const bodies: [string, string][] = [
    [urlencoded, new URLSearchParams(entries).toString()],
    [multipart, parts(...entries.map(([name, value]) => field(name, value)))],
  ]
  const readings: Reading[] = []
  for (const [type, body] of bodies) {
    for (const at of [body.length, 70]) {
      const pieces = [body.slice(0, at), body.slice(at)].filter((piece) => piece !== '')
      readings.push(await read(pieces, { type, length: false }, limits))
    }
  }
  for (const reading of readings) assert.deepEqual(reading, readings[0])
  return readings[0]!
}

test('removes the prefix of a secret from a name, keeps the order, and remembers the name', async () => {
  const reading = await readInAllWays([
    ['a', '1'],
    ['sealform.secret.door', 'x'],
    ['sealform.secret.rows[0].key', ''],
    ['door', '2'],
    ['sealform.secret.door', 'y'],
    ['sealform.form', 'act'],
    ['sealform.secret.größe', 'ü'],
  ])
  assert.equal(reading.refusal, undefined)
  assert.deepEqual(reading.entries, [
    ['a', '1'],
    ['door', 'x'],
    ['rows[0].key', ''],
    ['door', '2'],
    ['door', 'y'],
    ['größe', 'ü'],
  ])
  assert.deepEqual(reading.secrets, new Set(['door', 'rows[0].key', 'größe']))
  assert.equal(reading.own.form, 'act')
  assert.equal((await readInAllWays([['door', 'x']])).secrets, undefined)
})

test('removes the prefix of a secret in any spelling of the encoding', async () => {
  const reading = await read([`${seal}&%73ealform%2Esecret.d%6For=1`])
  assert.deepEqual(reading.entries, [['door', '1']])
  assert.deepEqual(reading.secrets, new Set(['door']))
  const malformed = await read([`${seal}&sealform.secret.door=hunter%ZZ`])
  assert.equal(malformed.refusal?.reason, 'malformed')
  assert.deepEqual(malformed.entries, [['door', 'hunter%ZZ']])
  assert.deepEqual(malformed.secrets, new Set(['door']))
})

test('refuses the prefix of a secret without a name that a field can have', async () => {
  for (const name of [
    'sealform.secret.',
    'sealform.secret.sealform',
    'sealform.secret.sealform.state',
    'sealform.secret.sealform.secret.door',
    'sealform.secret.__proto__',
    'sealform.secret',
    'sealform.secretdoor',
  ]) {
    const reading = await readInAllWays([
      ['a', '1'],
      [name, 'hunter'],
      ['b', '2'],
    ])
    assert.deepEqual([reading.refusal?.status, reading.refusal?.reason], [400, 'reserved'], name)
    assert.doesNotMatch(reading.refusal?.detail ?? '', /hunter/)
    assert.deepEqual(reading.entries, [
      ['a', '1'],
      ['b', '2'],
    ])
  }
})

test('applies the limits to a secret, with its name counted without the prefix', async () => {
  const verdict = async (form: readonly (readonly [string, string])[], limits: object) => {
    const { refusal, entries, secrets } = await readInAllWays(form, limits)
    assert.deepEqual(entries.at(-1)?.[0], form.at(-1)?.[0].replace('sealform.secret.', ''))
    assert.ok(secrets?.has(entries.at(-1)?.[0] ?? ''))
    return refusal ? `${refusal.status} ${refusal.reason} ${refusal.limit}` : 'taken'
  }
  const door = [['sealform.secret.größe', 'ü'.repeat(5000)]] as const
  assert.equal(await verdict(door, { fieldName: 7 }), 'taken')
  assert.equal(await verdict(door, { fieldName: 6 }), '413 field-name 6')
  assert.equal(await verdict(door, { fieldValue: 10_000 }), 'taken')
  assert.equal(await verdict(door, { fieldValue: 9999 }), '413 field-value 9999')
  const two = [
    ['a', '1'],
    ['sealform.secret.door', '2'],
  ] as const
  assert.equal(await verdict(two, { fields: 2 }), 'taken')
  assert.equal(await verdict(two, { fields: 1 }), '413 fields 1')
})

test('remembers a secret that comes after more fields than are kept', async () => {
  const many = Array.from({ length: 1010 }, (_, i): [string, string] => ['door', String(i)])
  const reading = await readInAllWays([...many, ['sealform.secret.door', 'hunter']], { fields: 5 })
  assert.equal(reading.refusal?.reason, 'fields')
  assert.equal(reading.entries.length, 1005)
  assert.deepEqual(reading.secrets, new Set(['door']))
})

/** Each limit just under, at, and just over, in both encodings, whole and in pieces, with a length and chunked. */
async function verdicts(limits: Record<string, number>, form: [string, string][]): Promise<Set<string>> {
  const entries: [string, string][] = [['sealform', 'S'], ...form]
  const bodies: [string, string][] = [
    [urlencoded, new URLSearchParams(entries).toString()],
    [multipart, parts(...entries.map(([name, value]) => field(name, value)))],
  ]
  const seen = new Set<string>()
  for (const [type, body] of bodies) {
    const bytes = Buffer.from(body)
    for (const length of [true, false]) {
      for (const pieces of [[bytes], [bytes.subarray(0, 70), bytes.subarray(70)]]) {
        const { refusal, entries } = await read(pieces, { type, length }, limits)
        seen.add(refusal ? `${refusal.status} ${refusal.reason} ${refusal.limit}` : 'taken')
        assert.deepEqual(entries, form)
      }
    }
  }
  return seen
}

test('applies the limit fields at exactly its value', async () => {
  const form: [string, string][] = [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]
  assert.deepEqual(await verdicts({ fields: 4 }, form), new Set(['taken']))
  assert.deepEqual(await verdicts({ fields: 3 }, form), new Set(['taken']))
  assert.deepEqual(await verdicts({ fields: 2 }, form), new Set(['413 fields 2']))
})

test('applies the limit fieldName at exactly its value in bytes', async () => {
  assert.deepEqual(await verdicts({ fieldName: 7 }, [['größe', '1']]), new Set(['taken']))
  assert.deepEqual(await verdicts({ fieldName: 6 }, [['größe', '1']]), new Set(['413 field-name 6']))
  assert.deepEqual(await verdicts({ fieldName: 5 }, [['abcde', '1']]), new Set(['taken']))
  assert.deepEqual(await verdicts({ fieldName: 4 }, [['abcde', '1']]), new Set(['413 field-name 4']))
})

test('applies the limit fieldValue at exactly its value in bytes', async () => {
  const value = 'ü😀x'.repeat(20)
  assert.deepEqual(await verdicts({ fieldValue: 141 }, [['a', value]]), new Set(['taken']))
  assert.deepEqual(await verdicts({ fieldValue: 140 }, [['a', value]]), new Set(['taken']))
  assert.deepEqual(await verdicts({ fieldValue: 139 }, [['a', value]]), new Set(['413 field-value 139']))
})

test('applies the limit body at exactly its value', async () => {
  const bodies: [string, string][] = [
    [urlencoded, `${seal}&a=${'x'.repeat(500)}`],
    [multipart, parts(field('sealform', 'S'), field('a', 'x'.repeat(500)))],
  ]
  for (const [type, body] of bodies) {
    const bytes = Buffer.from(body)
    for (const length of [true, false]) {
      for (const pieces of [[bytes], [bytes.subarray(0, 90), bytes.subarray(90)]]) {
        const sending = { type, length }
        assert.equal((await read(pieces, sending, { body: bytes.length + 1 })).refusal, undefined)
        assert.equal((await read(pieces, sending, { body: bytes.length })).refusal, undefined)
        const over = await read(pieces, sending, { body: bytes.length - 1 })
        assert.deepEqual([over.refusal?.status, over.refusal?.reason], [413, 'body'])
        assert.equal(over.refusal?.limit, bytes.length - 1)
        assert.deepEqual(over.entries, [['a', 'x'.repeat(500)]])
      }
    }
  }
})

test('refuses a body that pauses for longer than idleTime, and returns the fields so far', async () => {
  const sending = { length: false, ending: 'open' } as const
  const reading = await read([`${seal}&a=1&b=2`], sending, { idleTime: 0.05 })
  assert.deepEqual(
    [reading.refusal?.status, reading.refusal?.reason, reading.refusal?.limit],
    [413, 'time', 0.05],
  )
  assert.deepEqual(reading.entries, [
    ['a', '1'],
    ['b', '2'],
  ])
})

test('refuses a body that takes longer than bodyTime', async () => {
  const req = request([`${seal}&a=1`], { length: false, ending: 'open' })
  const drip = setInterval(() => req.push('x'), 10)
  const body = await bodyOf(req)
  const reading = await body.read({
    body: 9999,
    fields: 9,
    depth: 0,
    fieldName: 9,
    fieldValue: 9999,
    bodyTime: 0.1,
    idleTime: 5,
  })
  clearInterval(drip)
  assert.deepEqual([reading.refusal?.reason, reading.refusal?.limit], ['time', 0.1])
})

test('stops one second after a refusal when the body goes on', async () => {
  const req = request([parts(field('sealform', 'S'), field('sealform.x', '1')).slice(0, -4)], {
    type: multipart,
    length: false,
    ending: 'open',
  })
  const started = performance.now()
  const reading = await (await bodyOf(req)).read({
    body: 9999,
    fields: 9,
    depth: 0,
    fieldName: 99,
    fieldValue: 99,
    bodyTime: 60,
    idleTime: 60,
  })
  assert.equal(reading.refusal?.reason, 'reserved')
  assert.ok(performance.now() - started < 50_000)
})

test('stops one megabyte beyond the limit on the body', async () => {
  const block = Buffer.alloc(65_536, 'x')
  const req = request([`${seal}&a=`, ...Array.from({ length: 64 }, () => block)], { length: false })
  const reading = await (await bodyOf(req)).read({
    body: 1000,
    fields: 9,
    depth: 0,
    fieldName: 9,
    fieldValue: 9999,
    bodyTime: 9,
    idleTime: 9,
  })
  assert.equal(reading.refusal?.reason, 'body')
  assert.ok(reading.entries[0]![1].length >= 1024 * 1024)
  assert.ok(reading.entries[0]![1].length < 1024 * 1024 + 3 * 65_536)
  assert.equal(req.isPaused(), true)
})

test('returns a refused body whole when it declares its length, and 64 KiB of it otherwise', async () => {
  const text = 'x'.repeat(300_000)
  const pieces = [`${seal}&a=`, ...Array.from({ length: 30 }, () => text.slice(0, 10_000))]
  const whole = await read(pieces, { length: true }, {}, 'give-back')
  assert.equal(whole.entries[0]![1].length, 300_000)
  const some = await read(pieces, { length: false }, {}, 'give-back')
  assert.equal(some.entries[0]![1].length, givenBackBytes - `${seal}&a=`.length)
  assert.deepEqual([whole.cut, some.cut], [false, true])
})

test('reads 64 KiB of a body whose seal did not open, whatever length it declares', async () => {
  const start = `${seal}&a=`
  for (const beyond of [-1, 0, 1, 900_000]) {
    const text = 'x'.repeat(givenBackBytes - start.length + beyond)
    const body = Buffer.from(start + text)
    const inPieces = Array.from({ length: Math.ceil(body.length / 10_000) }, (_, i) =>
      body.subarray(i * 10_000, (i + 1) * 10_000),
    )
    for (const [pieces, length] of [
      [[body], true],
      [inPieces, true],
      [inPieces, false],
    ] as const) {
      const reading = await read(pieces, { length }, {}, 'unopened')
      assert.equal(reading.entries[0]?.[1].length, text.length - Math.max(0, beyond), `${beyond} ${length}`)
      assert.equal(reading.cut, beyond > 0, `${beyond} ${length}`)
    }
  }
})

test('reads no more text to escape than an answer shows, and shows the same as from 64 KiB', async () => {
  const texts = [
    '<',
    '%3C',
    '%3c',
    'a%22b',
    "'",
    'x&',
    'ä>',
    '+&amp;',
    '%',
    '%2',
    '%zz<',
    '>'.repeat(30) + 'x'.repeat(900),
  ]
  for (const text of texts) {
    const body = Buffer.from(`${seal}&a=1&b=${text.repeat(Math.ceil(givenBackBytes / text.length))}`)
    const early = await read(
      [body.subarray(0, givenBackBytes)],
      { length: false, ending: 'open' },
      {},
      'unopened',
    )
    const late = await read([body.subarray(0, 200), body.subarray(200)], { length: false }, {}, 'unopened')
    assert.deepEqual(shortenInput(early.entries, early.cut), shortenInput(late.entries, late.cut), text)
  }
  const few = await read([`${seal}&b=${'<'.repeat(60_000)}`], {}, {}, 'unopened')
  assert.ok(few.entries[0]![1].length < 5000)
  assert.equal(few.cut, true)
})

test('reads 64 KiB of a multipart body whose seal did not open', async () => {
  const text = 'x'.repeat(100_000)
  for (const length of [true, false]) {
    const body = parts(field('sealform', 'S'), field('a', 'typed'), field('b', text))
    const pieces = body.match(/.{1,9999}/gs)!
    const reading = await read(pieces, { type: multipart, length }, {}, 'unopened')
    assert.deepEqual(reading.entries[0], ['a', 'typed'])
    assert.equal(reading.entries[1]![1].length, givenBackBytes - body.indexOf('xx'))
    assert.equal(reading.cut, true)
  }
})

test('reads no more fields than an answer shows when the seal did not open', async () => {
  for (const [sent, kept] of [
    [199, 199],
    [200, 200],
    [201, 201],
    [202, 201],
    [30_000, 201],
  ] as const) {
    const reading = await read([`${seal}&${'a&'.repeat(sent)}`], {}, {}, 'unopened')
    assert.deepEqual([reading.entries.length, reading.cut], [kept, sent > 200])
  }
})

test('reads no more parts than an answer shows when the seal did not open', async () => {
  for (const [sent, kept] of [
    [199, 199],
    [200, 200],
    [201, 201],
    [202, 201],
    [900, 201],
  ] as const) {
    const texts = Array.from({ length: sent }, (_, i) => field(`f${i}`, 'x'))
    const body = parts(field('sealform', 'S'), ...texts)
    for (const [pieces, length] of [
      [[body], true],
      [body.match(/.{1,999}/gs)!, true],
      [body.match(/.{1,999}/gs)!, false],
    ] as const) {
      const reading = await read(pieces, { type: multipart, length }, {}, 'unopened')
      assert.deepEqual([reading.entries.length, reading.cut], [kept, sent > 200], `${sent} ${length}`)
    }
  }
})

test('finds the field behind any number of empty pairs', async () => {
  const reading = await read([`&&${seal}&&&a=1${'&'.repeat(9000)}b=2&&`])
  assert.deepEqual(reading.entries, [
    ['a', '1'],
    ['b', '2'],
  ])
})

test('stops a refused upload of unknown length at its first file', async () => {
  const file = `--XX\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n${'x'.repeat(2000)}`
  const start = parts(field('sealform', 'S'), field('t', 'typed')).slice(0, -8)
  const req = request([start, file, 'x'.repeat(5000), 'x'.repeat(5000)], {
    type: multipart,
    length: false,
    ending: 'open',
  })
  const reading = await (await bodyOf(req)).read(
    { body: 99999, fields: 9, depth: 0, fieldName: 9, fieldValue: 99, bodyTime: 9, idleTime: 9 },
    { mode: 'give-back' },
  )
  assert.deepEqual(reading.entries, [['t', 'typed']])
  assert.equal(req.isPaused(), true)
})

test('settles as aborted at whatever byte the client leaves', async () => {
  const bodies: [string, string][] = [
    [urlencoded, `${seal}&a=1&b=2`],
    [multipart, parts(field('sealform', 'S'), field('a', '1'))],
  ]
  for (const [type, body] of bodies) {
    for (let at = body.indexOf('a') + 1; at < body.length; at++) {
      const req = request([body.slice(0, at), ''], { type, length: false, ending: 'abort' })
      const recognised = await bodyOf(req).catch((error: Error) => error.message)
      if (typeof recognised === 'string') {
        assert.equal(recognised, 'the request is aborted')
      } else {
        const reading = await recognised.read({
          body: 9999,
          fields: 9,
          depth: 0,
          fieldName: 9,
          fieldValue: 99,
          bodyTime: 9,
          idleTime: 9,
        })
        assert.equal(reading.aborted, true)
      }
      for (const event of ['data', 'end', 'error', 'close', 'readable'])
        assert.equal(req.listenerCount(event), 0, event)
    }
  }
})

test('leaves no listener behind and lets the request end', async () => {
  const req = request([`${seal}&a`, '=1'], { length: false })
  const reading = await (await bodyOf(req)).read({
    body: 9999,
    fields: 9,
    depth: 0,
    fieldName: 9,
    fieldValue: 99,
    bodyTime: 9,
    idleTime: 9,
  })
  assert.deepEqual(reading.entries, [['a', '1']])
  for (const event of ['data', 'error', 'close', 'readable']) assert.equal(req.listenerCount(event), 0, event)
  assert.equal((await remainder(req)).length, 0)
})

test('refuses a coded body and another charset', async () => {
  const cases: [Record<string, string>, number, string][] = [
    [{ 'content-encoding': 'gzip' }, 415, 'encoding'],
    [{ 'content-type': `${urlencoded}; charset=iso-8859-1` }, 415, 'charset'],
    [{ 'content-type': `${urlencoded}; charset=us-ascii` }, 415, 'charset'],
    [{ 'content-type': `${urlencoded}; charset` }, 400, 'malformed'],
  ]
  for (const [headers, status, reason] of cases) {
    const { refusal } = await read([`${seal}&a=1`], { headers })
    assert.deepEqual([refusal?.status, refusal?.reason], [status, reason])
  }
  for (const headers of [
    { 'content-encoding': 'identity' },
    { 'content-type': `${urlencoded};charset="UTF-8"` },
  ]) {
    assert.equal((await read([`${seal}&a=1`], { headers })).refusal, undefined)
  }
})
