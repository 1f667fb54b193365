import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureStart } from '../../bench/start.js'

/** CPU of a start with Sealform over one without, which `npm run bench` measures against 1.25. Here other tests run beside it. */
const budget = { koa: 1.3, express: 1.3, 'node:http': 2.4 }

test('an import of Sealform adds little to the start of an app', async () => {
  const least = new Map<string, { alone: number; together: number }>()
  // Other work makes a start slower and never faster, so the fastest of several comes close to the truth.
  for (let round = 0; round < 10; round++) {
    const cores = { server: undefined, load: undefined, words: '' }
    for (const { app, alone, together } of await measureStart(2, cores, () => {})) {
      const before = least.get(app.id) ?? {
        alone: Number.POSITIVE_INFINITY,
        together: Number.POSITIVE_INFINITY,
      }
      least.set(app.id, {
        alone: Math.min(before.alone, ...alone.map(({ cpu }) => cpu)),
        together: Math.min(before.together, ...together.map(({ cpu }) => cpu)),
      })
    }
    if (Object.entries(budget).every(([id, most]) => ratioOf(least.get(id)) <= most)) return
  }
  assert.fail(
    `The start costs too much: ${JSON.stringify([...least])} ms, with at most ${JSON.stringify(budget)} times`,
  )
})

function ratioOf(times: { readonly alone: number; readonly together: number } | undefined): number {
  return times === undefined ? Number.POSITIVE_INFINITY : times.together / times.alone
}
