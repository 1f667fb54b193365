import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { createKeyRing } from '../lib/seal/key-ring.js'
import { open, seal } from '../lib/seal/seal.js'
import { answer } from './exchange.js'

/** Seals and opens in its own process, pinned like a server. */
answer({ seals: measure })

/** More different seals than a key ring remembers, so that each is decrypted. */
const perBatch = 2000
const batches = 15

function measure() {
  const ring = createKeyRing(randomBytes(32).toString('base64'))
  const content = unboundContent()
  const tokens = Array.from({ length: perBatch }, () => seal(ring, 'action', content))
  return {
    seal: timed(() => seal(ring, 'action', content)),
    open: timed((i) => open(ring, 'action', tokens[i]!)),
    length: tokens[0]!.length,
  }
}

/** Returns the content of a seal as in the tour: no bound values, no session, no path. */
function unboundContent() {
  const issued = Math.floor(Date.now() / 1000)
  return {
    audience: '',
    action: 'todos.add',
    version: undefined,
    issued,
    expires: issued + 24 * 60 * 60,
    session: undefined,
    path: undefined,
    owner: undefined,
    values: '',
  }
}

/** Measures µs per call, one figure per batch. The first batches warm up and do not count. */
function timed(call: (i: number) => unknown): number[] {
  const figures: number[] = []
  for (let batch = -5; batch < batches; batch++) {
    const start = performance.now()
    for (let i = 0; i < perBatch; i++) if (call(i) === undefined) throw new Error('a seal does not open')
    if (batch >= 0) figures.push(((performance.now() - start) * 1000) / perBatch)
  }
  return figures
}
