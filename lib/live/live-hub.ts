import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { hasLeft } from '../base/visitor-left.js'
import type { TagSource } from '../cache/tag-source.js'
import { LiveStream, type WatchedRegion } from './live-stream.js'
import { RecentTags } from './recent-tags.js'

/** Milliseconds that revalidations are gathered before an event. */
const gathering = 250

/** Milliseconds for each open page, and at most: over this time events are spread, since each is followed by a request. */
const spreadForEach = 2
const longestSpread = 5000

/** Milliseconds for which a stream is open at most. Browsers come back at once, and a connection that has died in silence is gone. */
const longestLife = 600_000

/** What a stream is opened with. */
interface LiveArrival {
  readonly res: ServerResponse
  readonly regions: readonly WatchedRegion[]
  /** Stands for the session. */
  readonly session: string | undefined
  /** Milliseconds since 1970: the end of the first seal. */
  readonly expires: number
}

/** The open streams of a process, and which of them a revalidation concerns. */
export class LiveHub {
  readonly #source: TagSource
  readonly #heartbeat: number
  readonly #recent = new RecentTags()
  readonly #streams = new Set<LiveStream>()
  readonly #byTag = new Map<string, Set<LiveStream>>()
  readonly #bySession = new Map<string, number>()
  #beating: NodeJS.Timeout | undefined

  /** @param heartbeat milliseconds */
  constructor(source: TagSource, heartbeat: number) {
    this.#source = source
    this.#heartbeat = heartbeat
    source.watch((tags) => this.#revalidated(tags))
  }

  get open(): number {
    return this.#streams.size
  }

  openOf(session: string | undefined): number {
    return session === undefined ? 0 : (this.#bySession.get(session) ?? 0)
  }

  /** The moment at which a page begins to be made, for `stamp()`. */
  get sequence(): number {
    return this.#recent.sequence
  }

  /**
   * Returns what stands for the versions of these tags; empty when they are not known here, or when one was revalidated after the
   * page began to read its data. A page with an empty stamp is refreshed when its stream opens.
   */
  stamp(tags: readonly string[], since: number): string {
    if (this.#recent.since(tags, since)) return ''
    const versions = this.#source.of(tags)
    return typeof versions === 'string' ? stampOf(tags, versions) : ''
  }

  /** Opens a stream, and tells at once which regions have changed since they were printed. */
  add({ res, regions, session, expires }: LiveArrival): void {
    if (hasLeft(res)) return
    const ends = Math.min(Date.now() + longestLife * (0.5 + Math.random() / 2), expires)
    const stream = new LiveStream(res, { regions, session, ends })
    this.#streams.add(stream)
    for (const tag of tagsOf(stream)) {
      const watching = this.#byTag.get(tag) ?? new Set()
      this.#byTag.set(tag, watching.add(stream))
    }
    if (session !== undefined) this.#bySession.set(session, this.openOf(session) + 1)
    res.once('close', () => this.#remove(stream))
    // What a visitor's network does to the connection is no error of the app.
    res.on('error', () => {})
    this.#beating ??= setInterval(() => this.#beat(), this.#heartbeat).unref()
    stream.open()
    for (const place of regions.keys()) stream.pending.add(place)
    void this.#tell(stream)
  }

  /** Ends all streams. */
  end(): void {
    for (const stream of this.#streams) stream.end()
  }

  #remove(stream: LiveStream): void {
    if (!this.#streams.delete(stream)) return
    clearTimeout(stream.timer)
    for (const tag of tagsOf(stream)) {
      const watching = this.#byTag.get(tag)
      watching?.delete(stream)
      if (watching?.size === 0) this.#byTag.delete(tag)
    }
    const { session } = stream
    if (session !== undefined) {
      const left = this.openOf(session) - 1
      if (left > 0) this.#bySession.set(session, left)
      else this.#bySession.delete(session)
    }
    if (this.#streams.size > 0) return
    clearInterval(this.#beating)
    this.#beating = undefined
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat()
  }

  #revalidated(tags: readonly string[] | undefined): void {
    this.#recent.note(tags)
    if (!tags) {
      for (const stream of this.#streams) this.#schedule(stream, stream.regions.keys())
      return
    }
    for (const tag of tags) {
      for (const stream of this.#byTag.get(tag) ?? []) {
        this.#schedule(
          stream,
          stream.regions.flatMap((region, place) => (region.tags.includes(tag) ? place : [])),
        )
      }
    }
  }

  #schedule(stream: LiveStream, places: Iterable<number>): void {
    for (const place of places) stream.pending.add(place)
    const spread = Math.min(this.#streams.size * spreadForEach, longestSpread)
    stream.timer ??= setTimeout(() => void this.#tell(stream), gathering + Math.random() * spread).unref()
  }

  /** Tells a page of what has another version than the page knows. */
  async #tell(stream: LiveStream): Promise<void> {
    stream.timer = undefined
    const places = [...stream.pending]
    stream.pending.clear()
    const told: [number, string][] = []
    for (const place of places) {
      const region = stream.regions[place]!
      const stamp = region.tags.length > 0 ? await this.#stampNow(region.tags) : expiredStamp
      if (stamp === region.stamp) continue
      region.stamp = stamp
      told.push([place, stamp])
    }
    if (told.length > 0 && this.#streams.has(stream)) stream.tell(told)
  }

  async #stampNow(tags: readonly string[]): Promise<string> {
    return stampOf(tags, await this.#source.of(tags))
  }
}

/** The stamp of a region whose seal has expired: nothing is told of its tags, but that it has to be printed anew. */
const expiredStamp = 'expired'

function tagsOf({ regions }: LiveStream): Set<string> {
  return new Set(regions.flatMap(({ tags }) => tags))
}

/** Bytes. Two versions of a page have to differ in it, and nobody gains from two that do not. */
const stampBytes = 9

function stampOf(tags: readonly string[], versions: string): string {
  return createHash('sha256')
    .update(JSON.stringify(tags) + versions)
    .digest()
    .toString('base64url', 0, stampBytes)
}
