import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fuzz, properties } from './run.js'

// The timers of the readers let the process end.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

test('the properties hold for 10,000 inputs, and their shares make a whole', async () => {
  assert.equal(
    properties.reduce((sum, { share }) => sum + share, 0),
    100,
  )
  for await (const { name, results } of fuzz(10_000, 20_261_129)) {
    // A property whose inputs all end the same way tests little.
    assert.ok(results.size > 1, name)
  }
})
