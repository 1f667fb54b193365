import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { invalid, SealformError } from '../../lib/sealform.js'
import type { BuiltInParts } from '../../views/built-in-page.js'
import { html } from '../../views/html.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of eachKind) {
  describe(`the layout of the built-in page on ${framework.name}`, () => cases(framework))
}

function cases(framework: Framework): void {
  const missing = { '/none': () => undefined }

  it('stands around what happened and the input, with labels and the context of the request', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Too short' }),
      action: { labels: { text: 'Your <message>', 'rows[].qty': 'Quantity' }, secrets: ['code'] },
      middleware: {
        messages: { label: (name, action) => (name === 'code' ? `Code of ${action}` : undefined) },
        layout: ({ language, title, content }, { req }) =>
          html`<!doctype html><html lang="${language}"><title>${title} | Shop</title><header>${req.url}</header><main>${content}</main></html>`,
      },
      pages: missing,
    })
    const { status, text } = await site.submit(
      { text: 'Grüße', 'rows[2].qty': '3', code: '1234', other: 'x' },
      { path: '/none' },
    )
    assert.equal(status, 422)
    assert.match(text, /<title>Error: There is a problem \| Shop<\/title><header>\/none<\/header>/)
    assert.match(text, /<li>Too short<\/li>/)
    assert.match(
      text,
      /<label for="field-0">Your &lt;message&gt;<\/label><br><input type="text" id="field-0" name="text" value="Grüße">/,
    )
    assert.match(text, /<label for="field-1">Quantity<\/label>/)
    assert.match(text, /<label for="field-2">other<\/label>/)
    assert.match(text, /<label for="secret-0">Code of act<\/label>/)
    assert.doesNotMatch(text, /1234/)
  })

  it('gives way to the plain page when it throws, leaves out the content or returns none, and is reported', async (t) => {
    const layouts: (() => unknown)[] = [
      () => {
        throw new Error('no styles')
      },
      () => '<!doctype html><p>Sorry</p>',
      () => undefined,
      async () => 'later',
    ]
    for (const layout of layouts) {
      const site = await openSite(t, framework, {
        run: () => invalid('No'),
        middleware: { layout: layout as never },
        pages: missing,
      })
      const { status, text } = await site.submit({ text: 'typed' }, { path: '/none' })
      assert.equal(status, 422)
      assert.match(text, /<meta name="robots" content="noindex">/)
      assert.match(text, /value="typed"/)
      const [failure] = await site.failed(1)
      if (layout === layouts[0]) assert.match(String(failure?.error), /no styles/)
      else {
        assert.ok(failure?.error instanceof SealformError)
        assert.match(failure.error.message, /has to return HTML that holds page\.content/)
      }
    }
  })

  it('names a field as it was sent when messages.label throws, which is reported once', async (t) => {
    const labels: Readonly<Record<string, { readonly text: string }>> = { text: { text: 'Your text' } }
    for (const layout of [undefined, ({ content }: BuiltInParts) => html`<main>${content}</main>`]) {
      const site = await openSite(t, framework, {
        run: () => invalid('No'),
        middleware: { messages: () => ({ label: (name) => labels[name]!.text }), ...(layout && { layout }) },
        pages: missing,
      })
      const { status, text } = await site.submit(
        { text: 'typed', made: 'up', 'also made': 'up' },
        { path: '/none' },
      )
      assert.equal(status, 422)
      assert.match(text, /Your text<\/label><br><input [^>]*value="typed"/)
      assert.match(text, />made<\/label><br><input [^>]*value="up"/)
      const [failure] = await site.failed(1)
      assert.ok(failure?.error instanceof TypeError)
      assert.equal(site.failures.length, 1)
    }
  })

  it('is not called for a form from another origin', async (t) => {
    let calls = 0
    const site = await openSite(t, framework, {
      middleware: {
        layout: ({ content }) => {
          calls++
          return html`<main>${content}</main>`
        },
      },
    })
    const { status, text } = await site.submit({ text: 'x' }, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    assert.equal(status, 403)
    assert.match(text, /name="robots"/)
    assert.equal(calls, 0)
    assert.deepEqual(site.runs, [])
  })

  it('must be a function', async (t) => {
    await assert.rejects(openSite(t, framework, { middleware: { layout: 'main.html' as never } }), {
      code: 'ERR_OPTION_INVALID',
      message: /sealform\(\{ layout \}\) must be a function/,
    })
  })
}
