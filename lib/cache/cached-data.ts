import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { decodeCached, encodeCached } from './cached-values.js'
import { lifetime } from './lifetime.js'
import type { Address, TaggedEntries } from './tagged-entries.js'
import { tagNames } from './tags.js'

/** What `cached(fn, options)` takes. */
export interface CachedOptions<Args extends unknown[]> {
  /** What to revalidate when the data change: a list, or a function that makes one from the arguments. @default none */
  tags?: readonly string[] | ((...args: Args) => readonly string[])
  /** How long a result is kept, in seconds or as `'90s'`, `'5m'`; 30 days at most. @default the cache's own */
  ttl?: number | string
  /** Names the data in the tiers: the same in every build and on every server. @default the function's name */
  key?: string
}

/** Makes functions that keep their results. */
export class CachedData {
  readonly #entries: TaggedEntries
  readonly #ttl: number
  readonly #version: string
  readonly #keys = new Set<string>()
  readonly #running = new Map<Address, Promise<Found>>()

  constructor(entries: TaggedEntries, ttl: number, version: string) {
    this.#entries = entries
    this.#ttl = ttl
    this.#version = version
  }

  remember<Args extends unknown[], Result>(
    fn: (...args: Args) => Result | Promise<Result>,
    options: CachedOptions<Args>,
  ): (...args: Args) => Promise<Result> {
    checkOptions('cached()', options, ['tags', 'ttl', 'key'])
    const key = this.#takeKey(fn, options.key)
    const where = `cached("${key}")`
    const ttl = options.ttl === undefined ? this.#ttl : lifetime(options.ttl, `${where} "ttl"`)
    const tagsOf = tagList(options.tags, where)
    const start = `${encodeURIComponent(this.#version)}|${key}|`

    return async (...args) => {
      const own = start + (args.length === 0 ? '[]' : encodeCached(args, `${where}: an argument`))
      const address = await this.#entries.address('d', own, tagsOf(args))
      const compute = async () => encodeCached(await fn(...args), `${where}: what the function returned`)
      return (await this.#valueAt(address, ttl, compute)) as Result
    }
  }

  /** Finds or computes a value. Concurrent calls for one address share the work, and each gets a value of its own. */
  async #valueAt(address: Address, ttl: number, compute: () => Promise<string>): Promise<unknown> {
    let running = this.#running.get(address)
    if (!running) {
      running = this.#findOrMake(address, ttl, compute).finally(() => this.#running.delete(address))
      this.#running.set(address, running)
    }
    const found = await running
    return found.take()
  }

  async #findOrMake(address: Address, ttl: number, compute: () => Promise<string>): Promise<Found> {
    const kept = await this.#entries.get(address)
    const found = kept === undefined ? undefined : readFound(kept)
    if (found) return found
    const text = await compute()
    // The memory has it at once. The caller does not wait for the shared tier.
    void this.#entries.set(address, text, ttl)
    return new Found(text, decodeCached(text))
  }

  #takeKey(fn: unknown, given: string | undefined): string {
    if (typeof fn !== 'function') {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `The first argument of cached() must be a function, not ${typeof fn}.`,
      )
    }
    const key: unknown = given ?? fn.name
    if (typeof key !== 'string' || !keyPattern.test(key)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        key === ''
          ? `cached() has been given a function without a name. Name what it keeps: cached(fn, { key: 'news' }).`
          : `cached() cannot keep anything as ${JSON.stringify(key)}. Give a "key" of letters, digits, "_", "$", ".", ":" and "-", 128 characters at most.`,
      )
    }
    if (this.#keys.has(key)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `Two functions would keep their results as "${key}". Give one of them another name: cached(fn, { key: '…' }). Call cached() once for each function, not once for each request.`,
      )
    }
    this.#keys.add(key)
    return key
  }
}

const keyPattern = /^[\w$.:-]{1,128}$/

/** A text, and a value decoded from it for the first caller. Mostly there is only one. */
class Found {
  readonly #text: string
  #value: unknown
  #taken = false

  constructor(text: string, value: unknown) {
    this.#text = text
    this.#value = value
  }

  /** Gives a value that no other caller has. */
  take(): unknown {
    if (this.#taken) return decodeCached(this.#text)
    const value = this.#value
    this.#taken = true
    this.#value = undefined
    return value
  }
}

/** Decodes an entry. One that another build or program has written counts as missing. */
function readFound(text: string): Found | undefined {
  try {
    return new Found(text, decodeCached(text))
  } catch {
    return undefined
  }
}

function tagList<Args extends unknown[]>(
  tags: CachedOptions<Args>['tags'],
  where: string,
): (args: Args) => readonly string[] {
  if (typeof tags === 'function') return (args) => tagNames(tags(...args), where)
  const fixed = tagNames(tags ?? [], where)
  return () => fixed
}
