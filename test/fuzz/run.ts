import { type Numbers, numbers } from '../setup/mutations.js'
import { bodies, noise } from './bodies.js'
import { names } from './names.js'
import { origins, redirects } from './origins.js'
import { Broken, type Property } from './property.js'
import { seals } from './seals.js'

export const properties: readonly Property[] = [bodies, noise, seals, redirects, origins, names]

export interface Result {
  readonly name: string
  readonly inputs: number
  /** Milliseconds. */
  readonly time: number
  /** How many inputs had each result. */
  readonly results: ReadonlyMap<string, number>
}

/**
 * Checks properties with inputs made from a seed.
 *
 * @throws Error with the property, the seed and the input that breaks it
 */
export async function* fuzz(inputs: number, seed: number): AsyncGenerator<Result> {
  // A random number of a weak generator depends on its neighbours while the seed is small.
  const next: Numbers = numbers((seed * 2_654_435_761) | 1)
  for (const property of properties)
    yield await run(property, Math.ceil((inputs * property.share) / 100), next, seed)
}

async function run(property: Property, inputs: number, next: Numbers, seed: number): Promise<Result> {
  const results = new Map<string, number>()
  const start = performance.now()
  for (let i = 0; i < inputs; i++) {
    try {
      const answer = property.check(next)
      const result = typeof answer === 'string' ? answer : await answer
      results.set(result, (results.get(result) ?? 0) + 1)
    } catch (error) {
      const input = error instanceof Broken ? JSON.stringify(error.input, jsonOf, 1) : 'unknown'
      throw new Error(`${property.name}: broken by input ${i + 1} of seed ${seed}:\n${input}`, {
        cause: error,
      })
    }
  }
  return { name: property.name, inputs, time: performance.now() - start, results }
}

function jsonOf(_key: string, value: unknown): unknown {
  return typeof value === 'symbol' ? String(value) : value
}
