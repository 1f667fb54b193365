import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { fileFor } from './files.js'
import { script } from './site.js'

/** Bytes. docs/decisions/client-script.md says what they are spent on. */
const most = 3000

describe('the script for browsers', () => {
  it(`has at most ${most} bytes when it is compressed`, (t) => {
    const { length } = gzipSync(script.replace(/\n\/\/# sourceMappingURL=.*\n?$/, ''), { level: 9 })
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= most, `${length} bytes`)
  })

  it('is a classic script that imports nothing and makes no code of text', () => {
    assert.match(script, /^\(function\(\)\{|^\(\(\)=>\{/)
    assert.doesNotMatch(script, /\bimport\b|\bexport\b|\beval\b|new Function|innerHTML|document\.write/)
  })
})

describe('the script that resumes uploads', () => {
  it('has at most 1500 bytes when it is compressed, and is a classic script', (t) => {
    const resume = fileFor('resume')
    const { length } = gzipSync(resume, { level: 9 })
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= 1500, `${length} bytes`)
    assert.match(resume, /^\(\(\)=>\{/)
    assert.doesNotMatch(resume, /\bimport\b|\bexport\b|\beval\b|new Function|innerHTML|document\.write/)
  })
})
