import { describe, it } from 'node:test'
import { hostileTarget } from '../setup/hostile-app.js'
import { attacks, field, form, multi, multipart, post, sealOf } from '../setup/hostile-bodies.js'

describe('a hostile Content-Type', () => {
  it('recognises only the two form types', async (t) => {
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

  it('accepts only UTF-8 as charset', async (t) => {
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

  it('accepts a boundary as RFC 2046 defines it', async (t) => {
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

  it('decodes no content coding', async (t) => {
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
