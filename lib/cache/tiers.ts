import type { LRUCache } from 'lru-cache'
import { loadOptional } from '../base/optional-package.js'
import type { GuardedTier } from './guarded-tier.js'

/** The most that this server keeps in memory. */
interface MemoryBounds {
  readonly entries: number
  /** Bytes of all keys and texts together, as UTF-8. */
  readonly size: number
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
export function openTiers(bounds: MemoryBounds, shared: GuardedTier | undefined): Tiers {
  const memory = openMemory(bounds)
  const writing = new Set<Promise<void>>()
  return {
    async get(key) {
      const kept = memory.get(key)
      if (kept !== undefined || !shared) return kept
      const entry = await readShared(shared, key)
      if (entry) memory.set(key, entry.text, { ttl: entry.left })
      return entry?.text
    },
    async set(key, text, ttl) {
      const left = Math.ceil(ttl * 1000)
      memory.set(key, text, { ttl: left })
      if (!shared) return
      // The guard has reported the error.
      const write = shared.set(key, `${Date.now() + left}\n${text}`, left / 1000).catch(() => {})
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
function openMemory({ entries, size }: MemoryBounds): LRUCache<string, string> {
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
