import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { html, type Printable, raw, SafeHtml } from '../../views/html.js'

describe('html', () => {
  it('escapes the five special characters, in text and in attributes', () => {
    const value = `<b> & "x" 'y'`
    const escaped = '&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;'
    assert.equal(String(html`<p title="${value}">${value}</p>`), `<p title="${escaped}">${escaped}</p>`)
  })

  it('escapes escaped text again', () => {
    assert.equal(String(html`${'&lt;'}`), '&amp;lt;')
  })

  it('leaves every other character alone', () => {
    const value = 'añ😀\u0000\u2028`=\n\t/{}$\\'
    assert.equal(String(html`${value}`), value)
  })

  it('prints its own template as it is written', () => {
    assert.equal(String(html`<p class='a'>"&amp;" \${}</p>`), `<p class='a'>"&amp;" \${}</p>`)
  })

  it('reads escape sequences of the template as JavaScript does', () => {
    assert.equal(String(html`a\n\u00e9`), 'a\né')
  })

  it('prints HTML inside HTML without escaping it again', () => {
    const inner = html`<b>${'<'}</b>`
    assert.equal(String(html`<p>${inner}${raw('<hr>')}</p>`), '<p><b>&lt;</b><hr></p>')
  })

  it('escapes text that looks like HTML', () => {
    assert.equal(String(html`${String(html`<b>`)}`), '&lt;b&gt;')
  })

  it('prints the items of lists one after another, however deep', () => {
    const list: Printable = ['<', [html`<li>`, [1, 'a & b']], []]
    assert.equal(String(html`${list}`), '&lt;<li>1a &amp; b')
  })

  it('prints nothing for null, undefined, true and false', () => {
    assert.equal(String(html`[${null}${undefined}${true}${false}${[null, false]}]`), '[]')
  })

  it('prints numbers, zero and NaN among them, and bigints', () => {
    assert.equal(String(html`${0} ${-1.5} ${Number.NaN} ${10n ** 20n}`), '0 -1.5 NaN 100000000000000000000')
  })

  it('prints an empty string as nothing', () => {
    assert.equal(String(html`<p>${''}</p>`), '<p></p>')
  })

  it('refuses a plain object, which would print as [object Object]', () => {
    refuses({ title: 'Milk' }, 'an object')
  })

  it('refuses an object that pretends to be HTML', () => {
    refuses({ toString: () => '<script>', toHTML: () => '<script>' }, 'an object')
  })

  it('refuses an object that was given the prototype of HTML by hand', () => {
    assert.throws(() => html`${Object.create(SafeHtml.prototype)}`, TypeError)
  })

  it('refuses a date', () => {
    refuses(new Date(0), 'an object')
  })

  it('refuses a promise that was not awaited', () => {
    refuses(Promise.resolve('text'), 'an object')
  })

  it('refuses a function that was not called', () => {
    refuses(() => 'text', 'a function')
  })

  it('refuses a symbol', () => {
    refuses(Symbol('text'), 'a symbol')
  })

  it('refuses an object inside a list', () => {
    refuses([['a', {}]], 'an object')
  })
})

describe('SafeHtml', () => {
  const safe = html`<b>${'&'}</b>`

  it('is its text wherever a string is expected', () => {
    assert.equal(`${safe}`, '<b>&amp;</b>')
    assert.equal(['', safe].join(), ',<b>&amp;</b>')
  })

  it('is its text in JSON', () => {
    assert.equal(JSON.stringify({ safe }), '{"safe":"<b>&amp;</b>"}')
  })

  it('shows its text when it is inspected', () => {
    assert.equal(inspect(safe), 'SafeHtml(<b>&amp;</b>)')
  })

  it('has no property that could change its text', () => {
    assert.deepEqual(Object.keys(safe), [])
  })
})

/** The types refuse these values too, but values from an untyped database pass them. */
function refuses(value: unknown, name: string): void {
  const printable: { value: Printable } = JSON.parse('{}')
  Object.assign(printable, { value })
  assert.throws(() => html`${printable.value}`, {
    name: 'TypeError',
    message: `html\`\` cannot print ${name}; give it text, a number or HTML.`,
  })
}
