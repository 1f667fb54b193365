import type { LRUCache } from 'lru-cache'
import { loadOptional } from '../base/optional-package.js'
import type { GuardedTier } from './guarded-tier.js'
import { type Bounds, OwnShare } from './own-share.js'

/** The tier that servers share, and the most that this server puts into it. */
interface Shared {
  readonly tier: GuardedTier
  readonly bounds: Bounds
}

/** Texts by key: in the memory of this server and, when there is one, in a tier that servers share. */
export interface Tiers {
  /** Never rejects: a text that cannot be read counts as missing. */
  get(key: string): Promise<string | undefined>
  /** Never rejects. The memory of this server has the text at once. @param ttl seconds */
  set(key: string, text: string, ttl: number): Promise<void>
  /** Waits for pending writes. */
  close(): Promise<void>
}

/**
 * Opens the memory and puts it in front of the shared tier.
 *
 * @throws SealformError `ERR_OPTION_INVALID` when the package lru-cache is not installed
 */
export function openTiers(bounds: Bounds, shared: Shared | undefined): Tiers {
  const memory = openMemory(bounds)
  const share = shared && new OwnShare(shared.bounds)
  const writing = new Set<Promise<unknown>>()
  return {
    async get(key) {
      const kept = memory.get(key)
      if (kept !== undefined || !shared) return kept
      const entry = await readShared(shared.tier, key)
      if (entry) memory.set(key, entry.text, { ttl: entry.left })
      return entry?.text
    },
    async set(key, text, ttl) {
      const left = Math.ceil(ttl * 1000)
      memory.set(key, text, { ttl: left })
      if (!shared || !share) return
      const until = Date.now() + left
      const stored = `${until}\n${text}`
      const { fits, surplus } = share.add(key, stored, until)
      const writes = surplus.map((old) => shared.tier.delete(old))
      if (fits) writes.push(shared.tier.set(key, stored, left / 1000))
      // The guard has reported the errors.
      const write = Promise.allSettled(writes)
      writing.add(write)
      await write
      writing.delete(write)
    },
    async close() {
      await Promise.all(writing)
    },
  }
}

/** The one place that uses lru-cache. An app without a cache does not load it. */
function openMemory({ entries, size }: Bounds): LRUCache<string, string> {
  const library = loadOptional<typeof import('lru-cache')>('createCache()', 'lru-cache@11')
  return new library.LRUCache({
    max: entries,
    maxSize: size,
    sizeCalculation: (text, key) => Buffer.byteLength(key) + Buffer.byteLength(text),
    // A monotonic clock would stand still while the machine sleeps, and the other servers go by the time of day.
    perf: { now: () => Date.now() },
    ttlResolution: 0,
  })
}

interface Entry {
  readonly text: string
  /** Milliseconds that it may still be kept. */
  readonly left: number
}

async function readShared(shared: GuardedTier, key: string): Promise<Entry | undefined> {
  try {
    const stored = await shared.get(key)
    if (stored === undefined) return undefined
    const [line, ends] = /^(\d+)\n/.exec(stored) ?? []
    if (line === undefined) {
      // Another program or version has written it.
      await shared.delete(key)
      return undefined
    }
    const left = Number(ends) - Date.now()
    return left > 0 ? { text: stored.slice(line.length), left } : undefined
  } catch {
    // The guard has reported the error.
    return undefined
  }
}
