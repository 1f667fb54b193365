import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { createActions } from '../../lib/sealform.js'
import { type Attack, browserLines, formType, hostileTarget, type Line } from '../setup/hostile-app.js'
import { createTestApp, formIn, testKey, urlencoded } from '../setup/koa-app.js'
import { requestText } from '../setup/raw-http.js'

type Fields = Readonly<Record<string, string | readonly string[]>>

/** A form as a browser sends it from the app's own page. */
function post(path: string, body: string | Fields, lines: readonly Line[] = []): Buffer {
  const text = typeof body === 'string' ? body : urlencoded(body)
  return requestText(`POST ${path} HTTP/1.1`, [...browserLines, formType, ...lines], text)
}

/** One character of a token replaced by its neighbour. */
function flipped(token: string, at: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const next = alphabet[(alphabet.indexOf(token[at] ?? 'A') + 1) % 64]
  return token.slice(0, at) + next + token.slice(at + 1)
}

const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')

/** A seal of another app for an action of the same name. */
async function sealOfOtherApp(options: Parameters<typeof createActions>[0]): Promise<string> {
  const { request } = createTestApp(
    ({ actions, router }) => {
      const plain = actions.define('plain', async () => {})
      router.get('/', (ctx) => {
        ctx.body = `<form id="plain">${ctx.form(plain).fields}</form>`
      })
    },
    { actions: { ...options } },
  )
  const page = await request.get('/')
  return formIn(page.text, 'plain').fields.sealform ?? ''
}

describe('a hostile seal', () => {
  it('does not open with a bit changed, or text added, cut off or spelled differently', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const { sealform: seal = '' } = await target.fieldsOf('/plain', 'plain')
    const bad: Record<string, string> = {
      empty: '',
      'one character': 'A',
      'no token at all': 'hello world',
      'cut by one': seal.slice(0, -1),
      'cut by four': seal.slice(0, -4),
      'cut to half': seal.slice(0, seal.length / 2),
      'one more character': `${seal}A`,
      'four more characters': `${seal}AAAA`,
      'padding of base64': `${seal}=`,
      doubled: seal + seal,
      'a space before': ` ${seal}`,
      'a space after': `${seal} `,
      'a line break after': `${seal}\r\n`,
      'a NUL after': `${seal}\0`,
      'a dot after': `${seal}.`,
      'a quote after': `${seal}"`,
      'a byte order mark before': `\ufeff${seal}`,
      'all capitals': seal.toUpperCase(),
      'the other base64 alphabet': `${seal.replaceAll('-', '+').replaceAll('_', '/')}+`,
      'a list': `${seal},${seal}`,
      'JSON null': 'null',
      'JSON object': `{"seal":"${seal}"}`,
      'at the limit of its length': 'A'.repeat(8192),
      'over the limit of its length': 'A'.repeat(8193),
      'three times the limit': 'A'.repeat(3 * 8192),
      'a hundred thousand characters': 'A'.repeat(100_000),
      'eight bit characters': 'é'.repeat(80),
      'wide characters': '😀'.repeat(80),
      __proto__: '__proto__',
      constructor: 'constructor',
      'an action name': 'plain',
    }
    const attacks: Attack[] = Object.entries(bad).map(([name, sealform]) => ({
      name,
      says: post('/plain', { sealform, 'sealform.form': 'plain', text: 'x' }),
      status: 400,
    }))
    for (let at = 0; at < seal.length; at += 3) {
      attacks.push({
        name: `character ${at} changed`,
        says: post('/plain', { sealform: flipped(seal, at), text: 'x' }),
        status: 400,
      })
    }
    await target.withstand(attacks)
    assert.deepEqual(target.errors, [])
  })

  it('does not open under another key, audience or purpose', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const cookie = await target.get('/count')
    const state = formIn(cookie.body, 'count').fields['sealform.state'] ?? ''
    await target.withstand([
      {
        name: 'another key',
        says: post('/plain', { sealform: await sealOfOtherApp({ keys: otherKey }) }),
        status: 400,
      },
      {
        name: 'another audience',
        says: post('/plain', { sealform: await sealOfOtherApp({ keys: testKey, app: 'blog' }) }),
        status: 400,
      },
      { name: 'a state for a seal', says: post('/count', { sealform: state }), status: 400 },
      {
        name: 'a seal for a state',
        says: post('/count', {
          ...(await target.fieldsOf('/count', 'count')),
          'sealform.state': (await target.fieldsOf('/count', 'count')).sealform ?? '',
        }),
        status: 400,
      },
    ])
  })

  it('is found only under its own name, and once', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const { sealform: seal = '' } = await target.fieldsOf('/plain', 'plain')
    const refused: Record<string, string> = {
      'twice the same': `sealform=${seal}&sealform=${seal}`,
      'a forged one first': `sealform=forged&sealform=${seal}`,
      'a forged one last': `sealform=${seal}&sealform=forged`,
      'an empty one last': `sealform=${seal}&sealform=`,
      'a bare name last': `sealform=${seal}&sealform`,
      'a bare name first': `sealform&sealform=${seal}`,
      'escaped and plain': `seal%66orm=${seal}&sealform=${seal}`,
      'plain and escaped': `sealform=${seal}&%73ealform=${seal}`,
      'at both ends of a thousand': `sealform=${seal}&${'a=1&'.repeat(1000)}sealform=${seal}`,
      'with an unknown name of ours': `sealform=${seal}&sealformx=1`,
      'with a nested name': `sealform=${seal}&sealform[a]=1`,
      'with an indexed name': `sealform=${seal}&sealform[]=${seal}`,
      'with a dotted name': `sealform=${seal}&sealform.__proto__=1`,
      'with a name of ours and a dot': `sealform=${seal}&sealform.=1`,
      'with a name of ours and a NUL': `sealform=${seal}&sealform%00=1`,
      'with a name of ours and a space': `sealform=${seal}&sealform+=1`,
      'two form ids': `sealform=${seal}&sealform.form=a&sealform.form=b`,
      'two states': `sealform=${seal}&sealform.state=a&sealform.state=b`,
      'a malformed escape in the seal': `sealform=${seal}%zz`,
      'a malformed escape in the form id': `sealform=${seal}&sealform.form=%zz`,
      'bytes that are not UTF-8 in the form id': `sealform=${seal}&sealform.form=%ff`,
      'a form id of 8193 characters': `sealform=${seal}&sealform.form=${'a'.repeat(8193)}`,
    }
    const notOurs: Record<string, string> = {
      'a capital letter': `Sealform=${seal}`,
      'all capitals': `SEALFORM=${seal}`,
      'a list name': `sealform[]=${seal}`,
      'a nested name': `sealform[seal]=${seal}`,
      'a dotted name': `sealform.seal=${seal}`,
      'a byte order mark in front': `%EF%BB%BFsealform=${seal}`,
      'a raw byte order mark in front': `\xef\xbb\xbfsealform=${seal}`,
      'a space in front': `+sealform=${seal}`,
      'a NUL behind': `sealform%00=${seal}`,
      'escaped twice': `seal%2566orm=${seal}`,
      'overlong UTF-8': `%c1%b3ealform=${seal}`,
      'full-width letters': `${encodeURIComponent('ｓｅａｌｆｏｒｍ')}=${seal}`,
      'a semicolon for an ampersand': `a=1;sealform=${seal}`,
      'behind 16 KiB of text': `a=${'x'.repeat(16 * 1024)}&sealform=${seal}`,
      'behind 16 KiB of fields': `${'a=1&'.repeat(4097)}sealform=${seal}`,
      'in the name': `${seal}=sealform`,
      'JSON in a form': `{"sealform":"${seal}"}`,
      nothing: '',
      'ampersands alone': '&&&&&&',
      'equals signs alone': '====',
    }
    const taken: Record<string, string> = {
      'an escaped letter in the name': `seal%66orm=${seal}`,
      'a name escaped all through': `%73%65%61%6c%66%6f%72%6d=${seal}`,
      'empty pairs around it': `&&sealform=${seal}&&&`,
      'behind other fields': `a=1&b=2&sealform=${seal}`,
    }
    await target.withstand([
      ...Object.entries(refused).map(
        ([name, body]): Attack => ({ name, says: post('/plain', body), status: 400 }),
      ),
      ...Object.entries(notOurs).map(
        ([name, body]): Attack => ({ name, says: post('/plain', body), status: [404, 405] }),
      ),
      ...Object.entries(taken).map(
        ([name, body]): Attack => ({ name, says: post('/plain', body), status: 303, runs: 1 }),
      ),
    ])
  })

  it('is accepted only in the body of a POST', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const { sealform: seal = '' } = await target.fieldsOf('/plain', 'plain')
    const body = urlencoded({ sealform: seal, text: 'x' })
    const request = (method: string, path = '/plain', lines: readonly Line[] = [], content = body) =>
      requestText(`${method} ${path} HTTP/1.1`, [...browserLines, formType, ...lines], content)
    const overrides: Line[] = [
      ['X-HTTP-Method-Override', 'POST'],
      ['X-HTTP-Method', 'POST'],
      ['X-Method-Override', 'POST'],
    ]
    await target.withstand([
      { name: 'GET', says: request('GET'), status: 200 },
      { name: 'HEAD', says: request('HEAD'), status: 200, talk: { head: true } },
      { name: 'OPTIONS', says: request('OPTIONS') },
      { name: 'PUT', says: request('PUT') },
      { name: 'PATCH', says: request('PATCH') },
      { name: 'DELETE', says: request('DELETE') },
      { name: 'QUERY', says: request('QUERY') },
      { name: 'PROPFIND', says: request('PROPFIND') },
      { name: 'a method in small letters', says: request('post'), status: 400 },
      { name: 'an unknown method', says: request('POSTS'), status: 400 },
      { name: 'CONNECT', says: request('CONNECT', 'app.example:80'), status: 0 },
      ...overrides.map(
        (line): Attack => ({ name: line[0], says: request('GET', '/plain', [line]), status: 200 }),
      ),
      { name: 'a method in the query', says: request('GET', '/plain?_method=POST'), status: 200 },
      {
        name: 'a method in the body',
        says: request('PUT', '/plain', [], `_method=POST&${body}`),
      },
      { name: 'a seal in the query', says: post(`/plain?${body}`, 'text=x'), status: [404, 405] },
      { name: 'a seal in a cookie', says: post('/plain', 'text=x', [['Cookie', `sealform=${seal}`]]) },
      { name: 'a seal in a header', says: post('/plain', 'text=x', [['Sealform', seal]]) },
      {
        name: 'a forged seal in the body, a good one in the query',
        says: post(`/plain?${body}`, 'sealform=forged'),
        status: 400,
      },
    ])
  })

  it('does not tell why it did not open', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const { sealform: seal = '' } = await target.fieldsOf('/plain', 'plain')
    const bodies = new Set<string>()
    const forged = [
      'x',
      flipped(seal, 0),
      flipped(seal, 3),
      flipped(seal, 40),
      seal.slice(0, -4),
      'A'.repeat(200),
    ]
    for (const sealform of [...forged, await sealOfOtherApp({ keys: testKey, app: 'blog' })]) {
      await target.withstand([
        {
          name: sealform,
          says: post('/plain', { sealform, 'sealform.form': 'plain' }),
          status: 400,
          check: ({ body }) =>
            bodies.add(body.replace(/(name="sealform" value|data-sealform-mark)="[^"]*"/g, '')),
        },
      ])
    }
    assert.equal(bodies.size, 1)
  })
})

describe('a genuine seal in the wrong place', () => {
  it('does not run on another path when it is bound to its own', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/here/1', 'here')
    const attacks = [
      '/here/2',
      '/here/1/',
      '/here/%31',
      '/HERE/1',
      '//here/1',
      '/plain',
      '/here/1;x',
      '/',
    ].map((path): Attack => ({ name: path, says: post(path, fields), status: 403 }))
    await target.withstand([
      ...attacks,
      { name: 'the query does not count', says: post('/here/1?x=2', fields), status: 200, runs: 1 },
      { name: 'its own', says: post('/here/1', fields), status: 200, runs: 1 },
    ])
  })

  it('does not run for another session or without one', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const ann = await target.fieldsOf('/plain', 'plain', [['Cookie', 'user=ann']])
    const anonymous = await target.fieldsOf('/plain', 'plain')
    await target.withstand([
      { name: "ann's, sent by bob", says: post('/plain', ann, [['Cookie', 'user=bob']]), status: 403 },
      { name: "ann's, sent without a session", says: post('/plain', ann), status: 403 },
      { name: "ann's, sent by Ann", says: post('/plain', ann, [['Cookie', 'user=Ann']]), status: 403 },
      {
        name: 'one without a session, sent by ann',
        says: post('/plain', anonymous, [['Cookie', 'user=ann']]),
        status: 403,
      },
      {
        name: "ann's, under two cookies",
        says: post('/plain', ann, [['Cookie', 'user=bob; user=ann']]),
        status: 403,
      },
      { name: "ann's own", says: post('/plain', ann, [['Cookie', 'user=ann']]), status: 303, runs: 1 },
    ])
  })

  it('does not run once it has expired', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/brief', 'brief')
    const { brief } = await target.buttons()
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 })
    await target.withstand([
      { name: 'expired', says: post('/brief', fields), status: 409 },
      {
        name: 'expired, as the button of a good form',
        says: post('/plain', {
          ...(await target.fieldsOf('/plain', 'plain')),
          'sealform.submit': brief,
        }),
        status: 409,
      },
    ])
  })

  it('does not get around authorize, path or session in a button', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const plain = await target.fieldsOf('/plain', 'plain')
    const { sealform: guardedForm = '' } = await target.fieldsOf('/guarded', 'guarded')
    const { guarded, here, plain: button } = await target.buttons()
    const { plain: ann } = await target.buttons([['Cookie', 'user=ann']])
    const buttons: Record<string, readonly [Fields, number]> = {
      'a guarded action': [{ 'sealform.submit': guarded }, 403],
      'a guarded action by name': [{ [`sealform.submit.${guarded}`]: 'Go' }, 403],
      'a guarded action by image': [
        { [`sealform.submit.${guarded}.x`]: '1', [`sealform.submit.${guarded}.y`]: '2' },
        403,
      ],
      'an action of another path': [{ 'sealform.submit': here }, 403],
      'an action of another session': [{ 'sealform.submit': ann }, 403],
      'the seal of a form': [{ 'sealform.submit': guardedForm }, 400],
      'the seal of this form': [{ 'sealform.submit': plain.sealform ?? '' }, 400],
      forged: [{ 'sealform.submit': 'forged' }, 400],
      empty: [{ 'sealform.submit': '' }, 400],
      'forged by name': [{ 'sealform.submit.forged': 'Go' }, 400],
      'by a malformed name': [{ 'sealform.submit.<script>': 'Go' }, 400],
      'by an empty name': [{ 'sealform.submit.': 'Go' }, 400],
      'by a name with a line break': [{ 'sealform.submit.a\r\nb.x': 'Go' }, 400],
      'of another axis': [{ [`sealform.submit.${button}.z`]: '1' }, 400],
      'with one axis twice': [{ [`sealform.submit.${button}.x`]: ['1', '2'] }, 400],
      'two values': [{ 'sealform.submit': [button, button] }, 400],
      'a value and a name': [{ 'sealform.submit': button, [`sealform.submit.${button}`]: '' }, 400],
      'two images': [{ [`sealform.submit.${button}.x`]: '1', [`sealform.submit.${guarded}.y`]: '2' }, 400],
      'a hundred of them': [
        Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`sealform.submit.a${i}`, ''])),
        400,
      ],
      'a name of 8193 characters': [{ [`sealform.submit.${'a'.repeat(8193)}`]: '' }, 400],
    }
    await target.withstand(
      Object.entries(buttons).map(
        ([name, [fields, status]]): Attack => ({
          name,
          says: post('/plain', { ...plain, ...fields }),
          status,
        }),
      ),
    )
    await target.withstand([
      {
        name: 'a guarded form with a free button',
        says: post('/guarded', { sealform: guardedForm, 'sealform.submit': button }),
        status: 403,
      },
      {
        name: 'an image, pressed',
        says: post('/plain', {
          ...plain,
          [`sealform.submit.${button}.x`]: '1',
          [`sealform.submit.${button}.y`]: '2',
        }),
        status: 303,
        runs: 1,
      },
    ])
  })

  it('accepts no state of another action, session or carrier', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const count = await target.fieldsOf('/count', 'count')
    const other = await target.fieldsOf('/other', 'other')
    const ann = await target.fieldsOf('/count', 'count', [['Cookie', 'user=ann']])
    let flash = ''
    await target.withstand([
      {
        name: 'a flash',
        says: post('/flashed', { ...(await target.fieldsOf('/flashed', 'flashed')), text: 'hello' }),
        status: 303,
        runs: 1,
        check: ({ headers }) => {
          flash = /sealform\.flash=([^;]+)/.exec(String(headers.get('set-cookie')))?.[1] ?? ''
          assert.notEqual(flash, '')
        },
      },
    ])
    const state = (value: string | undefined): Fields => ({ ...count, 'sealform.state': value ?? '' })
    await target.withstand([
      { name: 'of another action', says: post('/count', state(other['sealform.state'])), status: 400 },
      { name: 'of another session', says: post('/count', state(ann['sealform.state'])), status: 400 },
      { name: 'a flash for a state', says: post('/count', state(flash)), status: 400 },
      { name: 'forged', says: post('/count', state('forged')), status: 400 },
      { name: 'empty', says: post('/count', state('')), status: 400 },
      { name: 'huge', says: post('/count', state('A'.repeat(8193))), status: 400 },
      {
        name: 'without a session, sent by ann',
        says: post('/count', { ...ann, 'sealform.state': count['sealform.state'] ?? '' }, [
          ['Cookie', 'user=ann'],
        ]),
        status: 400,
      },
      {
        name: 'none',
        says: post('/count', { sealform: count.sealform ?? '' }),
        status: 200,
        runs: 1,
      },
      {
        name: 'its own',
        says: post('/count', count),
        status: 200,
        runs: 1,
        check: ({ body }) => assert.match(body, /<output>1<\/output>/),
      },
    ])
    const shown = async (value: string) =>
      (await target.get('/flashed', [['Cookie', `sealform.flash=${value}`]])).body
    assert.match(await shown(flash), /<output>hello<\/output>/)
    for (const bad of [
      'forged',
      '',
      `${flash}A`,
      count['sealform.state'] ?? '',
      count.sealform ?? '',
      '"',
      '%00',
    ]) {
      assert.match(await shown(bad), /<output><\/output>/, bad)
    }
  })
})
