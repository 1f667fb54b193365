import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { memoryStore } from 'sealform'
import { answer } from './exchange.js'

/** Claims and settles one-time submissions in a process of its own, beside claims that are open already. */
answer({ claims: measure })

const perBatch = 2000
const batches = 9
const issued = Math.floor(Date.now() / 1000)
const digest = 'd'.repeat(22)
const keep = 3600

async function measure({ open }: { readonly open: number }): Promise<readonly number[]> {
  const store = memoryStore({ maxClaims: open + perBatch * (batches + 3) })
  for (let i = 0; i < open; i++) {
    await store.claim(idOf(), { owner: 'another', digest, issued, lease: keep, keep })
  }
  const figures: number[] = []
  for (let batch = -3; batch < batches; batch++) {
    const ids = Array.from({ length: perBatch }, idOf)
    const start = performance.now()
    for (const id of ids) {
      const { kind } = await store.claim(id, { owner: 'own', digest, issued, lease: 10, keep })
      if (kind !== 'claimed') throw new Error(`a claim is ${kind}`)
      await store.settle(id, 'own', { result: 'r'.repeat(100), keep })
    }
    if (batch >= 0) figures.push(((performance.now() - start) * 1000) / perBatch)
  }
  return figures
}

function idOf(): string {
  return `:${randomBytes(24).toString('base64url')}`
}
