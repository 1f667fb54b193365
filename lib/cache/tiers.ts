import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import type { L2CacheDriver } from 'bentocache/types'
import type { GuardedTier } from './guarded-tier.js'

/** What this server keeps in memory, at most. */
export interface MemoryBounds {
  readonly entries: number
  /** Bytes. */
  readonly size: number
}

/** Texts by key: in the memory of this server and, when there is one, in a tier that servers share. */
export interface Tiers {
  /** Never rejects: what cannot be had is not there. */
  get(key: string): Promise<string | undefined>
  /** Never rejects. @param ttl seconds */
  set(key: string, text: string, ttl: number): Promise<void>
  close(): Promise<void>
}

/**
 * The one place where bentocache is used: for its bounded memory, and for reading and writing two tiers in order. Its
 * tags and its bus are not used, see `TagVersions`.
 */
export function openTiers({ entries, size }: MemoryBounds, shared: GuardedTier | undefined): Tiers {
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: entries, maxSize: size }))
  if (shared) store.useL2Layer({ options: {}, factory: () => new TierDriver(shared) })
  const bento = new BentoCache({
    default: 'sealform',
    stores: { sealform: store },
    prefix: '',
    serializer: { serialize: writeItem, deserialize: readItem },
    suppressL2Errors: true,
  })
  const writing = new Set<Promise<unknown>>()
  return {
    get: (key) => bento.get<string | undefined>({ key }),
    async set(key, text, ttl) {
      const write = bento.set({ key, value: text, ttl: Math.ceil(ttl * 1000) })
      writing.add(write)
      await write.finally(() => writing.delete(write))
    },
    async close() {
      await Promise.allSettled(writing)
      await bento.disconnectAll()
    },
  }
}

/** As bentocache hands them over. Its values are texts here, which need no JSON around them. */
interface Item {
  readonly value: string
  readonly createdAt: number
  readonly logicalExpiration: number
}

function writeItem({ value, createdAt, logicalExpiration }: Item): string {
  return `${createdAt} ${logicalExpiration}\n${value}`
}

function readItem(text: string): Item {
  const match = /^(\d+) (\d+)\n/.exec(text)
  if (!match) throw new Error('What lies in the shared tier was not written by this cache.')
  return {
    value: text.slice(match[0].length),
    createdAt: Number(match[1]),
    logicalExpiration: Number(match[2]),
  }
}

/** A shared tier as bentocache wants it. */
class TierDriver implements L2CacheDriver {
  readonly type = 'l2'
  readonly #tier: GuardedTier

  constructor(tier: GuardedTier) {
    this.#tier = tier
  }

  namespace(): TierDriver {
    return this
  }

  get(key: string): Promise<string | undefined> {
    return this.#tier.get(key)
  }

  async pull(key: string): Promise<string | undefined> {
    const text = await this.get(key)
    await this.delete(key)
    return text
  }

  async set(key: string, text: string, ttl = 0): Promise<boolean> {
    await this.#tier.set(key, text, ttl / 1000)
    return true
  }

  async delete(key: string): Promise<boolean> {
    await this.#tier.delete(key)
    return true
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    await Promise.all(keys.map((key) => this.delete(key)))
    return true
  }

  async clear(): Promise<void> {}

  async disconnect(): Promise<void> {}
}
