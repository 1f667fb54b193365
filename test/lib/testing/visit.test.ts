import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import express from 'express'
import Koa from 'koa'
import { createBrowser, visit } from '../../../lib/testing/testing.js'
import { listen } from '../../setup/koa-app.js'
import { patience } from '../../setup/patience.js'

const express4: typeof express = createRequire(import.meta.url)('express4')

describe('visit', () => {
  it('accepts a Koa app, Express apps, a function, servers and a URL', async (t) => {
    const koa = new Koa()
    koa.use((ctx) => {
      ctx.body = `<title>${ctx.method} ${ctx.url}</title>`
    })
    const listener: RequestListener = (req, res) => {
      res.setHeader('Content-Type', 'text/html').end(`<title>${req.method} ${req.url}</title>`)
    }
    const listening = createServer(listener)
    const port = await listen(listening, (end) => t.after(end))
    for (const target of [
      koa,
      express().use(listener),
      express4().use(listener),
      listener,
      createServer(listener),
      listening,
      `http://localhost:${port}`,
      new URL(`http://127.0.0.1:${port}/elsewhere`),
    ]) {
      const page = await visit(target, '/some/path?q=1#part')
      assert.equal(page.title, 'GET /some/path?q=1')
      assert.equal(page.path, '/some/path?q=1#part')
      assert.equal(page.status, 200)
    }
  })

  it('accepts a server with a self-signed certificate', async () => {
    const pem = readFileSync(new URL('../../../../test/vectors/localhost.pem', import.meta.url), 'utf8')
    const server = createHttpsServer({ key: pem, cert: pem }, (req, res) => {
      res.setHeader('Set-Cookie', 'a=1; Secure').end(req.headers['sec-fetch-site'])
    })
    const page = await visit(server, '/')
    assert.match(page.url, /^https:/)
    assert.equal(page.text, 'none')
    assert.deepEqual([...page.cookies], [['a', '1']])
  })

  it('refuses malformed targets, paths and options', async () => {
    for (const target of ['localhost:3000', 'ftp://x.example', {}, null, 3]) {
      await assert.rejects(visit(target as never, '/'), { code: 'ERR_OPTION_INVALID' })
    }
    await assert.rejects(visit(app({}), '/', { cookie: {} } as never), /did you mean "cookies"/)
    await assert.rejects(visit(app({}), 'http://other.example/'), /another site/)
    await assert.rejects(visit(app({}), '//other.example/'), { code: 'ERR_BROWSER_REFUSED' })
  })

  it('fails when no server listens there', async () => {
    await assert.rejects(visit('http://127.0.0.1:9', '/'), /ECONNREFUSED/)
  })

  it('fails when the server hangs up before or during its answer', async () => {
    await assert.rejects(
      visit((req: IncomingMessage) => req.socket.destroy(), '/'),
      /hang up/,
    )
    const half = (_req: IncomingMessage, res: ServerResponse) => {
      res.writeHead(200, { 'Content-Length': 100 }).write('x')
      setTimeout(() => res.destroy(), 10)
    }
    await assert.rejects(visit(half, '/'), /aborted/)
  })

  it('starts one server for an app with many simultaneous visits', async () => {
    const target = app({ '/': 'there' })
    const pages = await Promise.all(Array.from({ length: 30 }, () => visit(target, '/')))
    assert.equal(new Set(pages.map(({ url }) => url)).size, 1)
    assert.ok(pages.every(({ text }) => text === 'there'))
  })

  it('lets the program end', () => {
    const client = new URL('../../../lib/testing/testing.js', import.meta.url)
    const program = `import { visit } from ${JSON.stringify(client.href)}
      const page = await visit((req, res) => res.end('there'), '/')
      console.log(page.text)`
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: patience,
    })
    assert.deepEqual([stdout, status], ['there\n', 0])
  })
})

describe('a page', () => {
  it('reads as text without JavaScript', async () => {
    const page = await visit(
      app({
        '/': `<!doctype html><title> A
          title </title><style>p {}</style><script>1</script><h1>Head<em>ing</em></h1><p>One&nbsp;two<p>three
          <noscript>no script</noscript><template>never</template><ul id="a.b" class="x y"><li>1<li><b>2</b></ul>
          <table><tr><td>a<td>b</table>`,
      }),
      '/',
    )
    assert.equal(page.title, 'A title')
    assert.equal(page.text, 'Heading One\u00a0two three no script 1 2 a b')
    assert.ok(page.has('three no\nscript'))
    assert.ok(!page.has('never'))
    assert.deepEqual(page.texts('li'), ['1', '2'])
    assert.deepEqual(page.texts('ul.y > li b, td'), ['2', 'a', 'b'])
    assert.deepEqual(page.texts('[id="a.b"] li'), ['1', '2'])
    assert.deepEqual(page.texts('body > li'), [])
    assert.equal(page.element('a.b')?.attributes.get('class'), 'x y')
    assert.match(page.element('a.b')?.html ?? '', /^<ul id="a\.b"/)
    assert.equal(page.element('none'), undefined)
    for (const selector of ['li:first-child', 'a + b', '', '> li', 'ul >', '[a', 'a,,b']) {
      assert.throws(() => page.texts(selector), { code: 'ERR_OPTION_INVALID' }, selector)
    }
  })

  it('may be deep, long and full of odd names', async () => {
    const deep = `<form id=__proto__>${'<div>'.repeat(1000)}<input name=__proto__ value=1><input name=constructor>deep`
    const page = await visit(app({ '/': deep }), '/')
    assert.equal(page.text, 'deep')
    assert.equal(page.texts('div').length, 1000)
    assert.deepEqual(page.form('__proto__').fill({ constructor: '2' }).entries(), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    assert.equal(page.element('toString'), undefined)
    assert.throws(() => page.form('hasOwnProperty'), { code: 'ERR_BROWSER_REFUSED' })
    assert.equal((await visit(app({ '/': '<li>x'.repeat(10_000) }), '/')).texts('li').length, 10_000)
  })

  it('is available whatever the type, status and encoding of its answer', async () => {
    const target = (req: IncomingMessage, res: ServerResponse) => {
      if (req.url === '/json') res.setHeader('Content-Type', 'application/json').end('{"a": "<p>ü"}')
      else if (req.url === '/none') res.writeHead(204).end()
      else if (req.url === '/zip') {
        res.writeHead(418, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Encoding': 'gzip' })
        res.end(gzipSync('<p>zipped ü'))
      } else
        res
          .setHeader('Content-Type', 'text/html')
          .end(Buffer.from('<meta charset=iso-8859-1>\xfc\x80', 'latin1'))
    }
    const browser = createBrowser(target)
    const json = await browser.visit('/json')
    assert.deepEqual([json.text, json.html, json.title], ['{"a": "<p>ü"}', '{"a": "<p>ü"}', ''])
    assert.equal((await browser.visit('/none')).status, 204)
    const zip = await browser.visit('/zip')
    assert.deepEqual([zip.status, zip.text], [418, 'zipped ü'])
    assert.equal((await browser.visit('/latin')).text, 'ü€')
  })

  it('finds forms by id, by action and key, and lists the existing ones otherwise', async () => {
    const form = (id: string) => `<form id="${id}"></form>`
    const page = await visit(app({ '/': ['a', 'b-1', 'b-x%20y', 'c-2', 'd', 'd-2'].map(form).join('') }), '/')
    assert.equal(page.form('a').id, 'a')
    assert.equal(page.form('a'), page.form('a'))
    assert.equal(page.form('b', 'x y').id, 'b-x%20y')
    assert.equal(page.form('b', 1).id, 'b-1')
    assert.equal(page.form('b-1').id, 'b-1')
    assert.equal(page.form('c').id, 'c-2')
    assert.equal(page.form('d').id, 'd')
    assert.equal(page.forms.length, 6)
    assert.throws(() => page.form('b'), /has 2 forms of "b": "b-1", "b-x%20y"/)
    assert.throws(() => page.form('e'), /The page \/ \(200\) has no form "e"\. It has: "a", "b-1"/)
    assert.throws(() => page.form('b', 2), /no form "b-2"/)
    const empty = await visit(app({ '/': '<title>None</title>' }), '/')
    assert.throws(() => empty.form('a'), /\(200, "None"\) has no form "a"\. It has: no form at all/)
  })

  it('follows links by their text or address, and to no other site', async () => {
    const page = await visit(
      app({
        '/': `<a href="/next?x">Go <b>on</b></a> <a href="https://other.example/">Away</a> <a>None</a>
          <a href="#part">Part</a><a href="javascript:1">Script</a><a href="/image"><img alt="Picture"></a>`,
        '/next': '<title>Next</title>',
        '/image': '',
      }),
      '/',
    )
    assert.equal((await page.follow('Go on')).title, 'Next')
    assert.equal((await page.link('/next?x').click()).path, '/next?x')
    assert.equal((await page.follow('Picture')).path, '/image')
    assert.equal((await page.follow('Part')).path, '/#part')
    assert.equal(page.link('Away').url, 'https://other.example/')
    await assert.rejects(page.follow('Away'), /another site/)
    await assert.rejects(page.follow('Script'), { code: 'ERR_BROWSER_REFUSED' })
    await assert.rejects(page.follow('None'), /no link "None"\. It has: "Go on", "Away"/)
  })

  it('is requested again on a reload, and the form that led to it is sent again', async () => {
    const bodies: string[] = []
    const page = await visit(async (req: IncomingMessage, res: ServerResponse) => {
      let body = ''
      for await (const piece of req) body += piece
      bodies.push(`${req.method} ${body}`)
      res
        .setHeader('Content-Type', 'text/html')
        .end('<form id=f method=post><input name=a><button>Send</button></form>')
    }, '/')
    const sent = await page.form('f').fill({ a: 'x' }).submit()
    const again = await sent.reload()
    await page.reload()
    assert.deepEqual(bodies, ['GET ', 'POST a=x', 'POST a=x', 'GET '])
    assert.equal(await again.back(), page)
  })

  it('keeps its filled-in values when the visitor goes back', async () => {
    const page = await visit(
      app({ '/': '<form id=f action=/next><input name=a><button>x</button></form>', '/next': '' }),
      '/',
    )
    const next = await page.form('f').fill({ a: 'typed' }).submit()
    const back = await next.back()
    assert.equal(back.form('f').value('a'), 'typed')
    await assert.rejects(back.back(), /no page before/)
  })
})

describe('redirects', () => {
  it('are listed, and stop after twenty', async () => {
    const target = (req: IncomingMessage, res: ServerResponse) => {
      const n = Number(req.url?.slice(1))
      if (n === 0) res.end('there')
      else res.writeHead(302, { Location: `/${n - 1}` }).end()
    }
    const page = await visit(target, '/20')
    assert.equal(page.text, 'there')
    assert.equal(page.redirects.length, 20)
    assert.deepEqual(page.redirects[0]?.status, 302)
    await assert.rejects(visit(target, '/21'), /More than 20 redirects/)
    await assert.rejects(
      visit((_req, res) => res.writeHead(307, { Location: '' }).end(), '/'),
      /More than 20/,
    )
  })

  it('are not followed to another site, and can be inspected', async () => {
    for (const location of [
      'https://other.example/x',
      '//other.example/x',
      'http://127.0.0.1:1/',
      'mailto:a@b.c',
    ]) {
      const page = await visit((_req, res) => res.writeHead(303, { Location: location }).end(), '/')
      assert.equal(page.status, 303)
      assert.equal(page.location, new URL(location, 'http://x').href)
      assert.throws(() => page.form('a'), /redirect to another site/)
    }
    await assert.rejects(
      visit((_req, res) => res.writeHead(303, { Location: 'http://[' }).end(), '/'),
      /no URL/,
    )
  })
})

/** Creates an app with these pages. */
function app(pages: Readonly<Record<string, string>>): RequestListener {
  return (req, res) => {
    const html = pages[new URL(req.url ?? '/', 'http://x').pathname]
    res.writeHead(html === undefined ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html)
  }
}
