import type { ServerResponse } from 'node:http'
import { namesIn } from './page-keeping.js'
import { wellFormed } from './revalidation.js'

/** How pages are offered to a CDN. */
export interface CdnTerms {
  /** Seconds. */
  readonly maxAge: number
  readonly tagHeader: 'Cache-Tag' | 'Surrogate-Key' | undefined
}

/**
 * Tells browsers and a CDN how to keep a page that is the same for everybody. What the app itself has said stays.
 *
 * @param freshUntil milliseconds since 1970, from when on nobody should be shown the page as new
 */
export function tellPublic(
  res: ServerResponse,
  cdn: CdnTerms | undefined,
  tags: readonly string[],
  freshUntil: number | undefined,
): void {
  const left = freshUntil === undefined ? Number.POSITIVE_INFINITY : (freshUntil - Date.now()) / 1000
  const seconds = Math.floor(Math.min(cdn?.maxAge ?? 0, left))
  const { tagHeader } = cdn ?? {}
  if (tagHeader && tags.length > 0) {
    res.setHeader(tagHeader, tags.map(headerTag).join(tagHeader === 'Surrogate-Key' ? ' ' : ','))
  }
  if (res.hasHeader('cache-control')) return
  if (seconds <= 0) res.setHeader('Cache-Control', 'no-cache')
  else offer(res, `public, max-age=0, s-maxage=${seconds}`, tagHeader)
}

/** Offers an answer to a CDN, and takes that back when a middleware outside of ours gives the visitor a cookie with it. */
function offer(res: ServerResponse, cacheControl: string, tagHeader: string | undefined): void {
  const { setHeader, appendHeader, writeHead } = res
  const takeBack = () => {
    if (res.getHeader('cache-control') !== cacheControl) return
    Reflect.apply(setHeader, res, ['Cache-Control', 'private, no-cache'])
    if (tagHeader) res.removeHeader(tagHeader)
  }
  const heeding =
    (set: (...said: never[]) => unknown) =>
    (...said: unknown[]) => {
      if (String(said[0]).toLowerCase() === 'set-cookie') takeBack()
      return Reflect.apply(set, res, said)
    }
  setHeader.call(res, 'Cache-Control', cacheControl)
  Object.assign(res, {
    setHeader: heeding(setHeader),
    appendHeader: heeding(appendHeader),
    writeHead: (...said: unknown[]) => {
      if (res.hasHeader('set-cookie')) takeBack()
      return Reflect.apply(writeHead, res, said)
    },
  })
}

/** Tells them that this answer is for its visitor only. */
export function tellPrivate(res: ServerResponse): void {
  if (!res.hasHeader('cache-control')) res.setHeader('Cache-Control', 'private, no-cache')
}

export function addVary(res: ServerResponse, names: readonly string[]): void {
  const present = namesIn(res.getHeader('vary'))
  const lower = new Set(present.map((name) => name.toLowerCase()))
  const missing = names.filter((name) => !lower.has(name.toLowerCase()))
  if (missing.length > 0) res.setHeader('Vary', [...present, ...missing].join(', '))
}

/** A header holds visible ASCII, and a comma or space ends a tag. */
function headerTag(tag: string): string {
  return wellFormed(tag).replace(/[^\x21-\x2b\x2d-\x7e]/gu, encodeURIComponent)
}
