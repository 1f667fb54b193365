import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CookieJar } from '../../../lib/testing/cookie-jar.js'
import { bareLib } from '../../setup/bare-lib.js'

/** Returns the cookies that a browser sends to one URL after it got these lines from another. */
function sent(lines: readonly string[], from: string, to = from): string | undefined {
  const jar = new CookieJar()
  jar.store(lines, new URL(from))
  return jar.header(new URL(to))
}

describe('the cookies of a test browser', () => {
  it('go to their path and to paths below it', () => {
    const lines = ['a=1; Path=/deep', 'b=1; Path=/deep/', 'c=1']
    const at = (path: string) => sent(lines, 'http://localhost/deep/page', `http://localhost${path}`)
    assert.equal(at('/deep/next'), 'b=1; a=1; c=1')
    assert.equal(at('/deep'), 'a=1; c=1')
    assert.equal(at('/deeper'), undefined)
    assert.equal(at('/'), undefined)
    assert.equal(sent(['a=1'], 'http://localhost/', 'http://localhost/x/y'), 'a=1')
    assert.equal(sent(['a=1; Path=/d%20e'], 'http://localhost/', 'http://localhost/d%20e'), 'a=1')
    assert.equal(sent(['a=1'], 'http://localhost/d%20e/', 'http://localhost/d%20e/f'), 'a=1')
    assert.equal(sent(['a=1; Path=/d e'], 'http://localhost/', 'http://localhost/d%20e'), undefined)
    assert.equal(sent(['a=1; Path=/d%zz'], 'http://localhost/', 'http://localhost/d%zz/'), 'a=1')
  })

  it('stay with their host, unless they name a domain', () => {
    const to = (line: string, from: string, host: string) => sent([line], from, `https://${host}/`)
    assert.equal(to('a=1', 'https://shop.example/', 'www.shop.example'), undefined)
    assert.equal(to('a=1; Domain=shop.example', 'https://www.shop.example/', 'shop.example'), 'a=1')
    assert.equal(to('a=1; Domain=.SHOP.example', 'https://www.shop.example/', 'x.shop.example'), 'a=1')
    assert.equal(to('a=1; Domain=other.example', 'https://shop.example/', 'other.example'), undefined)
    assert.equal(to('a=1; Domain=shop.example', 'https://myshop.example/', 'shop.example'), undefined)
    assert.equal(to('a=1; Domain=com', 'https://shop.com/', 'shop.com'), undefined)
    assert.equal(to('a=1; Domain=co.uk', 'https://shop.co.uk/', 'shop.co.uk'), undefined)
  })

  it('are kept for localhost and for IP addresses on any port', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'app.localhost', 'intranet']) {
      assert.equal(sent(['a=1'], `http://${host}:3000/`, `http://${host}:4000/x`), 'a=1', host)
    }
    for (const host of ['localhost', '127.0.0.1', 'app.localhost']) {
      assert.equal(sent([`a=1; Domain=${host}`], `http://${host}/`), 'a=1', host)
    }
    assert.equal(sent(['a=1; Domain=0.0.1'], 'http://127.0.0.1/'), undefined)
  })

  it('with Secure need https or the loopback interface', () => {
    for (const origin of ['https://shop.example', 'http://localhost', 'http://127.0.0.1', 'http://[::1]']) {
      assert.equal(sent(['a=1; Secure'], origin), 'a=1', origin)
    }
    assert.equal(sent(['a=1; Secure'], 'http://shop.example'), undefined)
    assert.equal(sent(['a=1; Secure'], 'https://shop.example', 'http://shop.example'), undefined)
  })

  it('are kept with a name prefix only when they meet its rules', () => {
    for (const line of ['__Host-a=1; Secure; Path=/', '__Secure-a=1; Secure']) {
      assert.notEqual(sent([line], 'https://shop.example/x/'), undefined, line)
    }
    for (const line of [
      '__Host-a=1; Secure',
      '__Host-a=1; Path=/',
      '__Host-a=1; Secure; Path=/; Domain=shop.example',
      '__Host-a=1; Secure; Path=/x',
      '__Secure-a=1',
    ]) {
      assert.equal(sent([line], 'https://shop.example/x/'), undefined, line)
    }
  })

  it('are sent within a site whatever their SameSite', () => {
    const lines = [
      'a=1; SameSite=Strict',
      'b=1; SameSite=Lax',
      'c=1; SameSite=None; Secure',
      'd=1; SameSite=x',
    ]
    assert.equal(sent(lines, 'https://shop.example'), 'a=1; b=1; c=1; d=1')
  })

  it('end with Max-Age, which overrides Expires, however often they are sent', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-27T10:00Z') })
    const past = 'Thu, 01 Jan 1970 00:00:00 GMT'
    const jar = new CookieJar()
    const url = new URL('http://localhost/')
    jar.store(
      [
        'a=1; Max-Age=60',
        `b=1; Max-Age=60; Expires=${past}`,
        'c=1; Expires=Fri, 27 Nov 2026 10:01:00 GMT',
        'd=1; Max-Age=99999999999999999999',
        'e=1; Max-Age=0',
        'f=1; Max-Age=-1',
        `g=1; Expires=${past}`,
        'h=1',
      ],
      url,
    )
    for (let i = 0; i < 59; i++) {
      assert.equal(jar.header(url), 'a=1; b=1; c=1; d=1; h=1')
      t.mock.timers.tick(1000)
    }
    t.mock.timers.tick(1000)
    assert.equal(jar.header(url), 'd=1; h=1')
  })

  it('are replaced by one with the same name, domain and path, and removed by an expired one', () => {
    const to = 'http://localhost/x/'
    assert.equal(sent(['a=1', 'a=2'], to), 'a=2')
    assert.equal(sent(['a=1; Path=/', 'a=2'], to), 'a=2; a=1')
    assert.equal(sent(['a=1', 'a=; Max-Age=0'], to), undefined)
  })

  it('are sent oldest first, and a changed value counts as new', () => {
    const to = 'http://localhost/'
    assert.equal(sent(['a=1', 'b=1', 'a=1; HttpOnly'], to), 'a=1; b=1')
    assert.equal(sent(['a=1', 'b=1', 'a=2'], to), 'b=1; a=2')
  })

  it('have at most 4096 bytes of name and value', () => {
    const to = 'http://localhost/'
    assert.equal(sent([`a=${'x'.repeat(4094)}`], to)?.length, 4096)
    assert.equal(sent([`a=${'x'.repeat(4095)}`], to)?.length, 4097)
    assert.equal(sent([`a=${'x'.repeat(4096)}`], to), undefined)
    assert.equal(sent([`a=${'ü'.repeat(2047)}`], to)?.length, 2049)
    assert.equal(sent([`a=${'ü'.repeat(2048)}`], to), undefined)
  })

  it('keep their values unchanged', () => {
    const to = 'http://localhost/'
    for (const pair of ['a="b c"', 'a=%zz', 'a==b=', 'a=', 'x']) assert.equal(sent([pair], to), pair)
    assert.equal(sent(['a =  3  ; Path=/'], to), 'a=3')
    for (const line of ['', ';', '=', '=;', ' = ']) assert.equal(sent([line], to), undefined, line)
  })
})

it('createBrowser() says how to install tough-cookie where it is missing', async (t) => {
  const module = await import(bareLib(t, 'testing/cookie-jar.js'))
  assert.throws(() => new module.CookieJar(), {
    code: 'ERR_OPTION_INVALID',
    message:
      'createBrowser() needs the package "tough-cookie", which is not installed: npm install tough-cookie@6',
  })
})
