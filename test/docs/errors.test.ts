import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from './project.js'

const folder = join(root, 'docs', 'errors')
const pages = readdirSync(folder).filter((name) => name !== 'README.md')
const index = readFileSync(join(folder, 'README.md'), 'utf8')
const codes = namesIn('lib/base/errors.ts', 'SealformErrorCode')

/** The pages of refusals, by the reason in `onRefused`. Refusals by the action itself need no page. */
const refusalPages: Record<string, readonly string[]> = {
  origin: ['origin-refused'],
  malformed: ['malformed', 'key-mismatch'],
  'unknown-action': ['failed-to-find-action'],
  unauthorized: [],
  forbidden: [],
  'not-found': [],
  'unsafe-redirect': ['redirect-target'],
  'done-unsafe-redirect': ['redirect-target'],
}

describe('docs/errors', () => {
  it('has a page for each code', () => {
    assert.ok(codes.length > 10)
    for (const code of codes) {
      const name = `${code.replace('ERR_', '').toLowerCase().replaceAll('_', '-')}.md`
      assert.ok(existsSync(join(folder, name)), `${code} has no page ${name}`)
      assert.match(readFileSync(join(folder, name), 'utf8'), new RegExp(`^# ${code}\\n`))
    }
  })

  it('has a page for each refusal that a visitor can see', () => {
    const reasons = namesIn('lib/outcome/outcome.ts', 'RefusalReason')
    assert.ok(reasons.length > 5)
    for (const reason of reasons) {
      for (const page of refusalPages[reason] ?? [reason]) assert.ok(pages.includes(`${page}.md`), page)
    }
  })

  it('says on each page why it occurred and how to fix it', () => {
    for (const page of pages) {
      const text = readFileSync(join(folder, page), 'utf8')
      assert.match(text, /^## Why this occurred$/m, page)
      assert.match(text, /^## Ways to fix it$/m, page)
    }
  })

  it('links each page from its index, and has no page for an old code', () => {
    for (const page of pages) {
      assert.ok(index.includes(`(${page})`), `${page} is not in the index`)
      const code = /^# (ERR_\w+)$/m.exec(readFileSync(join(folder, page), 'utf8'))?.[1]
      assert.ok(code === undefined || codes.includes(code), `${code} is gone`)
    }
  })
})

/** Returns the strings of a union type in a source file. */
function namesIn(path: string, type: string): string[] {
  const source = readFileSync(join(root, path), 'utf8')
  const union = new RegExp(`export type ${type} =\\n((?:\\s+\\| '[^']+'\\n)+)`).exec(source)?.[1] ?? ''
  return [...union.matchAll(/'([^']+)'/g)].map(([, name]) => name!)
}
