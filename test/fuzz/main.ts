// npm run fuzz -- --inputs 1000000 --seed 7
// Prints how many inputs had which result. The first input that breaks a property ends it with status 1.

import { parseArgs } from 'node:util'
import { fuzz } from './run.js'

const { values } = parseArgs({ options: { inputs: { type: 'string' }, seed: { type: 'string' } } })
const inputs = Number(values.inputs ?? 1_000_000)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
if (!Number.isInteger(inputs) || inputs < 1) throw new Error('--inputs is a whole number of at least 1.')
if (!Number.isInteger(seed)) throw new Error('--seed is a whole number.')

// The timers of the readers let the process end.
const alive = setInterval(() => {}, 1000)
console.log(`${inputs} inputs from the seed ${seed}.`)
try {
  for await (const { name, inputs: made, time, results } of fuzz(inputs, seed)) {
    const found = [...results].sort(([, a], [, b]) => b - a).map(([result, count]) => `${result} ${count}`)
    console.log(`${name}: ${made} inputs in ${(time / 1000).toFixed(1)} s (${found.join(', ')})`)
  }
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  clearInterval(alive)
}
