import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replaceSection } from '../../bench/report.js'

const results = '# Results\n\n### page\n\nold page\n\n### rows\n\nold rows\n'

test('puts a section of the results into the place of the old one, of which nothing stays', () => {
  const changed = replaceSection(results, '### page\n\nnew page\n')
  assert.equal(changed, '# Results\n\n### page\n\nnew page\n\n### rows\n\nold rows\n')
  assert.equal(replaceSection(changed, '### page\n\nnew page'), changed)
})

test('replaces the last section, and adds a new one behind it', () => {
  const changed = replaceSection(results, '### rows\n\nnew rows')
  assert.equal(changed, '# Results\n\n### page\n\nold page\n\n### rows\n\nnew rows\n')
  assert.equal(replaceSection(changed, '### start\n\nnew'), `${changed}\n### start\n\nnew\n`)
})

test('does not take a deeper heading for its own', () => {
  const text = '# Results\n\n#### page\n\nkept\n'
  assert.equal(replaceSection(text, '### page\n\nnew'), `${text}\n### page\n\nnew\n`)
})
