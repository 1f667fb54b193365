import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { root } from '../docs/project.js'

/** Bytes, with the reader of values and the writer of fields that `sealform/client/call` has as well. */
const most = 2850

const script = readFileSync(join(root, 'dist', 'bundle', 'react.js'), 'utf8')

describe('the file sealform/react', () => {
  it(`has at most ${most} bytes when it is compressed, without React`, (t) => {
    const { length } = gzipSync(script.replace(/\n\/\/# sourceMappingURL=.*\n?$/, ''), { level: 9 })
    t.diagnostic(`${length} bytes`)
    assert.ok(length <= most, `${length} bytes`)
  })

  it('imports React alone, and makes no code of text', () => {
    const imported = [...script.matchAll(/from"([^"]+)"/g)].map(([, name]) => name)
    assert.deepEqual(imported, ['react', 'react-dom/client'])
    assert.doesNotMatch(script, /\beval\b|new Function|innerHTML|document\.write/)
  })

  it('has a file for servers that imports nothing', () => {
    const server = readFileSync(join(root, 'dist', 'bundle', 'react-on-server.js'), 'utf8')
    assert.doesNotMatch(server, /\bfrom\b/)
  })
})
