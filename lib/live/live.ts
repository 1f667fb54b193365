import type { IncomingMessage, ServerResponse } from 'node:http'
import { debuglog } from 'node:util'
import { SealformError } from '../base/errors.js'
import type { Shutdown } from '../base/shutdown.js'
import { livePath } from '../base/wire-names.js'
import { tagSourceOf } from '../cache/tag-source.js'
import { tagNames } from '../cache/tags.js'
import { judgeOrigin, type OriginPolicy } from '../origin/judge-origin.js'
import { readOriginFacts } from '../origin/origin-headers.js'
import { type LiveTags, openLiveTags } from '../seal/live-tags.js'
import type { SealingContext } from '../seal/sealing-context.js'
import { judgeConnection, refusalStatus } from './judge-connection.js'
import { LiveHub } from './live-hub.js'
import type { LiveTerms } from './live-options.js'
import { type AskedRegion, readLiveQuery } from './live-query.js'

const log = debuglog('sealform')

/** No browser sends a fragment: a cache in front may keep the answer to "/page#/sealform-live" as that of "/page". */
const liveUrl = new RegExp(`^[^#?]*${livePath}(?:\\?|$)`)

/** Seconds after which a browser that got no stream may ask again. */
const retryAfter = '60'

/** What a request for a stream is judged by. */
export interface LiveRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: string
  readonly protocol: string
  readonly host: string
  session(): string | undefined
}

interface LiveApp extends Pick<SealingContext, 'keys' | 'audience'> {
  readonly shutdown: Shutdown
  readonly cache: object | undefined
}

/** Keeps the live regions of an app's open pages up to date. */
export class Live {
  /** The path of the stream, below the one where the middleware is mounted. */
  readonly path = livePath
  readonly #app: LiveApp
  readonly #hub: LiveHub
  readonly #terms: LiveTerms
  readonly #origin: OriginPolicy

  /** @throws SealformError `ERR_CACHE_MISSING` */
  constructor(app: LiveApp, terms: LiveTerms, origin: OriginPolicy) {
    const source = tagSourceOf(app.cache)
    if (!source) {
      throw new SealformError(
        'ERR_CACHE_MISSING',
        "sealform({ live }) needs a cache, which knows what is revalidated. Make one with createCache() from 'sealform/cache' and give it to createActions({ cache }).",
      )
    }
    this.#app = app
    this.#terms = terms
    // A page of another origin could not read the stream, but hold its connection.
    this.#origin = { ...origin, allowed: () => false }
    this.#hub = new LiveHub(source, terms.heartbeat)
    app.shutdown.onAnnounced(() => this.#hub.end())
  }

  /** The moment at which a page begins to be made, for `stamp()`. */
  get sequence(): number {
    return this.#hub.sequence
  }

  /** Returns what stands for the versions of the tags of a region that is printed now. */
  stamp(tags: readonly string[], since: number): string {
    return this.#hub.stamp(tagNames(tags, 'region()'), since)
  }

  /** Tells whether a request asks for a stream. */
  asked({ method, url = '' }: IncomingMessage): boolean {
    return method === 'GET' && liveUrl.test(url)
  }

  /** Opens a stream for a page, or refuses it. */
  answer(request: LiveRequest): void {
    const { req, res } = request
    const asked = readLiveQuery(request.url)
    const opened = typeof asked === 'string' ? undefined : this.#open(asked, request.session())
    const session = opened && request.session()
    const verdict = judgeConnection({
      ending: this.#app.shutdown.announced,
      origin: judgeOrigin(readOriginFacts(req), request, this.#origin).verdict,
      query: typeof asked === 'string' ? asked : 'read',
      opened: opened !== undefined,
      connections: { open: this.#hub.open, most: this.#terms.connections },
      ofSession: { open: this.#hub.openOf(session), most: this.#terms.perSession },
    })
    if (verdict === 'open' && opened) {
      const regions = opened.map(({ tags, current, stamp }) => ({
        tags: current ? tagNames(tags, 'region()') : [],
        stamp,
      }))
      const expires = Math.min(...opened.filter(({ current }) => current).map((each) => each.expires * 1000))
      this.#hub.add({ res, regions, session, expires })
      return
    }
    log('a stream of live regions is refused: %s', verdict)
    const status = verdict === 'open' ? 403 : refusalStatus[verdict]
    res.writeHead(status, {
      'Cache-Control': 'no-store',
      'Content-Length': '0',
      ...(status === 503 && { 'Retry-After': retryAfter }),
    })
    res.end()
  }

  #open(
    asked: readonly AskedRegion[],
    session: string | undefined,
  ): readonly (LiveTags & AskedRegion)[] | undefined {
    const opened: (LiveTags & AskedRegion)[] = []
    for (const region of asked) {
      const tags = openLiveTags(this.#app, region.seal, session)
      if (!tags) return undefined
      opened.push({ ...tags, ...region })
    }
    return opened
  }
}
