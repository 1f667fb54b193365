import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { withTimeout } from '../base/timeout.js'
import { parseSize } from '../base/units.js'
import type { CdnTerms } from './cache-headers.js'
import { CachedData, type CachedOptions } from './cached-data.js'
import { GuardedTier } from './guarded-tier.js'
import { lifetime } from './lifetime.js'
import type { KeepablePage, PageRequest } from './offered-page.js'
import type { Bounds } from './own-share.js'
import { PageCache, type PageCacheOptions } from './page-cache.js'
import type { SharedTier } from './shared-tier.js'
import type { TagSource } from './tag-source.js'
import { TagVersions } from './tag-versions.js'
import { TaggedEntries } from './tagged-entries.js'
import { pathTag, type Revalidation, tagName } from './tags.js'
import { openTiers } from './tiers.js'

export { cachePage } from './cache-page.js'
export type { CachedOptions } from './cached-data.js'
export type { PageCacheOptions } from './page-cache.js'
export type { Revalidation } from './tags.js'

/** What `createCache()` takes. */
export interface CacheOptions {
  /** How long an entry is kept that has no `ttl` of its own, in seconds or as `'90s'`, `'5m'`. @default '5m' */
  ttl?: number | string
  /**
   * The most that this server keeps in memory. What was not used for the longest time leaves first.
   * @default 5000 entries and '32MiB'
   */
  memory?: {
    /** 1 to 10,000,000. Some bytes for each are reserved at once. @default 5000 */
    entries?: number
    /**
     * All keys and texts together in UTF-8: bytes, or a string such as `'64MiB'`. What is larger by itself is not kept
     * in memory.
     * @default '32MiB'
     */
    size?: number | string
  }
  /** The tier that several servers share, such as `redisCacheTier()`. @default none, for one server */
  shared?: SharedTier
  /**
   * The most that this server puts into the shared tier. What it wrote first is deleted first. Of several servers, each has
   * as much.
   * @default 10_000 entries and '64MiB'
   */
  sharedMemory?: {
    /** 1 to 10,000,000. @default 10_000 */
    entries?: number
    /**
     * All keys and texts together in UTF-8: bytes, or a string such as `'64MiB'`. What is larger by itself is not shared.
     * @default '64MiB'
     */
    size?: number | string
  }
  /**
   * A text that changes when the shape or the look of cached entries changes, such as the number of a build. Entries of
   * another version are not found. Revalidation reaches all versions.
   * @default ''
   */
  version?: string
  /** Lets a CDN in front of the app keep whole pages as well. @default browsers and proxies ask each time */
  cdn?: {
    /** How long a CDN may show a page, in seconds or as `'10m'`. */
    maxAge: number | string
    /** The header in which the CDN reads the tags of a page. @default none */
    tagHeader?: 'Cache-Tag' | 'Surrogate-Key'
  }
  /**
   * Called for each revalidation, for example to purge a CDN. The answer of the action waits for it, for five seconds
   * at most.
   * @default nothing is called
   */
  onRevalidate?: (revalidation: Revalidation) => unknown
  /** Called once for each outage of the shared tier. @default a process warning, `SEALFORM_CACHE` */
  onError?: (error: unknown) => void
}

/** A cache for data and for whole pages. Give it to `createActions({ cache })`. */
export interface Cache {
  /**
   * Makes a function of the same type that keeps its results and gives them back for the same arguments.
   *
   * Results keep their types, and each caller gets a value of its own. Concurrent calls run the function once. An error
   * is not kept. A result can hold what a seal can hold, of any size, except actions; and also URL and RegExp.
   *
   * @throws SealformError `ERR_OPTION_INVALID` at once on bad options and on a name that is missing or taken;
   *   `ERR_VALUE_UNSUPPORTED` from the call when an argument or the result cannot be kept
   * @example
   * ```ts
   * const { cached } = createCache()
   * const isListed = cached((id: string) => db.has(id), {
   *   key: 'is-listed',
   *   tags: (id) => [`list:${id}`],
   *   ttl: '90s',
   * })
   * const listed: boolean = await isListed('1')
   * ```
   */
  cached<Args extends unknown[], Result>(
    fn: (...args: Args) => Result | Promise<Result>,
    options?: CachedOptions<Args>,
  ): (...args: Args) => Promise<Result>
  /**
   * Drops all entries with this tag, on every server. For use outside of actions, which have
   * `submission.revalidateTag`.
   *
   * @throws SealformError `ERR_OPTION_INVALID` on anything but a text of 1 to 256 characters; rejects with what
   *   `onRevalidate` throws
   */
  revalidateTag(tag: string): Promise<void>
  /**
   * Drops the pages of this path, with any query, on every server. `'/news/*'` means that page and all below.
   *
   * @throws SealformError `ERR_OPTION_INVALID` on anything but a path; rejects with what `onRevalidate` throws
   */
  revalidatePath(path: string): Promise<void>
  /** Stops listening to the shared tier, and waits for pending writes. The tier itself stays open. */
  close(): Promise<void>
}

/**
 * Makes a cache. Its bounded memory is the package lru-cache, which the app installs: `npm install lru-cache@11`.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on misspelt options and bad values, and when lru-cache is not installed
 * @example
 * ```ts
 * const cache = createCache({ ttl: '10m', memory: { size: '64MiB' } })
 * ```
 */
export function createCache(options: CacheOptions = {}): Cache {
  return new OpenCache(options)
}

const defaultTtl = '5m'
const defaultMemory = { entries: 5000, size: '32MiB' }
const defaultShare = { entries: 10_000, size: '64MiB' }

/** Memory is reserved for all entries at once. */
const mostEntries = 10_000_000

/** Milliseconds that a revalidation waits for `onRevalidate`. */
const longestPurge = 5000

class OpenCache implements Cache {
  readonly #data: CachedData
  readonly #pages: PageCache
  readonly #versions: TagVersions
  readonly #onRevalidate: CacheOptions['onRevalidate']
  readonly #close: () => Promise<void>
  /** For live regions. */
  readonly tags: TagSource

  constructor(options: CacheOptions) {
    checkOptions('createCache()', options, [
      'ttl',
      'memory',
      'shared',
      'sharedMemory',
      'version',
      'cdn',
      'onRevalidate',
      'onError',
    ])
    const { ttl = defaultTtl, version = '', onRevalidate, onError = warn } = options
    if (typeof version !== 'string') {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        'createCache({ version }) takes a text, such as that of a build.',
      )
    }
    checkFunction('onRevalidate', onRevalidate)
    checkFunction('onError', onError)
    const shared =
      options.shared !== undefined ? new GuardedTier(checkTier(options.shared), onError) : undefined
    const memory = boundsOf('memory', options.memory, defaultMemory)
    const share = boundsOf('sharedMemory', options.sharedMemory, defaultShare)
    const tiers = openTiers(memory, shared && { tier: shared, bounds: share })
    this.#versions = new TagVersions(shared)
    this.tags = this.#versions
    this.#onRevalidate = onRevalidate
    const entries = new TaggedEntries(tiers, this.#versions)
    const seconds = lifetime(ttl, 'createCache({ ttl })')
    this.#data = new CachedData(entries, seconds, version)
    this.#pages = new PageCache(entries, { ttl: seconds, version, cdn: cdnTerms(options.cdn) })
    this.#versions.listen()
    this.#close = async () => {
      this.#versions.close()
      await Promise.all([tiers.close(), shared?.close()])
    }
    // An app may take the methods out of the object.
    this.cached = this.cached.bind(this)
    this.revalidateTag = this.revalidateTag.bind(this)
    this.revalidatePath = this.revalidatePath.bind(this)
  }

  cached<Args extends unknown[], Result>(
    fn: (...args: Args) => Result | Promise<Result>,
    options: CachedOptions<Args> = {},
  ): (...args: Args) => Promise<Result> {
    return this.#data.remember(fn, options)
  }

  revalidateTag(tag: string): Promise<void> {
    return this.#revalidate(tagName(tag, 'revalidateTag()'), { tags: [tag], paths: [] })
  }

  revalidatePath(path: string): Promise<void> {
    return this.#revalidate(pathTag(path), { tags: [], paths: [path] })
  }

  recall(
    page: KeepablePage,
    request: PageRequest,
    options?: PageCacheOptions,
  ): Promise<string | Buffer | undefined> {
    return this.#pages.recall(page, request, options)
  }

  close(): Promise<void> {
    return this.#close()
  }

  async #revalidate(tag: string, revalidation: Revalidation): Promise<void> {
    await this.#versions.renew([tag])
    // After our own entries are dropped, so that a CDN that asks again at once gets the new page.
    if (this.#onRevalidate) await withTimeout(Promise.resolve(this.#onRevalidate(revalidation)), longestPurge)
  }
}

function boundsOf(
  name: 'memory' | 'sharedMemory',
  given: CacheOptions['memory'] = {},
  defaults: typeof defaultMemory,
): Bounds {
  const where = `createCache({ ${name}`
  checkOptions(`${where} })`, given, ['entries', 'size'])
  const { entries = defaults.entries, size = defaults.size } = given
  if (!Number.isSafeInteger(entries) || entries < 1 || entries > mostEntries) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where}: { entries } }) is a whole number from 1 to ${mostEntries}, not ${entries}.`,
    )
  }
  const bytes = parseSize(size, `${where}: { size } })`)
  if (bytes > 0) return { entries, size: bytes }
  throw new SealformError('ERR_OPTION_INVALID', `${where}: { size } }) must be above 0.`)
}

function cdnTerms(cdn: CacheOptions['cdn']): CdnTerms | undefined {
  if (cdn === undefined) return undefined
  checkOptions('createCache({ cdn })', cdn, ['maxAge', 'tagHeader'])
  const { tagHeader } = cdn
  if (tagHeader !== undefined && tagHeader !== 'Cache-Tag' && tagHeader !== 'Surrogate-Key') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `createCache({ cdn: { tagHeader } }) is 'Cache-Tag' or 'Surrogate-Key', not ${JSON.stringify(tagHeader)}.`,
    )
  }
  return { maxAge: lifetime(cdn.maxAge, 'createCache({ cdn: { maxAge } })'), tagHeader }
}

function checkTier(tier: SharedTier): SharedTier {
  for (const method of ['get', 'set', 'delete', 'publish', 'subscribe'] as const) {
    if (typeof tier?.[method] === 'function') continue
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `createCache({ shared }) needs the methods get, set, delete, publish and subscribe; ${method} is missing.`,
    )
  }
  return tier
}

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `createCache({ ${name} }) must be a function, not ${typeof value}.`,
  )
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.emitWarning(`The shared tier of the cache does not answer; this server goes on alone. ${reason}`, {
    type: 'SealformWarning',
    code: 'SEALFORM_CACHE',
  })
}
