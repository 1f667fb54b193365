import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Attack, hostileTarget } from '../setup/hostile-app.js'
import { attacks, field, form, multi, multipart, post, sealOf } from '../setup/hostile-bodies.js'
import { chunked } from '../setup/raw-http.js'

describe('a hostile urlencoded body', () => {
  it('contains no bytes that are not UTF-8, and no malformed escape', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const tails: Record<string, string> = {
      'a stray percent sign': 'a=%',
      'half an escape': 'a=%4',
      'an escape of letters': 'a=%zz',
      'a stray percent sign in a name': '%=1',
      'percent u': 'a=%u0041',
      'bytes that are not UTF-8': 'a=%ff%fe',
      'raw bytes that are not UTF-8': 'a=\xff\xfe',
      'an overlong NUL': 'a=%c0%80',
      'an overlong slash': 'a=%e0%80%af',
      'an overlong slash of four bytes': 'a=%f0%80%80%af',
      'a high surrogate': 'a=%ed%a0%80',
      'a low surrogate': 'a=%ed%b0%80',
      'two surrogates': 'a=%ed%a0%80%ed%b0%80',
      'above the last code point': 'a=%f4%90%80%80',
      'five bytes': 'a=%f8%88%80%80%80',
      'a lone continuation': 'a=%80',
      'a sequence cut off': 'a=%e2%82',
      'a sequence cut off by a sign': 'a=%e2%82&b=%ac',
      'a malformed name': '%ff=1',
      'a surrogate in a name': '%ed%a0%80=1',
      __proto__: '__proto__=1',
      '__proto__ in escapes': '%5f%5fproto%5f%5f=1',
      '__proto__ without a value': '__proto__',
    }
    await target.withstand(
      Object.entries(tails).map(([name, tail]) => ({
        name,
        says: post(form, `sealform=${seal}&text=kept&${tail}`),
        status: 400,
        check: ({ body }) => assert.match(body, /value="kept"/),
      })),
    )
    const odd: Record<string, string> = {
      'a NUL': 'a=%00',
      'a NUL in a name': '%00=1',
      'every control character': `a=${Array.from({ length: 32 }, (_, i) => `%${i.toString(16).padStart(2, '0')}`).join('')}`,
      'line breaks in a name': 'a%0d%0ab=1',
      'an empty name': '=1',
      'only equals signs': '=====',
      'a non-character': 'a=%ef%bf%bf',
      'the replacement character': 'a=%ef%bf%bd',
      'a byte order mark': 'a=%ef%bb%bf',
      'override of direction': 'a=%e2%80%ae',
      brackets: 'a[b][c][]=1&a[b]=2&a=3',
      'a thousand brackets': `${'[a]'.repeat(60)}=1`,
      'names of methods': 'constructor=1&hasOwnProperty=2&toString=3&then=4&length=5',
      'raw UTF-8': 'a=\xc3\xa9',
      'raw controls': 'a=\0\x01\r\n\t',
      'a comma and semicolons': 'a=1;b=2,c=3',
    }
    await target.withstand(
      attacks(
        Object.fromEntries(
          Object.entries(odd).map(([name, tail]) => [name, post(form, `sealform=${seal}&text=x&${tail}`)]),
        ),
        303,
        1,
      ),
    )
  })

  it('cannot pass the limits in any way', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const start = `sealform=${seal}&`
    const filled = (length: number) => start + 'a='.padEnd(length - start.length, 'x')
    await target.withstand([
      ...attacks(
        {
          '1001 fields': post(form, start + 'a=1&'.repeat(1001)),
          '20000 fields': post(form, start + 'a=1&'.repeat(20000)),
          '100000 fields of one letter': post(form, start + 'a&'.repeat(100_000)),
          'a name of 201 bytes': post(form, `${start}${'n'.repeat(201)}=1`),
          'a name of 201 bytes in escapes': post(form, `${start}${'%6e'.repeat(201)}=1`),
          'a name of 101 letters of two bytes': post(form, `${start}${'%c3%a9'.repeat(101)}=1`),
          'a name of 900 KB': post(form, `${start}${'n'.repeat(900_000)}=1`),
          'a value of 256 KiB and a byte': post(form, `${start}a=${'x'.repeat(256 * 1024 + 1)}`),
          'a value of 256 KiB and a byte in escapes': post(form, `${start}a=${'%78'.repeat(256 * 1024 + 1)}`),
          'a body of 1 MiB and a byte': post(form, filled(1024 * 1024 + 1)),
          'a body of 3 MiB': post(form, filled(3 * 1024 * 1024)),
        },
        413,
      ),
      ...attacks(
        {
          '1000 fields': post(form, start + 'a=1&'.repeat(1000)),
          'a name of 200 bytes': post(form, `${start}${'n'.repeat(200)}=1`),
          'a name of 100 letters of two bytes': post(form, `${start}${'%c3%a9'.repeat(100)}=1`),
          'a value of 256 KiB': post(form, `${start}a=${'x'.repeat(256 * 1024)}`),
          'a million ampersands': post(form, start + '&'.repeat(1_000_000)),
        },
        303,
        1,
      ),
    ])
  })
})

describe('the limits of an action', () => {
  it('hold at exactly their value, in both encodings, with a length and chunked', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/small', 'small')
    type Entry = readonly [name: string, value: string]
    const own: readonly Entry[] = Object.entries(fields)
    const encodings: Record<string, readonly [type: string, write: (entries: readonly Entry[]) => string]> = {
      urlencoded: [form, (entries) => entries.map(([name, value]) => `${name}=${value}`).join('&')],
      multipart: [multi, (entries) => multipart(entries.map(([name, value]) => field(name, value)))],
    }
    const all: Attack[] = []
    for (const [encoding, [type, write]] of Object.entries(encodings)) {
      const padded = (length: number) => {
        // Values of a hundred bytes would need too many fields, so the form id fills up the length.
        const rest = length - write([...own.slice(0, 1), ['sealform.form', '']]).length
        return write([...own.slice(0, 1), ['sealform.form', 'x'.repeat(rest)]])
      }
      const cases: Record<string, readonly [at: string, over: string]> = {
        body: [padded(4000), padded(4001)],
        fields: [
          write([...own, ...Array.from({ length: 5 }, (): Entry => ['a', '1'])]),
          write([...own, ...Array.from({ length: 6 }, (): Entry => ['a', '1'])]),
        ],
        fieldName: [write([...own, ['n'.repeat(20), '1']]), write([...own, ['n'.repeat(21), '1']])],
        fieldValue: [write([...own, ['a', 'x'.repeat(100)]]), write([...own, ['a', 'x'.repeat(101)]])],
      }
      for (const [limit, [at, over]] of Object.entries(cases)) {
        for (const [body, status] of [
          [at, 200],
          [over, 413],
        ] as const) {
          const runs = status === 200 ? 1 : 0
          const name = `${limit}, ${encoding}, ${body.length} bytes`
          const bytes = chunked(Buffer.from(body), 500)
          all.push(
            { name, says: post(type, body, [], '/small'), status, runs },
            {
              name: `${name}, chunked`,
              says: post(type, bytes, [['Transfer-Encoding', 'chunked']], '/small'),
              status,
              runs,
            },
          )
        }
      }
    }
    await target.withstand(all)
  })
})
