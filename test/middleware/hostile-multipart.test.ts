import { describe, it } from 'node:test'
import { hostileTarget } from '../setup/hostile-app.js'
import { attacks, field, multi, multipart, type Part, post, sealOf } from '../setup/hostile-bodies.js'

describe('a hostile multipart body', () => {
  it('has no part that two parsers could read differently', async (t) => {
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
      'the transfer encoding 8bit': part(`${disposition}\r\nContent-Transfer-Encoding: 8bit`),
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
      // Browsers do not escape with a backslash: the name ends there, and a file follows.
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

  it('gives no file to an action without file fields', async (t) => {
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

  it('cannot pass the limits', async (t) => {
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
