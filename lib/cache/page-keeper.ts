import { debuglog } from 'node:util'
import { type CdnTerms, tellPrivate, tellPublic } from './cache-headers.js'
import { isPrivate, judgeKeeping, type KeepingFacts, namesIn } from './judge-page.js'
import type { KeepablePage, Keeping, PageRequest } from './offered-page.js'
import { pathOfUrl, writeKeptPage } from './page-record.js'

interface KeepingTerms {
  /** As the page gave them. */
  readonly tags: readonly string[]
  /** Seconds. */
  readonly ttl: number
  /** Names of headers, in lower case. */
  readonly vary: readonly string[]
  readonly cdn: CdnTerms | undefined
  /** Keeps the text of the page. @param ttl seconds */
  store(text: string, ttl: number): void
}

const log = debuglog('sealform')

/** Keeps the page of a GET. */
export function keepPage(
  page: KeepablePage,
  request: PageRequest,
  { tags, ttl, vary, cdn, store }: KeepingTerms,
): Keeping {
  const { req, res } = request
  const before = { ...res.getHeaders() }
  // Not the query, in which people type as well.
  const path = pathOfUrl(request.url)

  return {
    keep(status, body) {
      // Written past the framework: then it is none of ours.
      if (res.headersSent) return
      const headers = res.getHeaders()
      const { personal, failed, seals } = page
      const session = request.session() !== undefined
      const { oneTime, shortestTtl } = seals
      const verdict = judgeKeeping({ status, body, headers, personal, session, failed, oneTime, vary })
      if (verdict !== 'keep' || !isText(body)) {
        log('%s is not kept: %s', path, verdict)
        return tellPrivate(res)
      }
      const half = shortestTtl / 2
      const freshUntil = Number.isFinite(half) ? Date.now() + half * 1000 : undefined
      // Of a HEAD a page may have left out what costs time.
      if (req.method === 'GET') {
        const own = ownHeaders(headers, before)
        const text = writeKeptPage({ body, headers: own, vary: namesIn(headers.vary), freshUntil })
        // Only then is it known what middlewares outside of ours have added: a session's cookie, for example.
        res.once('finish', () => {
          const { statusCode } = res
          if (isStillPublic(statusCode, res.getHeaders())) store(text, Math.min(ttl, half))
          else log('%s is not kept: it was sent with %d, a cookie or as private', path, statusCode)
        })
      }
      tellPublic(res, { cdn, tags, freshUntil })
    },
  }
}

function isText(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body)
}

/** What the page said of itself, and nothing of what is said of each answer. */
function ownHeaders(headers: KeepingFacts['headers'], before: KeepingFacts['headers']) {
  const own: (readonly [string, number | string | readonly string[]])[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== before[name] && !answerHeaders.has(name)) own.push([name, value])
  }
  return own
}

const answerHeaders: ReadonlySet<string> = new Set([
  'age',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'server-timing',
  'transfer-encoding',
  'vary',
])

/** A conditional request may have become a 304; any other status means that something else was sent. */
function isStillPublic(status: number, headers: KeepingFacts['headers']): boolean {
  return (
    (status === 200 || status === 304) &&
    headers['set-cookie'] === undefined &&
    !isPrivate(headers['cache-control'])
  )
}
