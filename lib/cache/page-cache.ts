import { debuglog } from 'node:util'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { withTimeout } from '../base/timeout.js'
import { hasLeft } from '../base/visitor-left.js'
import { addVary, type CdnTerms, tellPrivate, tellPublic } from './cache-headers.js'
import { judgeAsking } from './judge-page.js'
import { lifetime } from './lifetime.js'
import type { KeepablePage, PageRequest } from './offered-page.js'
import { keepPage } from './page-keeper.js'
import { hasOthers, type KeptPage, pageKey, pathOfUrl, readKeptPage } from './page-record.js'
import type { Address, TaggedEntries } from './tagged-entries.js'
import { tagNames, tagsOfPath } from './tags.js'

/** What `cachePage(ctx, options)` takes. */
export interface PageCacheOptions {
  /** What to revalidate when something on the page changes. @default none; the page's path revalidates it anyway */
  tags?: readonly string[]
  /**
   * How long the page is kept, in seconds or as `'90s'`, `'5m'`: no longer than half of the shortest life of the forms
   * on it. @default the cache's own
   */
  ttl?: number | string
  /** Names of request headers by which the page differs, such as `'Accept-Language'`. @default none */
  vary?: readonly string[]
  /** Names of query parameters by which the page differs, such as `'page'`. @default none */
  query?: readonly string[]
  /**
   * What becomes of a request with another parameter. With `'pass'`, its page is neither sent from the cache nor kept. With
   * `'ignore'`, it gets the page without that parameter: only for pages that look the same whatever stands there, as with
   * `utm_source`.
   * @default 'pass'
   */
  otherQuery?: 'pass' | 'ignore'
}

/** The terms of all pages. */
interface PageCacheTerms {
  /** Seconds, for a page without a `ttl`. */
  readonly ttl: number
  readonly version: string
  readonly cdn: CdnTerms | undefined
}

/** Milliseconds that a request waits for another one that is making the same page. */
const longestWait = 3000

const log = debuglog('sealform')

/** Whole pages that are the same for everybody. */
export class PageCache {
  readonly #entries: TaggedEntries
  readonly #terms: PageCacheTerms
  readonly #running = new Map<Address, Promise<void>>()

  constructor(entries: TaggedEntries, terms: PageCacheTerms) {
    this.#entries = entries
    this.#terms = terms
  }

  /**
   * Looks for the page of a request, and sets its headers. When it is not there, sets `page.keeping`, which the adapter
   * calls when the page is made.
   */
  async recall(
    page: KeepablePage,
    request: PageRequest,
    options: PageCacheOptions = {},
  ): Promise<string | Buffer | undefined> {
    checkOptions('cachePage()', options, ['tags', 'ttl', 'vary', 'query', 'otherQuery'])
    const { tags = [] } = options
    const names = parameterNames(options)
    const vary = headerNames(options.vary)
    const ttl = options.ttl === undefined ? this.#terms.ttl : lifetime(options.ttl, 'cachePage({ ttl })')
    const ownTags = tagNames(tags, 'cachePage()')
    const { req, res, url, host } = request
    const { method, headers } = req
    const { showsOutcome } = page
    const session = request.session() !== undefined
    const unnamed = options.otherQuery !== 'ignore' && hasOthers(url, names)
    const verdict = judgeAsking({ method, host, headers, showsOutcome, session, unnamed })
    // An answer to a submission has its own Cache-Control, and no cache keeps other methods.
    if (verdict === 'outcome' || verdict === 'method') return undefined
    addVary(res, vary)
    if (verdict !== 'ask') {
      log('%s is not looked up: %s', pathOfUrl(url), verdict)
      tellPrivate(res)
      return undefined
    }
    const values = vary.map((name) => String(headers[name] ?? ''))
    const key = pageKey(request, names, [this.#terms.version, ...values])
    const address = await this.#entries.address('p', key, [...ownTags, ...tagsOfPath(pathOfUrl(url))])
    const kept = await this.#find(address)
    if (kept) {
      for (const [name, value] of kept.headers) {
        res.setHeader(name, typeof value === 'object' ? [...value] : value)
      }
      addVary(res, kept.vary)
      tellPublic(res, { cdn: this.#terms.cdn, tags, freshUntil: kept.freshUntil })
      return kept.body
    }
    if (method === 'GET') this.#lead(address, res)
    page.keeping = keepPage(page, request, {
      tags,
      ttl,
      vary,
      cdn: this.#terms.cdn,
      store: (text, seconds) => void this.#entries.set(address, text, seconds),
    })
    return undefined
  }

  /** Looks for the page, and again when another request has made it. */
  async #find(address: Address): Promise<KeptPage | undefined> {
    const kept = await this.#read(address)
    const running = kept ? undefined : this.#running.get(address)
    if (!running) return kept
    await withTimeout(running, longestWait).catch(() => {})
    return this.#read(address)
  }

  async #read(address: Address): Promise<KeptPage | undefined> {
    const text = await this.#entries.get(address)
    return text === undefined ? undefined : readKeptPage(text)
  }

  /** Lets other requests wait for this page until it has been sent or has failed. */
  #lead(address: Address, res: PageRequest['res']): void {
    // When the visitor has left already, no further event comes.
    if (hasLeft(res) || this.#running.has(address)) return
    const running = new Promise<void>((resolve) => res.once('finish', resolve).once('close', resolve))
    this.#running.set(address, running)
    void running.then(() => this.#running.delete(address))
  }
}

function headerNames(names: PageCacheOptions['vary'] = []): readonly string[] {
  if (Array.isArray(names) && names.every((name) => /^[\w-]+$/.test(String(name)))) {
    return names.map((name) => String(name).toLowerCase())
  }
  throw new SealformError(
    'ERR_OPTION_INVALID',
    "cachePage({ vary }) must be a list of request header names such as ['Accept-Language'].",
  )
}

function parameterNames({ query = [], otherQuery = 'pass' }: PageCacheOptions): readonly string[] {
  if (otherQuery !== 'pass' && otherQuery !== 'ignore') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `cachePage({ otherQuery }) is 'pass' or 'ignore', not ${JSON.stringify(otherQuery)}.`,
    )
  }
  if (Array.isArray(query) && query.every((name) => typeof name === 'string' && name !== '')) return query
  throw new SealformError(
    'ERR_OPTION_INVALID',
    "cachePage({ query }) takes a list of names of query parameters, such as ['page'].",
  )
}
