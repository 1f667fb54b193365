import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Framework, frameworks } from './frameworks.js'
import { ownMeansOf, responseOf } from './own-means.js'
import { openSite } from './site.js'

for (const framework of frameworks) {
  describe(`a file as an own answer on ${framework.name}`, () => cases(framework))
}

const ours = { 'Sealform-Region': 'box' }
const htmx = { 'HX-Request': 'true', 'HX-Target': 'box' }
const others: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'Turbo-Frame': 'box' },
  { 'X-Up-Version': '3.14.3', 'X-Up-Target': '#box' },
  { 'X-Alpine-Request': 'true', 'X-Alpine-Target': 'box' },
  { Accept: 'application/vnd.sealform+json' },
]

function cases(framework: Framework): void {
  const means = ownMeansOf(framework)

  it('is named to the browser script, however it is sent, and is the same otherwise', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ context, formData }) => means[String(formData.get('text'))]?.means(context),
    })
    for (const [text, { status, type, disposition, text: content }] of Object.entries(means)) {
      const answer = await site.submit({ text }, { headers: ours })
      const name = /filename="?([^"]+)/.exec(String(answer.headers['content-disposition']))?.[1]
      const isFile = status < 300 && status !== 204 && !/html/.test(String(type ?? ''))
      assert.equal(answer.headers['sealform-name'], isFile ? (name ?? 'download') : undefined, text)
      if (!isFile) continue
      assert.equal(answer.status, status, text)
      if (disposition) assert.match(String(answer.headers['content-disposition']), disposition, text)
      if (content) assert.match(String(answer.text ?? answer.body), content, text)
    }
    assert.equal(site.runs.length, Object.keys(means).length)
  })

  it('has a name in any script', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ context }) => {
        const res = responseOf(context)
        if ('respond' in context || 'app' in context) Object.assign(context, { respond: false })
        const name = encodeURIComponent('Aufträge 100% 日.csv')
        res.statusCode = 200
        res.setHeader('Content-Disposition', `attachment; filename="a.csv"; filename*=UTF-8''${name}`)
        res.end('a')
      },
    })
    const { headers } = await site.submit({}, { headers: ours })
    assert.equal(decodeURI(String(headers['sealform-name'])), 'Aufträge 100% 日.csv')
  })

  it('is kept out of the page by htmx, and sent to all others as it is', async (t) => {
    const site = await openSite(t, framework, {
      run: ({ context, formData }) => means[String(formData.get('text'))]?.means(context),
    })
    const text = Object.keys(means).find((name) => /attachment and a stream|^end of/.test(name))!
    const sent = await site.submit({ text }, { headers: htmx })
    assert.deepEqual([sent.headers['hx-reswap'], sent.headers['sealform-name']], ['none', undefined])
    for (const headers of others) {
      const answer = await site.submit({ text }, { headers })
      assert.match(String(answer.headers['content-disposition']), /^attachment/)
      assert.deepEqual([answer.headers['hx-reswap'], answer.headers['sealform-name']], [undefined, undefined])
    }
  })
}
