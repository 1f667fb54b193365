import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { escapeHtml } from '../../views/escape-html.js'
import { processorTime } from '../setup/processor-time.js'

describe('escapeHtml', () => {
  it('replaces & < > and both quotes', () => {
    assert.equal(escapeHtml(`&<>"'`), '&amp;&lt;&gt;&quot;&#39;')
  })

  it('replaces at the beginning, in the middle and at the end', () => {
    assert.equal(escapeHtml('<a<b<'), '&lt;a&lt;b&lt;')
  })

  it('replaces each one of a run', () => {
    assert.equal(escapeHtml('&&amp;&'), '&amp;&amp;amp;&amp;')
  })

  it('returns text without any of them as it is', () => {
    assert.equal(escapeHtml('plain text, `ticks` = fine'), 'plain text, `ticks` = fine')
    assert.equal(escapeHtml(''), '')
  })

  it('keeps characters beyond the basic plane whole, and lone surrogates too', () => {
    assert.equal(escapeHtml('😀<😀'), '😀&lt;😀')
    assert.equal(escapeHtml('<\ud83d'), '&lt;\ud83d')
  })

  it('keeps control characters', () => {
    assert.equal(escapeHtml('\u0000\r\n<\u007f'), '\u0000\r\n&lt;\u007f')
  })

  it('replaces no other ASCII character', () => {
    const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
    const changed = ascii.filter((character) => escapeHtml(character) !== character)
    assert.deepEqual(changed, ['"', '&', "'", '<', '>'])
  })

  it('takes a text of a million characters in well under a second', () => {
    const time = processorTime(() => {
      assert.equal(escapeHtml('<'.repeat(1_000_000)).length, 4_000_000)
    })
    assert.ok(time < 1000, `${time} ms`)
  })
})
