import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from './project.js'

test('each promise of the threat model names files that exist, and tests that hold it', () => {
  const page = readFileSync(join(root, 'docs', 'guide', 'threat-model.md'), 'utf8')
  const promises = page
    .split('\n')
    .map((line) => line.split(' | '))
    .filter(([, , tests]) => tests?.includes('`test/'))
  assert.ok(promises.length > 20)
  for (const [promise, code = '', tests = ''] of promises) {
    const [files, proofs] = [namesIn(code), namesIn(tests)]
    assert.ok(files.length > 0, promise)
    for (const file of [...files, ...proofs]) assert.ok(existsSync(join(root, file)), `${promise}: ${file}`)
    for (const file of proofs) assert.match(file, /\.test\.ts$|^test\/fuzz\//)
  }
})

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}
