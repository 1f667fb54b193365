import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Attack, browserLines, hostileTarget, type Line, type Target } from '../setup/hostile-app.js'
import { chunked, requestText } from '../setup/raw-http.js'

/** A POST to the plain form with this Content-Type, and lines and body as they are. */
function post(
  type: string | undefined,
  body: string | Buffer,
  more: readonly Line[] = [],
  path = '/plain',
): Buffer {
  const types: readonly Line[] = type === undefined ? [] : [['Content-Type', type]]
  return requestText(`POST ${path} HTTP/1.1`, [...browserLines, ...types, ...more], body)
}

/** A part with its header lines, in latin1. */
type Part = readonly [headers: string, content: string]

function multipart(parts: readonly Part[], boundary = 'XX'): string {
  return `${parts.map(([headers, content]) => `--${boundary}\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--${boundary}--\r\n`
}

function field(name: string, value: string): Part {
  return [`Content-Disposition: form-data; name="${name}"`, value]
}

async function sealOf(target: Target, path = '/plain', id = 'plain'): Promise<string> {
  return (await target.fieldsOf(path, id)).sealform ?? ''
}

function attacks(
  cases: Readonly<Record<string, Buffer>>,
  status: number | readonly number[],
  runs: number | 'any' = 0,
): Attack[] {
  return Object.entries(cases).map(([name, says]) => ({ name, says, status, runs }))
}

const form = 'application/x-www-form-urlencoded'
const multi = 'multipart/form-data; boundary=XX'

describe('a hostile Content-Type', () => {
  it('takes nothing but a form for a form', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const body = `sealform=${seal}&text=x`
    const parts = multipart([field('sealform', seal), field('text', 'x')])
    const notOurs: Record<string, Buffer> = {
      missing: post(undefined, body),
      empty: post('', body),
      'text/plain': post('text/plain', body),
      'text/plain with lines': post('text/plain', `sealform=${seal}\r\ntext=x\r\n`),
      JSON: post('application/json', JSON.stringify({ sealform: seal, text: 'x' })),
      'JSON with an empty body': post('application/json', ''),
      'JSON that calls itself a form later': post(
        'application/json; x=application/x-www-form-urlencoded',
        body,
      ),
      'a list of types': post(`text/plain, ${form}`, body),
      'a form in a list': post(`${form}, text/plain`, body),
      'a longer name': post(`${form}x`, body),
      'a shorter name': post('application/x-www-form-urlencode', body),
      'a suffix': post(`${form}+json`, body),
      'without its subtype': post('application', body),
      'a quoted type': post(`"${form}"`, body),
      'two header lines, ours first': post(form, body, [['Content-Type', 'text/plain']]),
      'two header lines, ours last': post('text/plain', body, [['Content-Type', form]]),
      'two header lines of ours': post(form, body, [['content-type', form]]),
      'multipart/mixed': post('multipart/mixed; boundary=XX', parts),
      'multipart/related': post('multipart/related; boundary=XX', parts),
      'multipart/form-data with a suffix': post('multipart/form-datax; boundary=XX', parts),
      'multipart body, urlencoded type': post(form, parts),
      'urlencoded body, multipart type': post(multi, body),
      'application/octet-stream': post('application/octet-stream', body),
      'application/xml': post('application/xml', `<sealform>${seal}</sealform>`),
      'application/graphql': post('application/graphql', body),
      'message/http': post('message/http', body),
    }
    await target.withstand(attacks(notOurs, 404))
  })

  it('reads no charset but UTF-8', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const body = `sealform=${seal}&text=x`
    const parts = multipart([field('sealform', seal), field('text', 'x')])
    const others = [
      'iso-8859-1',
      'latin1',
      'utf-16',
      'utf-16le',
      'utf-7',
      'utf-32',
      'windows-1252',
      'shift_jis',
      'x-user-defined',
      'none',
      '',
      '"utf-16"',
      'utf-8,utf-16',
      'utf8mb4',
      'utf_8',
    ]
    await target.withstand([
      ...others.flatMap((charset) =>
        attacks(
          {
            [`urlencoded ${charset}`]: post(`${form}; charset=${charset}`, body),
            [`urlencoded ${charset}, no space`]: post(`${form};charset=${charset}`, body),
            [`multipart ${charset}`]: post(`${multi}; charset=${charset}`, parts),
            [`a part in ${charset}`]: post(
              multi,
              multipart([
                field('sealform', seal),
                [
                  `Content-Disposition: form-data; name="text"\r\nContent-Type: text/plain; charset=${charset}`,
                  'x',
                ],
              ]),
            ),
          },
          [400, 415],
        ),
      ),
      ...attacks(
        {
          'two charsets': post(`${form}; charset=utf-8; charset=utf-16`, body),
          'two charsets, ours last': post(`${form}; charset=utf-16; charset=utf-8`, body),
          'an open quote': post(`${form}; charset="utf-8`, body),
          'a parameter without a value': post(`${form}; charset`, body),
          'a parameter without a name': post(`${form}; =utf-8`, body),
        },
        [400, 415],
      ),
      ...attacks(
        {
          'utf-8': post(`${form}; charset=utf-8`, body),
          'UTF-8': post(`${form};charset=UTF-8`, body),
          utf8: post(`${form} ; charset=utf8`, body),
          'quoted utf-8': post(`${form}; charset="utf-8"`, body),
          'capitals in the type': post('Application/X-WWW-Form-URLEncoded', body),
          'another parameter': post(`${form}; x=y`, body),
        },
        303,
        1,
      ),
    ])
  })

  it('takes a boundary as RFC 2046 has it', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const parts = (boundary: string) => multipart([field('sealform', seal), field('text', 'x')], boundary)
    const typed = (parameter: string, boundary: string) =>
      post(`multipart/form-data${parameter}`, parts(boundary))
    await target.withstand([
      ...attacks(
        {
          missing: typed('', 'XX'),
          empty: typed('; boundary=', ''),
          'empty and quoted': typed('; boundary=""', ''),
          'of 71 characters': typed(`; boundary=${'b'.repeat(71)}`, 'b'.repeat(71)),
          'of 10000 characters': typed(`; boundary=${'b'.repeat(10000)}`, 'b'.repeat(10000)),
          'with a space at its end': typed('; boundary="XX "', 'XX '),
          'with a quote': typed('; boundary="X\\"X"', 'X"X'),
          'with a star': typed('; boundary=X*X', 'X*X'),
          'with an at sign': typed('; boundary=X@X', 'X@X'),
          'with angle brackets': typed('; boundary=<XX>', '<XX>'),
          'with eight bits': typed('; boundary=X\xe9X', 'X\xe9X'),
          'with a tab': typed('; boundary="X\tX"', 'X\tX'),
          'named twice': typed('; boundary=XX; boundary=YY', 'XX'),
          'named twice, ours last': typed('; boundary=YY; boundary=XX', 'XX'),
          'in the extended notation': typed("; boundary*=utf-8''XX", 'XX'),
          'in continuations': typed('; boundary*0=X; boundary*1=X', 'XX'),
          'with an open quote': typed('; boundary="XX', 'XX'),
        },
        400,
      ),
      ...attacks({ 'another in the body': typed('; boundary=YY', 'XX') }, [400, 404]),
      ...attacks(
        {
          'of one character': typed('; boundary=b', 'b'),
          'of 70 characters': typed(`; boundary=${'b'.repeat(70)}`, 'b'.repeat(70)),
          quoted: typed('; boundary="XX"', 'XX'),
          'with every sign that is allowed': typed(`; boundary="'()+_,-./:=? x"`, `'()+_,-./:=? x`),
          'of dashes': typed('; boundary=----', '----'),
          'like an end': typed('; boundary=--', '--'),
          'named in capitals': typed('; BOUNDARY=XX', 'XX'),
          'with a semicolon behind': typed('; boundary=XX;', 'XX'),
        },
        303,
        1,
      ),
    ])
  })

  it('undoes no coding of the body', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const body = `sealform=${seal}&text=x`
    const codings = [
      'gzip',
      'deflate',
      'br',
      'zstd',
      'compress',
      'x-gzip',
      'identity, gzip',
      'gzip, identity',
      'aes128gcm',
      '"identity"',
      '*',
      ',',
    ]
    await target.withstand([
      ...attacks(
        Object.fromEntries(
          codings.map((coding) => [coding, post(form, body, [['Content-Encoding', coding]])]),
        ),
        415,
      ),
      ...attacks(
        {
          'identity and gzip in two lines': post(form, body, [
            ['Content-Encoding', 'identity'],
            ['Content-Encoding', 'gzip'],
          ]),
        },
        415,
      ),
      ...attacks({ identity: post(form, body, [['Content-Encoding', 'identity']]) }, 303, 1),
    ])
  })
})

describe('a hostile urlencoded body', () => {
  it('holds no bytes that are not text, and no escape that is none', async (t) => {
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

  it('holds no more than the limits, whichever way they are passed', async (t) => {
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

describe('a hostile multipart body', () => {
  it('has no part that two readers could take for different ones', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const own = field('sealform', seal)
    const part = (headers: string, content = 'x') => post(multi, multipart([own, [headers, content]]))
    const disposition = 'Content-Disposition: form-data; name="a"'
    const malformed: Record<string, Buffer> = {
      'no headers': part(''),
      'no disposition': part('Content-Type: text/plain'),
      'an empty disposition': part('Content-Disposition:'),
      'no name': part('Content-Disposition: form-data'),
      'an empty name': part('Content-Disposition: form-data; name=""'),
      'two names': part('Content-Disposition: form-data; name="a"; name="b"'),
      'two dispositions': part(`${disposition}\r\n${disposition}`),
      'two types': part(`${disposition}\r\nContent-Type: text/plain\r\nContent-Type: text/html`),
      'two filenames': part(`${disposition}; filename="a"; filename="b"`),
      'an extended name': part("Content-Disposition: form-data; name*=utf-8''a"),
      'an extended name besides': part(`${disposition}; name*=utf-8''sealform`),
      'an extended filename': part(`${disposition}; filename*=utf-8''x`),
      'a continued name': part('Content-Disposition: form-data; name*0="seal"; name*1="form"'),
      attachment: part('Content-Disposition: attachment; name="a"'),
      inline: part('Content-Disposition: inline; name="a"'),
      'an unknown parameter': part(`${disposition}; x=y`),
      'an open quote': part('Content-Disposition: form-data; name="a'),
      'a quote within': part('Content-Disposition: form-data; name="a"b"'),
      'a comma for a semicolon': part('Content-Disposition: form-data, name="a"'),
      'a folded line': part('Content-Disposition: form-data;\r\n name="a"'),
      'a folded line by tab': part('Content-Disposition: form-data;\r\n\tname="a"'),
      'a bare line feed': part('Content-Disposition: form-data; name="a"\nX: y'),
      'a bare carriage return': part('Content-Disposition: form-data; name="a"\rX: y'),
      'a NUL in a name': part('Content-Disposition: form-data; name="a\0b"'),
      'a NUL in a header': part(`${disposition}\r\nX: \0`),
      'a header without a colon': part(`${disposition}\r\nX`),
      'a header with a space before its colon': part(`${disposition}\r\nX : y`),
      'a header without a name': part(`${disposition}\r\n: y`),
      'a name that is not UTF-8': part('Content-Disposition: form-data; name="\xff"'),
      'an overlong name': part('Content-Disposition: form-data; name="\xc0\xae"'),
      'a surrogate in a name': part('Content-Disposition: form-data; name="\xed\xa0\x80"'),
      'a value that is not UTF-8': part(disposition, '\xff\xfe'),
      'an overlong value': part(disposition, '\xc0\x80'),
      __proto__: part('Content-Disposition: form-data; name="__proto__"'),
      '__proto__ without quotes': part('Content-Disposition: form-data; name=__proto__'),
      'a reserved name': part('Content-Disposition: form-data; name="sealform.x"'),
      'a second seal': part('Content-Disposition: form-data; name="sealform"', seal),
      'a second seal without quotes': part('Content-Disposition: form-data; name=sealform', seal),
      'headers of 16 KiB and a byte': part(
        `${disposition}\r\nX: ${'x'.repeat(16 * 1024 - disposition.length - 4)}`,
      ),
      'headers of 64 KiB': part(`${disposition}\r\nX: ${'x'.repeat(64 * 1024)}`),
      'thousands of headers': part(`${disposition}${'\r\nX: y'.repeat(4000)}`),
    }
    const unsupported: Record<string, Buffer> = {
      base64: part(`${disposition}\r\nContent-Transfer-Encoding: base64`, 'eA=='),
      'quoted-printable': part(`${disposition}\r\nContent-Transfer-Encoding: quoted-printable`),
      'a multipart within': part(`${disposition}\r\nContent-Type: multipart/mixed; boundary=YY`, '--YY--'),
    }
    const taken: Record<string, Buffer> = {
      'a transfer encoding that is none': part(`${disposition}\r\nContent-Transfer-Encoding: 8bit`),
      'a type of text': part(`${disposition}\r\nContent-Type: text/html; charset=utf-8`),
      'an unknown header': part(`${disposition}\r\nX-Unknown: y`),
      'a file input without a file': part(
        `${disposition}; filename=""\r\nContent-Type: application/octet-stream`,
        '',
      ),
      'header names in capitals': part('CONTENT-DISPOSITION: FORM-DATA; NAME="a"'),
      'the line of a delimiter without its line break': part(disposition, 'a --XX b--XX--'),
      'another delimiter': part(disposition, '\r\n--YY\r\n'),
      'a NUL in a value': part(disposition, 'a\0b'),
      'a name in escapes': part('Content-Disposition: form-data; name="seal%66orm"'),
      'an empty value': part(disposition, ''),
    }
    await target.withstand([
      ...attacks(malformed, 400),
      // A backslash is a backslash to browsers: the name ends there, and a file follows.
      ...attacks(
        { 'an escaped quote': part('Content-Disposition: form-data; name="a\\"; filename="b"') },
        413,
      ),
      ...attacks(unsupported, 415),
      ...attacks(taken, 303, 1),
    ])
  })

  it('has one beginning and one end', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const good = multipart([field('sealform', seal), field('text', 'kept')])
    const bodies: Record<string, string> = {
      'no end': good.slice(0, -'--XX--\r\n'.length),
      'no closing dashes': good.slice(0, -4),
      'one closing dash': good.slice(0, -3),
      'cut in a part': good.slice(0, -15),
      'cut in a header': `${good.slice(0, -8)}--XX\r\nContent-Disposition: form-da`,
      'a preamble': `hello\r\n${good}`,
      'an empty line before': `\r\n${good}`,
      'an epilogue': `${good}hello`,
      'a second form behind the first': good + good,
      'a space behind a delimiter': good.replace('--XX\r\n', '--XX \r\n'),
      'a letter behind a delimiter': good.replace(/--XX\r\n(?=.*kept)/s, '--XXX\r\n'),
      'line feeds alone': good.replaceAll('\r\n', '\n'),
      'a line feed behind a delimiter': good.replace('kept\r\n--XX', 'kept\n--XX'),
      'carriage returns alone': good.replaceAll('\r\n', '\r'),
    }
    await target.withstand([
      ...attacks(
        Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, post(multi, body)])),
        [400, 404],
      ),
      ...attacks(
        {
          'no line break at its end': post(multi, good.slice(0, -2)),
          'empty lines at its end': post(multi, `${good}\r\n\r\n`),
        },
        303,
        1,
      ),
    ])
  })

  it('brings no file to an action that takes none', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const own = field('sealform', seal)
    const file = (filename: string, content: string, type = 'image/png'): Part => [
      `Content-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${type}`,
      content,
    ]
    await target.withstand([
      ...attacks(
        {
          'an empty file': post(multi, multipart([own, file('a.png', '')])),
          'a file of one byte': post(multi, multipart([own, file('a.png', 'x')])),
          'a file of 500 KB': post(multi, multipart([own, file('a.png', 'x'.repeat(500_000))])),
          'a file of 3 MB': post(multi, multipart([own, file('a.png', 'x'.repeat(3_000_000))])),
          'content without a filename': post(multi, multipart([own, file('', 'x')])),
          'a path for a filename': post(multi, multipart([own, file('../../etc/passwd', 'x')])),
          'a filename with a NUL escape': post(multi, multipart([own, file('a%00.png', 'x')])),
          'a filename of 10000 characters': post(multi, multipart([own, file('f'.repeat(10000), 'x')])),
          'a thousand files': post(
            multi,
            multipart([own, ...Array.from({ length: 1000 }, () => file('a', 'x'))]),
          ),
          'bytes that are not UTF-8': post(multi, multipart([own, file('a', '\xff\xd8\xff')])),
          'octets without a filename': post(
            multi,
            multipart([
              own,
              ['Content-Disposition: form-data; name="file"\r\nContent-Type: application/octet-stream', 'x'],
            ]),
          ),
        },
        413,
      ),
      ...attacks(
        {
          'a file for a seal': post(
            multi,
            multipart([
              [
                `Content-Disposition: form-data; name="sealform"; filename="x"\r\nContent-Type: text/plain`,
                seal,
              ],
            ]),
          ),
          'a file before the seal, forged': post(
            multi,
            multipart([file('a', 'x'), field('sealform', 'forged')]),
          ),
        },
        [400, 413],
      ),
    ])
  })

  it('holds no more than the limits', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const seal = await sealOf(target)
    const own = field('sealform', seal)
    const many = (count: number) =>
      multipart([own, ...Array.from({ length: count }, (_, i) => field(`f${i}`, ''))])
    await target.withstand([
      ...attacks(
        {
          '1001 fields': post(multi, many(1001)),
          '9000 empty fields': post(multi, many(9000)),
          'a name of 201 bytes': post(multi, multipart([own, field('n'.repeat(201), '')])),
          'a value of 256 KiB and a byte': post(multi, multipart([own, field('a', 'x'.repeat(262_145))])),
          'a body over 1 MiB': post(
            multi,
            multipart([own, ...Array.from({ length: 5 }, () => field('a', 'x'.repeat(262_000)))]),
          ),
        },
        413,
      ),
      ...attacks(
        {
          '1000 fields': post(multi, many(1000)),
          'a name of 200 bytes': post(multi, multipart([own, field('n'.repeat(200), '')])),
          'a value of 256 KiB': post(multi, multipart([own, field('a', 'x'.repeat(262_144))])),
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
        // Values of a hundred bytes each would take too many fields, so the form id makes up the length.
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
