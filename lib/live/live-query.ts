import { longestLiveQuery } from '../seal/live-tags.js'

/** A region that a browser wants to keep live, as its page was printed with it. */
export interface AskedRegion {
  /** Its sealed tags. */
  readonly seal: string
  /** Stands for the versions of its tags when it was printed; empty when they were not known. */
  readonly stamp: string
}

/**
 * Reads which regions a browser wants to keep live: `seal.stamp` for each, with commas between them.
 *
 * @param url the URL of the request
 */
export function readLiveQuery(url: string): readonly AskedRegion[] | 'too-long' | 'malformed' {
  const query = url.slice(url.indexOf('?') + 1 || url.length)
  if (query.length > longestLiveQuery) return 'too-long'
  const regions: AskedRegion[] = []
  for (const text of query.split(',')) {
    const [, seal, stamp] = /^([\w-]+)\.([\w-]{0,12})$/.exec(text) ?? []
    if (seal === undefined || stamp === undefined) return 'malformed'
    regions.push({ seal, stamp })
  }
  return regions
}
