import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type Attack,
  browserLines,
  formType,
  hostileTarget,
  type Line,
  type Target,
} from '../setup/hostile-app.js'
import { formIn, urlencoded } from '../setup/koa-app.js'
import { type RawAnswer, requestText } from '../setup/raw-http.js'

type Fields = Readonly<Record<string, string | readonly string[]>>

function post(path: string, fields: Fields, lines: readonly Line[] = [], host = 'app.example'): Buffer {
  const headers = [...browserLines, formType, ...lines].map(
    ([name, value]): Line => [name, name === 'Host' ? host : value],
  )
  return requestText(`POST ${path} HTTP/1.1`, headers, urlencoded(fields))
}

const scripts = [
  '<script>alert(1)</script>',
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '--><script>alert(1)</script>',
  '" autofocus onfocus="alert(1)',
  "' onmouseover='alert(1)",
  '` onclick=`alert(1)',
  'javascript:alert(1)',
  '&lt;script&gt;&#60;script&#62;',
  '\0<script>alert(1)</script>',
  '\u2028<script>alert(1)</script>',
  '{{alert(1)}}<%= alert(1) %>#{alert(1)}',
  '\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>',
]

/** Asserts that no tag or attribute of the page comes from a visitor, and no link leaves the site. */
function assertTame(name: string, { body, headers }: RawAnswer): void {
  const tags = body.match(/<[a-z!/][^<>]*>/gi) ?? []
  for (const tag of tags) {
    assert.doesNotMatch(tag, /^<(?:script|img|svg|iframe)/i, `${name}: ${tag}`)
    const unquoted = tag.replace(/="[^"]*"/g, '')
    assert.doesNotMatch(unquoted, /["'`]|\bon\w+/i, `${name}: ${tag}`)
    const href = /\shref="([^"]*)"/.exec(tag)?.[1]
    if (href !== undefined) assertOwnLink(name, href)
  }
  assert.equal(headers.get('set-cookie')?.some((line) => line.startsWith('evil')) ?? false, false, name)
  assert.match(headers.get('content-type')?.[0] ?? '', /^text\/html; charset=utf-8$/, name)
  assert.match(headers.get('cache-control')?.[0] ?? '', /no-store|private, no-cache/, name)
}

function assertOwnLink(name: string, href: string): void {
  const text = href
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  const url = new URL(text, 'http://app.example/somewhere')
  assert.equal(url.origin, 'http://app.example', `${name}: a link to ${text}`)
}

/** One seal that opens, and one that does not. */
async function seals(target: Target): Promise<readonly string[]> {
  return [(await target.fieldsOf('/plain', 'plain')).sealform ?? '', 'forged']
}

describe('what a hostile visitor sent', () => {
  it('comes back as text everywhere on every page', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const attacks: Attack[] = []
    let runs = 0
    for (const sealform of await seals(target)) {
      for (const text of scripts) {
        const places: Record<string, Fields> = {
          value: { text: 'no', long: text },
          name: { text: 'no', [text]: 'value' },
          'name and value': { text: 'no', [text]: text },
          'form id': { text: 'no', 'sealform.form': text, long: text },
        }
        for (const path of ['/plain', '/nowhere', '/search?q=1']) {
          for (const [place, fields] of Object.entries(places)) {
            const name = `${JSON.stringify(text)} as ${place} at ${path}`
            if (sealform !== 'forged') runs++
            attacks.push({
              name,
              says: post(path, { sealform, ...fields }),
              status: sealform === 'forged' ? 400 : 422,
              runs: sealform === 'forged' ? 0 : 1,
              check: (answer) => assertTame(name, answer),
            })
          }
        }
      }
    }
    await target.withstand(attacks)
    assert.equal(target.total(), runs + 1)
    assert.deepEqual(target.errors, [])
  })

  it('comes back as text in the messages of a schema, and in those about any name', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const survey = await target.fieldsOf('/survey', 'survey')
    const record = await target.fieldsOf('/record', 'record')
    await target.withstand(
      scripts.flatMap((text): Attack[] => [
        {
          name: `${text} in a survey`,
          says: post('/survey', { ...survey, name: text.repeat(10), topics: [text, text], age: text }),
          status: 422,
          check: (answer) => assertTame(text, answer),
        },
        {
          name: `${text} in a record`,
          says: post('/record', { ...record, [text]: text }),
          status: 422,
          runs: 1,
          check: (answer) => assertTame(text, answer),
        },
      ]),
    )
  })

  it('makes no link to another site by the path of the request', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const targets = [
      '//evil.example/x',
      '///evil.example/x',
      '//evil.example',
      '/\\evil.example',
      '/%5Cevil.example',
      '/%2F%2Fevil.example',
      'http://evil.example/x',
      'http://evil.example',
      'HTTP://EVIL.EXAMPLE/x?y',
      'https://evil.example/plain',
      'http://evil.example//other.example/x',
      'http://user@evil.example/plain',
      'javascript://app.example/%0aalert(1)',
      '/javascript:alert(1)',
      '/..//evil.example',
      '/.//evil.example',
      '/plain/../../x',
      '/x?"><script>alert(1)</script>',
      "/x?'onmouseover='alert(1)",
      '/x?next=//evil.example',
      '//evil.example?"><script>alert(1)</script>',
      '/x#//evil.example',
      '/x\xff\xfe',
      '/%zz',
      '/%',
      '/%00',
      '/%c0%ae%c0%ae/',
      '/lists/%zz',
      '/lists/%00',
      '/lists/nobody',
      '/lists/__proto__',
      '/any/%zz',
      '/any/%E0%A4%A',
      `/any/${'x'.repeat(9000)}`,
      `/here/${'x'.repeat(9000)}`,
      `/x?${'a=1&'.repeat(3000)}`,
      `/plain?${'a=1&'.repeat(3000)}`,
      '/plain?__proto__=1&constructor=2',
      '/search?q[]=1&q=2',
      '/search?q=%zz',
      '*',
    ]
    for (const sealform of await seals(target)) {
      await target.withstand(
        targets.map(
          (path): Attack => ({
            name: `${path.slice(0, 100)} with ${sealform === 'forged' ? 'a forged seal' : 'a good one'}`,
            says: post(path, { sealform, text: 'no', name: 'kept' }),
            status: sealform === 'forged' ? 400 : [400, 422],
            runs: sealform === 'forged' ? 0 : 'any',
            check: (answer, { closed }) => {
              // Node itself answers a malformed request line.
              if (!closed || answer.body !== '') assertTame(path, answer)
            },
          }),
        ),
      )
    }
    const here = await target.fieldsOf('/here/1', 'here')
    const long = `/here/${'x'.repeat(9000)}`
    await target.withstand([
      {
        name: 'a long path, bound',
        says: post(long, await target.fieldsOf(long, 'here')),
        status: 200,
        runs: 1,
      },
      { name: 'another long path', says: post(`${long}y`, await target.fieldsOf(long, 'here')), status: 403 },
      { name: 'a long path for a short one', says: post(long, here), status: 403 },
    ])
  })

  it('redirects to no other site', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/go', 'go')
    const bad = [
      '//evil.example',
      '///evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/\r\n/evil.example',
      '\t//evil.example',
      ' //evil.example',
      'http://evil.example',
      'https://evil.example/',
      'http:evil.example',
      'http:/evil.example',
      'http:///evil.example',
      'http://app.example@evil.example',
      'http://app.example:80@evil.example',
      'http://app.example.evil.example',
      'http://app.example\\.evil.example',
      'http://app.example%2eevil.example',
      'https://app.example',
      'http://app.example:81/',
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      '\x01javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:http://app.example/x',
      'ftp://app.example/',
      '/x\r\nSet-Cookie: evil=1',
      '/x\r\n\r\n<script>',
      '/x\0',
      '/x\u0085',
      '/.//evil.example',
      '/..//evil.example',
      '/x/..//evil.example',
      '/%2e//evil.example',
      './/evil.example',
      '..//evil.example',
      '',
      ' ',
      `//${'x'.repeat(100_000)}`,
    ]
    const good: Record<string, string> = {
      '/thanks': '/thanks',
      thanks: 'thanks',
      '?page=2': '?page=2',
      '#part': '#part',
      '/%2F/evil.example': '/%2F/evil.example',
      'evil.example': 'evil.example',
      '@evil.example': '@evil.example',
      '/größe': '/gr%C3%B6%C3%9Fe',
      'http://app.example/x': 'http://app.example/x',
      '/x?next=//evil.example': '/x?next=//evil.example',
    }
    await target.withstand([
      {
        name: 'no target at all',
        says: post('/go', fields),
        status: 400,
        runs: 1,
        check: ({ headers }) => assert.equal(headers.get('location'), undefined),
      },
      ...bad.map(
        (next): Attack => ({
          name: JSON.stringify(next),
          says: post('/go', { ...fields, next }),
          status: 400,
          runs: 1,
          check: (answer) => {
            assert.equal(answer.headers.get('location'), undefined)
            assertTame(next, answer)
          },
        }),
      ),
      ...Object.entries(good).map(
        ([next, location]): Attack => ({
          name: next,
          says: post('/go', { ...fields, next }),
          status: 303,
          runs: 1,
          check: ({ headers }) => assert.deepEqual(headers.get('location'), [location]),
        }),
      ),
    ])
  })

  it('adds no header line', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const fields = await target.fieldsOf('/go', 'go')
    const cookies = [
      'a\r\nSet-Cookie: evil=1',
      'a; Domain=evil.example',
      'a\0b',
      'ä',
      '"',
      ',;= ',
      '\u2028',
      '%0d%0aevil: 1',
    ]
    await target.withstand(
      cookies.map(
        (cookie): Attack => ({
          name: JSON.stringify(cookie),
          says: post('/go', { ...fields, next: '/thanks', cookie }),
          status: 303,
          runs: 1,
          check: ({ headers }) => {
            const [line, ...more] = headers.get('set-cookie') ?? []
            assert.equal(more.length, 0)
            assert.match(line ?? '', /^went=[!#-+\--:<-[\]-~]*; Path=\/; HttpOnly; SameSite=Lax$/)
          },
        }),
      ),
    )
  })

  it('reaches no prototype by its names', async (t) => {
    const target = await hostileTarget((close) => t.after(close))
    const names = [
      'constructor',
      'prototype',
      'hasOwnProperty',
      'toString',
      'valueOf',
      'then',
      'catch',
      'length',
      'name',
      'toJSON',
      'inspect',
      '__defineGetter__',
      '__lookupSetter__',
      'constructor[prototype][x]',
      'a[__proto__][x]',
      '__proto__[x]',
      '__proto__.x',
      '0',
      '-1',
      '4294967295',
      'undefined',
      'null',
      'NaN',
    ]
    const record = await target.fieldsOf('/record', 'record')
    const survey = await target.fieldsOf('/survey', 'survey')
    const plain = await target.fieldsOf('/plain', 'plain')
    await target.withstand(
      names.flatMap((name): Attack[] => [
        {
          name: `record ${name}`,
          says: post('/record', { ...record, [name]: ['a', 'b'], text: 'kept' }),
          status: 422,
          check: ({ body }) => assert.match(formIn(body, 'record').html, /value="kept"/),
          runs: 1,
        },
        { name: `survey ${name}`, says: post('/survey', { ...survey, [name]: 'a' }), status: 422 },
        {
          name: `plain ${name}`,
          says: post('/plain', { ...plain, [name]: 'a', text: 'no' }),
          status: 422,
          runs: 1,
        },
        { name: `nowhere ${name}`, says: post('/nowhere', { sealform: 'x', [name]: 'a' }), status: 400 },
      ]),
    )
    await target.withstand(
      ['/plain', '/record', '/nowhere'].map(
        (path): Attack => ({
          name: `__proto__ at ${path}`,
          says: requestText(
            `POST ${path} HTTP/1.1`,
            [...browserLines, formType],
            `${urlencoded(path === '/record' ? record : plain)}&__proto__=1&__proto__=2`,
          ),
          status: 400,
        }),
      ),
    )
    assert.equal(Reflect.get({}, 'x'), undefined)
  })
})
