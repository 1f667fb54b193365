import type { ServerResponse } from 'node:http'
import { namesIn } from './judge-page.js'
import { wellFormed } from './tags.js'

/** How pages are offered to a CDN. */
export interface CdnTerms {
  /** Seconds. */
  readonly maxAge: number
  readonly tagHeader: 'Cache-Tag' | 'Surrogate-Key' | undefined
}

/** What a page tells other caches. */
interface PublicPage {
  readonly cdn: CdnTerms | undefined
  readonly tags: readonly string[]
  /** Milliseconds since 1970: from then on the page must not be shown as new. */
  readonly freshUntil: number | undefined
}

/** Tells browsers and a CDN how to keep a page that is the same for everybody. Headers that the app has set stay. */
export function tellPublic(res: ServerResponse, { cdn, tags, freshUntil }: PublicPage): void {
  const left = freshUntil === undefined ? Number.POSITIVE_INFINITY : (freshUntil - Date.now()) / 1000
  const seconds = Math.floor(Math.min(cdn?.maxAge ?? 0, left))
  if (!res.hasHeader('cache-control')) {
    const offer = `public, max-age=0, s-maxage=${seconds}`
    const isOffered = seconds > 0 && lookWhenWritten(res, () => takeBack(res, offer, cdn?.tagHeader))
    res.setHeader('Cache-Control', isOffered ? offer : 'no-cache')
  }
  if (!cdn?.tagHeader || tags.length === 0) return
  res.setHeader(cdn.tagHeader, tags.map(headerTag).join(cdn.tagHeader === 'Surrogate-Key' ? ' ' : ','))
}

/** Takes the offer back from an answer that sets a cookie: a CDN would give one visitor's cookie to all others. */
function takeBack(res: ServerResponse, offer: string, tagHeader: CdnTerms['tagHeader']): void {
  if (!res.hasHeader('set-cookie') || res.getHeader('cache-control') !== offer) return
  res.setHeader('Cache-Control', 'private, no-cache')
  if (tagHeader) res.removeHeader(tagHeader)
}

/**
 * Calls `look` when all headers are set. Session middleware that is mounted further out sets its cookie inside
 * `writeHead`, and the package cookies does it without the response's own `setHeader`. Only `_storeHeader`, Node's last
 * step, runs later.
 *
 * @returns false on HTTP/2, which has no such step
 */
function lookWhenWritten(res: ServerResponse, look: () => void): boolean {
  const store: unknown = Reflect.get(res, '_storeHeader')
  if (typeof store !== 'function') return false
  Object.assign(res, {
    _storeHeader: (...args: unknown[]) => {
      look()
      return Reflect.apply(store, res, args)
    },
  })
  return true
}

/** Tells browsers and a CDN that this answer is for its visitor only. */
export function tellPrivate(res: ServerResponse): void {
  if (!res.headersSent && !res.hasHeader('cache-control')) res.setHeader('Cache-Control', 'private, no-cache')
}

/** Names the request headers on which the answer depends, each once (RFC 9110, section 12.5.5). */
export function addVary(res: ServerResponse, names: readonly string[]): void {
  const present = namesIn(res.getHeader('vary'))
  if (present.includes('*')) return
  const lower = new Set(present.map((name) => name.toLowerCase()))
  const missing = names.filter((name) => !lower.has(name.toLowerCase()))
  if (missing.length > 0) res.setHeader('Vary', [...present, ...missing].join(', '))
}

/** Encodes a tag for a header, which holds visible ASCII, and in which a comma or space ends a tag. */
function headerTag(tag: string): string {
  return wellFormed(tag).replace(/[^\x21-\x2b\x2d-\x7e]/gu, encodeURIComponent)
}
