import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AnswerFormat, askedFormat } from '../../../lib/answer/asked-format.js'

const rich = 'application/vnd.sealform+json'

function assertAsked(cases: readonly (readonly [accept: string | undefined, format: AnswerFormat])[]): void {
  for (const [accept, format] of cases) assert.equal(askedFormat(accept), format, accept)
}

describe('askedFormat()', () => {
  it('is a page for what browsers and their libraries send', () => {
    assertAsked([
      [undefined, 'html'],
      ['', 'html'],
      ['*/*', 'html'],
      ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', 'html'],
      ['text/vnd.turbo-stream.html, text/html, application/xhtml+xml', 'html'],
      ['text/html, */*', 'html'],
      ['application/*', 'html'],
    ])
  })

  it('is JSON for a client that names it', () => {
    assertAsked([
      ['application/json', 'json'],
      ['Application/JSON; charset=utf-8', 'json'],
      [rich, 'rich'],
      [rich.toUpperCase(), 'rich'],
      // The defaults of axios and jQuery.
      ['application/json, text/plain, */*', 'json'],
      ['application/json, text/javascript, */*; q=0.01', 'json'],
    ])
  })

  it('is the type of the highest quality value', () => {
    assertAsked([
      ['application/json;q=0.5, text/html;q=0.6', 'html'],
      ['application/json;q=0.6, text/html;q=0.5', 'json'],
      ['application/json;q=0.5, text/*;q=0.6', 'html'],
      ['application/json;q=0.5, text/*;q=0.6, text/html;q=0', 'json'],
      ['application/json;q=0.5, */*', 'html'],
      [`application/json;q=0.9, ${rich};q=0.8`, 'json'],
      [`application/json;q=0.8, ${rich};q=0.9`, 'rich'],
      ['application/json;q=0', 'html'],
      [`${rich};q=0.000, application/json;q=0.001`, 'json'],
    ])
  })

  it('is a page that the header names as well, then rich values, at the same quality value', () => {
    assertAsked([
      ['application/json, text/html', 'html'],
      ['text/html;q=0.7, application/json;q=0.7', 'html'],
      [`application/json, ${rich}`, 'rich'],
    ])
  })

  it('leaves out what is malformed, and other types that have JSON in their names', () => {
    assertAsked([
      ['application/json;q=2', 'html'],
      ['application/json;q=-1', 'html'],
      ['application/json;q=0.1234', 'html'],
      ['application/json;q=', 'html'],
      ['application/ld+json, application/problem+json', 'html'],
      ['application/jsonp', 'html'],
      [`${','.repeat(5000)}application/json`, 'json'],
      ['json', 'html'],
    ])
  })
})
