import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root } from '../docs/project.js'

/** Bytes beyond those of `sealform/client/call`, which has the reader of values and the writer of fields as well. */
const most = 1500

const read = (name: string) => readFileSync(join(root, 'dist', 'bundle', name), 'utf8')
const sizeOf = (script: string) =>
  gzipSync(script.replace(/\n\/\/# sourceMappingURL=.*\n?$/, ''), { level: 9 }).length

describe('the file sealform/preact', () => {
  it(`has at most ${most} bytes more than calls have, when both are compressed`, (t) => {
    const whole = sizeOf(read('preact.js'))
    const more = whole - sizeOf(read('call.js'))
    t.diagnostic(`${whole} bytes without Preact, ${more} more than for calls`)
    assert.ok(more <= most, `${more} bytes`)
  })

  it('imports Preact alone, and makes no code of text', () => {
    const script = read('preact.js')
    const imported = [...script.matchAll(/from"([^"]+)"/g)].map(([, name]) => name)
    assert.deepEqual(imported, ['preact', 'preact/hooks'])
    assert.doesNotMatch(script, /\beval\b|new Function|innerHTML|document\.write/)
  })
})
