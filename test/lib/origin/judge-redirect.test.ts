import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileAllowedOrigins } from '../../../lib/origin/allowed-origins.js'
import { judgeTarget, type TargetRefusalReason } from '../../../lib/origin/judge-redirect.js'

const own = 'https://app.example'
const allowed = compileAllowedOrigins(['https://pay.example', '*.partner.example'])

test('keeps a plain path unchanged', () => {
  leads('/', '/')
  leads('/lists/3', '/lists/3')
  leads('/lists/3?page=2&sort=a,b#top', '/lists/3?page=2&sort=a,b#top')
  leads('/~user/a;b=1/@me/(x)', '/~user/a;b=1/@me/(x)')
  leads('/file.txt', '/file.txt')
  leads('/a//b', '/a//b')
  leads('/a?next=//evil.example', '/a?next=//evil.example')
  leads('/a:b', '/a:b')
})

test('resolves a relative path against the page', () => {
  leads('4', '/lists/4')
  leads('./4', '/lists/4')
  leads('../4', '/4')
  leads('../../../4', '/4')
  leads('..', '/')
  leads('.', '/lists/')
  leads('4/items', '/lists/4/items')
  leads('/a/../b/./c', '/b/c')
  leads('/a/%2e%2e/b', '/b')
  leads('/.well-known/x', '/.well-known/x')
})

test('resolves a query or a fragment alone against the page', () => {
  leads('?page=2', '/lists/3?page=2')
  leads('?', '/lists/3')
  leads('#top', '/lists/3?x=1#top')
  leads('?q=a#b', '/lists/3?q=a#b')
  leads('?next=https://evil.example/', '/lists/3?next=https://evil.example/')
})

test('percent-encodes spaces and characters beyond ASCII', () => {
  leads('/b\u00fccher', '/b%C3%BCcher')
  leads('/\u{1f600}?q=\u00e9#\u00e9', '/%F0%9F%98%80?q=%C3%A9#%C3%A9')
  leads('/my list', '/my%20list')
  leads('?q=my list', '/lists/3?q=my%20list')
  leads('/"<>`', '/%22%3C%3E%60')
  leads('/\u2028x', '/%E2%80%A8x')
  leads('/\u202ex', '/%E2%80%AEx')
  leads('/a\u00a0b', '/a%C2%A0b')
})

test('keeps percent-encoded characters', () => {
  leads('/%2F/evil.example', '/%2F/evil.example')
  leads('/%2f%2fevil.example', '/%2f%2fevil.example')
  leads('/%5Cevil.example', '/%5Cevil.example')
  leads('/%0d%0aSet-Cookie:a=b', '/%0d%0aSet-Cookie:a=b')
  leads('/%', '/%')
})

test('encodes a backslash behind the path', () => {
  leads('/x?path=C:\\temp', '/x?path=C:%5Ctemp')
  leads('/x#\\', '/x#%5C')
  leads('?\\\\evil.example', '/lists/3?%5C%5Cevil.example')
})

test('takes absolute targets of its own origin', () => {
  leads('https://app.example/lists/3?x#y', 'https://app.example/lists/3?x#y')
  leads('https://app.example', 'https://app.example/')
  leads('HTTPS://APP.example:443/x', 'https://app.example/x')
  leads('https://app.example?x', 'https://app.example/?x')
  leads('https://app.example//x', 'https://app.example//x')
  leads('https://app.example/\u00fc', 'https://app.example/%C3%BC')
})

test('takes absolute targets that are listed', () => {
  leads('https://pay.example/checkout?id=1', 'https://pay.example/checkout?id=1')
  leads('https://eu.partner.example/', 'https://eu.partner.example/')
})

test('refuses other origins', () => {
  refuses('https://evil.example/', 'unlisted-origin')
  refuses('http://app.example/', 'unlisted-origin')
  refuses('https://app.example:8443/', 'unlisted-origin')
  refuses('https://app.example./', 'unlisted-origin')
  refuses('https://app.example.evil.example/', 'unlisted-origin')
  refuses('http://pay.example/', 'unlisted-origin')
  refuses('https://partner.example/', 'unlisted-origin')
  refuses('https://evil.example?https://app.example/', 'unlisted-origin')
  refuses('https://evil.example#@app.example/', 'unlisted-origin')
  refuses('https://\uff45vil.example/', 'unlisted-origin')
})

test('refuses absolute targets that are not listed when its own origin is unknown', () => {
  const verdict = judgeTarget('https://app.example/', '/', { ownOrigin: () => undefined, allowed })
  assert.deepEqual(verdict, { verdict: 'refused', reason: 'unlisted-origin' })
  assert.equal(
    judgeTarget('https://pay.example/', '/', { ownOrigin: () => undefined, allowed }).verdict,
    'safe',
  )
  assert.equal(judgeTarget('/x', '/', { ownOrigin: () => undefined, allowed }).verdict, 'safe')
})

test('refuses targets that name a host without a scheme', () => {
  refuses('//evil.example', 'protocol-relative')
  refuses('//app.example/', 'protocol-relative')
  refuses('///evil.example', 'protocol-relative')
  refuses('////evil.example', 'protocol-relative')
  refuses('//', 'protocol-relative')
})

test('refuses a backslash in the path', () => {
  refuses('/\\evil.example', 'backslash')
  refuses('\\\\evil.example', 'backslash')
  refuses('\\/evil.example', 'backslash')
  refuses('/x\\y', 'backslash')
  refuses('https:\\\\evil.example', 'backslash')
  refuses('https://evil.example\\@app.example/', 'backslash')
})

test('refuses control characters anywhere', () => {
  for (const code of [0x00, 0x01, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f]) {
    const character = String.fromCharCode(code)
    refuses(`${character}/x`, 'control-character')
    refuses(`/${character}/evil.example`, 'control-character')
    refuses(`/x?y=${character}`, 'control-character')
    refuses(`/x${character}`, 'control-character')
  }
  refuses('/x\r\nSet-Cookie: a=b', 'control-character')
  refuses('java\tscript:alert(1)', 'control-character')
})

test('takes the characters next to the control characters', () => {
  leads('/a b', '/a%20b')
  leads('/a~b', '/a~b')
  leads('/a\u00a0b', '/a%C2%A0b')
})

test('refuses whitespace at either end', () => {
  refuses(' /x', 'whitespace')
  refuses('/x ', 'whitespace')
  refuses(' //evil.example', 'whitespace')
  refuses(' javascript:alert(1)', 'whitespace')
  refuses('\u00a0/x', 'whitespace')
  refuses('\ufeff/x', 'whitespace')
  refuses('/x\u2028', 'whitespace')
  refuses(' ', 'whitespace')
})

test('refuses other schemes', () => {
  refuses('javascript:alert(1)', 'scheme')
  refuses('JavaScript:alert(1)', 'scheme')
  refuses('javascript://app.example/%0aalert(1)', 'scheme')
  refuses('data:text/html,x', 'scheme')
  refuses('vbscript:x', 'scheme')
  refuses('blob:https://app.example/1', 'scheme')
  refuses('view-source:https://app.example/', 'scheme')
  refuses('file:///etc/passwd', 'scheme')
  refuses('mailto:a@b.example', 'scheme')
  refuses('ftp://app.example/', 'scheme')
  refuses('ws://app.example/', 'scheme')
  refuses('a:b', 'scheme')
})

test('refuses http and https without their two slashes', () => {
  refuses('https:evil.example', 'malformed')
  refuses('https:app.example', 'malformed')
  refuses('http:/evil.example', 'malformed')
  refuses('https:///evil.example', 'malformed')
  refuses('https:', 'malformed')
  refuses('https://', 'malformed')
  refuses('https://?x', 'malformed')
})

test('refuses URLs that do not parse', () => {
  refuses('https://[::1/', 'malformed')
  refuses('https://app.example:99999/', 'malformed')
  refuses('https://app example/', 'malformed')
  refuses('https://app%00.example/', 'malformed')
  refuses('/\ud800', 'malformed')
})

test('refuses userinfo', () => {
  refuses('https://app.example@evil.example/', 'userinfo')
  refuses('https://user:password@app.example/', 'userinfo')
  refuses('https://@app.example/', 'userinfo')
  leads('https://app.example/@me', 'https://app.example/@me')
})

test('refuses an empty target', () => {
  refuses('', 'empty')
})

test('refuses paths that become a host when they are resolved', () => {
  refuses('/.//evil.example', 'double-slash')
  refuses('/..//evil.example', 'double-slash')
  refuses('/x/..//evil.example', 'double-slash')
  refuses('/x/../..//evil.example', 'double-slash')
  refuses('/%2e//evil.example', 'double-slash')
  refuses('/x/%2E%2e//evil.example', 'double-slash')
  refuses('/x/.%2e//evil.example', 'double-slash')
  refuses('../..//evil.example', 'double-slash')
  refuses('..//evil.example', 'double-slash')
  refuses('x/../..//evil.example', 'double-slash')
  leads('x/..//evil.example', '/lists//evil.example')
})

test('stays on the site for any request line', () => {
  for (const requestUrl of [
    '//evil.example/x',
    '///evil.example/x',
    '/\\evil.example/x',
    '\\\\evil.example\\x',
    'http://evil.example/x',
    'https://u@evil.example/x',
    'HTTP://evil.example/x',
    'http:///evil.example/x',
    'ftp://evil.example/x',
    '/.//evil.example/x',
    '/a/..//evil.example/x',
    '/%2e//evil.example/x',
    '/\t/evil.example/x',
    'javascript:alert(1)',
    '*',
    '',
    '?x',
    '#x',
    'evil.example:443',
    `/${'a'.repeat(65_536)}`,
    '/\ud800\u00ff',
  ]) {
    for (const to of ['?q', '#f', 'y', './y', '../y', '?', 'y?q=\\']) {
      const verdict = judgeTarget(to, requestUrl, { ownOrigin: () => own, allowed })
      assert.equal(verdict.verdict, 'safe', `${to} from ${requestUrl}`)
      if (verdict.verdict === 'safe') staysHome(verdict.location)
    }
  }
})

test('resolves against the path of a request line in absolute form, or with several slashes at the start', () => {
  assert.deepEqual(judgeTarget('?q', 'http://evil.example/lists/3?x', { ownOrigin: () => own, allowed }), {
    verdict: 'safe',
    location: '/lists/3?q',
  })
  assert.deepEqual(judgeTarget('?q', '/.//evil.example/x?y', { ownOrigin: () => own, allowed }), {
    verdict: 'safe',
    location: '/evil.example/x?q',
  })
  assert.deepEqual(judgeTarget('#f', '//evil.example/x?y', { ownOrigin: () => own, allowed }), {
    verdict: 'safe',
    location: '/evil.example/x?y#f',
  })
})

test('never leads to another site, for any combination of parts', () => {
  const pieces = ['/', '\\', '.', '..', ':', '@', '?', '#', '%', '%2e', '%2F', '%5c', '\t', '\n', ' ', '\0']
  pieces.push(
    'http',
    'https',
    'javascript',
    'evil.example',
    'app.example',
    'pay.example',
    'x',
    '\u00fc',
    '\uff0f',
  )
  pieces.push('//', 'https://', '[', ']', '|', '"', '\ud800', '\u3002', '\u00ad', ';', '&', '443', '*')
  const random = seededRandom(20_240_613)
  const compose = () => {
    let text = ''
    for (let n = 1 + random(6); n > 0; n--) text += pieces[random(pieces.length)]
    return text
  }
  let safe = 0
  for (let round = 0; round < 40_000; round++) {
    const to = compose()
    const requestUrl = random(2) === 0 ? '/lists/3?x=1' : compose()
    const verdict = judgeTarget(to, requestUrl, { ownOrigin: () => own, allowed })
    if (verdict.verdict === 'refused') continue
    safe++
    staysHome(verdict.location)
  }
  assert.ok(safe > 2000, `only ${safe} of the targets were safe, so that little was tested`)
})

/** The same numbers in each run: a linear congruential generator, with the constants of Numerical Recipes. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function staysHome(location: string): void {
  assert.match(location, /^[!-~]+$/)
  assert.doesNotMatch(location, /^[/\\]{2}|\\/)
  assert.match(location, /^(?:\/|https?:\/\/)/)
  // From pages at different depths and under either scheme, as browsers see it.
  for (const page of [`${own}/`, `${own}/a/b/c?d`, `${own}//evil.example/`]) {
    const { origin } = new URL(location, page)
    assert.ok(origin === own || allowed(origin), `${location} leads to ${origin}`)
  }
}

function leads(to: string, location: string): void {
  assert.deepEqual(
    judgeTarget(to, '/lists/3?x=1', { ownOrigin: () => own, allowed }),
    { verdict: 'safe', location },
    to,
  )
  staysHome(location)
}

function refuses(to: string, reason: TargetRefusalReason): void {
  assert.deepEqual(
    judgeTarget(to, '/lists/3?x=1', { ownOrigin: () => own, allowed }),
    { verdict: 'refused', reason },
    to,
  )
}
