import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../package/packed.js'
import { areas } from './areas.js'
import { type Report, scoreOf, survivorsOf } from './report.js'

const at = (line: number, from: number, to: number) => ({
  start: { line, column: from },
  end: { line, column: to },
})

const report: Report = {
  files: {
    'dist/lib/a.js': {
      source: 'const a = 1\nif (a > 1) b()\n',
      mutants: [
        { status: 'Killed', location: at(2, 5, 10), replacement: 'true' },
        { status: 'Survived', location: at(2, 5, 10), replacement: 'a >= 1' },
        { status: 'NoCoverage', location: at(1, 11, 12), replacement: '2' },
        { status: 'Timeout', location: at(1, 11, 12), replacement: '3' },
        { status: 'CompileError', location: at(1, 11, 12), replacement: '4' },
      ],
    },
  },
}

describe('the report of the mutants', () => {
  it('counts those that a test notices, of those that could run', () => {
    assert.deepEqual(scoreOf(report), { mutants: 4, noticed: 2, score: 50 })
  })

  it('has no score where nothing was tried', () => {
    assert.equal(scoreOf({ files: {} }).score, 0)
  })

  it('shows what was changed and not noticed', () => {
    assert.deepEqual(survivorsOf(report), ['lib/a.js:2: a > 1 -> a >= 1', 'lib/a.js:1: 1 -> 2'])
  })
})

describe('the areas of the mutants', () => {
  it('name files and tests that exist', () => {
    for (const { mutate, tests } of areas) {
      for (const path of [...mutate, ...tests]) assert.ok(existsSync(join(root, path)), path)
    }
  })
})
