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

test('keeps a relative path relative', () => {
  leads('4', '4')
  leads('./4', './4')
  leads('../4', '../4')
  leads('../../../4', '../../../4')
  leads('..', '..')
  leads('.', '.')
  leads('4/items', '4/items')
  leads('4/../items?x#y', '4/../items?x#y')
  leads('next//page', 'next//page')
  leads('4//../items', '4//../items')
})

test('resolves dot segments of a path from the root', () => {
  leads('/a/../b/./c', '/b/c')
  leads('/a/%2e%2e/b', '/b')
  leads('/.well-known/x', '/.well-known/x')
})

test('keeps a query or a fragment alone', () => {
  leads('?page=2', '?page=2')
  leads('?', '?')
  leads('#', '#')
  leads('#top', '#top')
  leads('?q=a#b', '?q=a#b')
  leads('?next=https://evil.example/', '?next=https://evil.example/')
  leads('?next=//evil.example', '?next=//evil.example')
  leads('#//evil.example', '#//evil.example')
})

test('keeps the first segment of a relative path from looking like a scheme', () => {
  leads('1:2', './1:2')
  leads('\u00fc:x', './%C3%BC:x')
  leads('./a:b', './a:b')
  leads('x/a:b', 'x/a:b')
  leads('?a:b', '?a:b')
})

test('percent-encodes spaces and characters beyond ASCII', () => {
  leads('/b\u00fccher', '/b%C3%BCcher')
  leads('/\u{1f600}?q=\u00e9#\u00e9', '/%F0%9F%98%80?q=%C3%A9#%C3%A9')
  leads('/my list', '/my%20list')
  leads('?q=my list', '?q=my%20list')
  leads('my list/b\u00fccher#\u00e9 \u{1f600}', 'my%20list/b%C3%BCcher#%C3%A9%20%F0%9F%98%80')
  leads('a"<>`^{|}[b]', 'a%22%3C%3E%60%5E%7B%7C%7D[b]')
  leads('100%', '100%')
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
  leads('?\\\\evil.example', '?%5C%5Cevil.example')
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
  const verdict = judgeTarget('https://app.example/', { ownOrigin: () => undefined, allowed })
  assert.deepEqual(verdict, { verdict: 'refused', reason: 'unlisted-origin' })
  assert.equal(judgeTarget('https://pay.example/', { ownOrigin: () => undefined, allowed }).verdict, 'safe')
  assert.equal(judgeTarget('/x', { ownOrigin: () => undefined, allowed }).verdict, 'safe')
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
  refuses('x/..//evil.example', 'double-slash')
  refuses('.//evil.example', 'double-slash')
  refuses('./..//evil.example', 'double-slash')
  refuses('%2e//evil.example', 'double-slash')
})

test('takes any origin where the target may be external, and refuses what is no web address', () => {
  const external = (to: string) => judgeTarget(to, { ownOrigin: () => own, allowed, external: true })
  for (const to of ['https://evil.example/', 'http://evil.example/?a#b', '/x', 'x', '?x']) {
    assert.deepEqual(external(to), { verdict: 'safe', location: to })
  }
  for (const to of [
    '//evil.example/',
    'javascript:alert(1)',
    'https://a@evil.example/',
    '/\\evil.example',
    'https:/x',
    '',
  ]) {
    assert.equal(external(to).verdict, 'refused', to)
  }
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
    const verdict = judgeTarget(to, { ownOrigin: () => own, allowed })
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
  // A scheme only with an authority. Anything else is relative for every reader (RFC 3986, section 4.2).
  assert.doesNotMatch(location, /^(?!https?:\/\/)[^/?#]*:/)
  // From pages at different depths, also those of which a proxy removes a prefix, as browsers see it.
  for (const page of [`${own}/`, `${own}/a/b/c?d`, `${own}//evil.example/`, `${own}/lists/3?x=1`]) {
    const { origin } = new URL(location, page)
    assert.ok(origin === own || allowed(origin), `${location} leads to ${origin}`)
  }
  // A proxy may resolve a Location and send the path alone, as Sealform does for a target that begins with a slash.
  if (/^https?:/.test(location)) return
  for (const page of [`${own}/`, `${own}/a/b/c?d`]) {
    assert.doesNotMatch(new URL(location, page).pathname, /^\/\//, location)
  }
}

function leads(to: string, location: string): void {
  assert.deepEqual(judgeTarget(to, { ownOrigin: () => own, allowed }), { verdict: 'safe', location }, to)
  staysHome(location)
}

function refuses(to: string, reason: TargetRefusalReason): void {
  assert.deepEqual(judgeTarget(to, { ownOrigin: () => own, allowed }), { verdict: 'refused', reason }, to)
}
