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
  // The log must not hold the query, which may hold what a visitor typed.
  const path = pathOfUrl(request.url)

  return {
    keep(status, body) {
      // The handler wrote to the response without the framework.
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
      // A handler may leave out expensive parts for HEAD.
      if (req.method === 'GET') {
        const own = ownHeaders(headers, before)
        const text = writeKeptPage({ body, headers: own, vary: namesIn(headers.vary), freshUntil })
        // Only now all headers are known, such as a session cookie that outer middleware has added.
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

/** Picks the headers that the page set itself, without those that each answer has. */
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

/**
 * Whether the page was sent to be kept. A conditional request may have become a 304; any other status means another
 * answer.
 */
function isStillPublic(status: number, headers: KeepingFacts['headers']): boolean {
  return (
    (status === 200 || status === 304) &&
    headers['set-cookie'] === undefined &&
    !isPrivate(headers['cache-control'])
  )
}
