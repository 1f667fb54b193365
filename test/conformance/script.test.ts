import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { html } from '../../views/html.js'
import { script } from '../client/site.js'
import { root } from '../docs/project.js'
import { talk } from '../setup/raw-http.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, type Site } from './site.js'

for (const framework of frameworks)
  describe(`the script for browsers on ${framework.name}`, () => cases(framework))

const withoutMap = (text: string) => text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '')
const code = withoutMap(script)

function cases(framework: Framework): void {
  it('is printed as a tag with its texts, and served for good under a path that changes with its content', async (t) => {
    const { site, tag, path } = await pageWithScript(t, framework)
    assert.match(
      tag,
      /^<script src="\/sealform-client-[\w-]{12}\.js" defer data-lost="Nicht &quot;gesendet&quot;\." data-again="Send again" data-cancel="Cancel" data-done="Done\."><\/script>$/,
    )
    await assertServed(site, path, code)
  })

  it('has the nonce of the page, and refuses one that no policy can have', async (t) => {
    const site = await openSite(t, framework, {
      middleware: { nonce: ({ req }) => req.headers['x-nonce'] as string },
      pages: { '/scripted': ({ forms }) => ({ html: html`${forms.script}` }) },
    })
    const tagWith = async (nonce: string) =>
      (await site.request.get('/scripted').set('X-Nonce', nonce).expect(200)).text
    assert.match(await tagWith('aZ0+/_-=='), /\.js" defer nonce="aZ0\+\/_-==" data-lost=/)
    assert.doesNotMatch((await site.request.get('/scripted').expect(200)).text, /nonce/)
    assert.equal((await site.request.get('/scripted').set('X-Nonce', "'nonce-a'")).status, 500)
    const [failure] = await site.failed(1)
    assert.equal(Reflect.get(Object(failure?.error), 'code'), 'ERR_OPTION_INVALID')
  })

  it('serves the module for calls in the same way, and prints its path', async (t) => {
    const site = await openSite(t, framework, {
      pages: { '/calling': ({ forms }) => ({ html: html`<p data-call="${forms.callModule}">` }) },
    })
    const { text } = await site.request.get('/calling').expect(200)
    const path = /^<p data-call="(\/sealform-call-[\w-]{12}\.js)">$/.exec(text)?.[1] ?? assert.fail(text)
    await assertServed(site, path, withoutMap(readFileSync(join(root, 'dist', 'bundle', 'call.js'), 'utf8')))
    const other = await site.request.get('/sealform-call-AAAAAAAAAAAA.js').expect(200)
    assert.equal(other.headers['cache-control'], 'no-cache')
    assert.notEqual((await site.request.get('/sealform-cold-AAAAAAAAAAAA.js')).status, 200)
  })

  it('is sent as small as the browser can read it', async (t) => {
    const { site, path } = await pageWithScript(t, framework)
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
      ['identity', undefined],
      ['', undefined],
      ['brx', undefined],
    ] as const) {
      const answer = await site.request.head(path).set('Accept-Encoding', accepted).expect(200)
      assert.equal(answer.headers['content-encoding'], encoding, accepted)
    }
  })

  it('is sent in this version, not to be kept, when a page of another version asks for it', async (t) => {
    const { site } = await pageWithScript(t, framework)
    const answer = await site.request.get('/deep/sealform-client-AAAAAAAAAAAA.js?x').expect(200)
    assert.equal(answer.headers['cache-control'], 'no-cache')
  })

  it('takes no other path and no other method', async (t) => {
    const { site, path } = await pageWithScript(t, framework)
    for (const other of ['/sealform-client-short.js', `${path}.map`, `/x?${path}`, '/sealform-client-']) {
      assert.notEqual((await site.request.get(other)).status, 200, other)
    }
    assert.notEqual((await site.request.post(path)).status, 200)
  })

  it('is not the answer to a fragment of a page, under whose path a cache could keep it', async (t) => {
    const { site, path } = await pageWithScript(t, framework)
    const { answers } = await talk(site.port, [
      `GET /scripted#${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    ])
    const [answer] = answers
    assert.ok(answer)
    assert.doesNotMatch(String(answer.headers.get('content-type')), /javascript/)
    assert.equal(answer.headers.get('cache-control'), undefined)
  })
}

async function assertServed(site: Site, path: string, content: string): Promise<void> {
  const answer = await site.request.get(path).buffer(true).expect(200)
  assert.equal(answer.text ?? answer.body.toString(), content)
  assert.equal(answer.headers['content-type'], 'text/javascript; charset=utf-8')
  assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  assert.equal(answer.headers.vary, 'Accept-Encoding')
}

async function pageWithScript(
  t: TestContext,
  framework: Framework,
): Promise<{ site: Site; tag: string; path: string }> {
  const site = await openSite(t, framework, {
    middleware: { messages: { notSent: 'Nicht "gesendet".' } },
    pages: { '/scripted': ({ forms }) => ({ html: html`${forms.script}` }) },
  })
  const { text } = await site.request.get('/scripted').expect(200)
  return { site, tag: text, path: /src="([^"]+)"/.exec(text)?.[1] ?? assert.fail(text) }
}
