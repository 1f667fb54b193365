import { SealformError } from '../base/errors.js'
import { longestLiveQuery } from '../seal/live-tags.js'
import type { LiveRegions } from './page-host.js'
import type { PageSeals } from './page-seals.js'

/** The most tags of a region. */
const mostTags = 16

/** The page on which a region is to be live. */
interface LivePage {
  readonly live: LiveRegions
  readonly seals: PageSeals
  readonly others: readonly { readonly live?: string | undefined }[]
  /** The moment at which the page began to be made. */
  readonly began: number
}

/**
 * Makes what a browser needs to keep a region live: the sealed tags, a full stop, and what stands for their versions.
 *
 * @throws SealformError `ERR_OPTION_INVALID`, `ERR_REGION_INVALID`
 */
export function liveMark(
  { live, seals, others, began }: LivePage,
  id: string,
  given: readonly string[],
): string {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostTags) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `region('${id}'): "live" is a list of 1 to ${mostTags} tags, not ${Array.isArray(given) ? `of ${given.length}` : typeof given}.`,
    )
  }
  const tags = [...new Set(given)].sort()
  const stamp = live.stamp(tags, began)
  const mark = `${seals.live(tags)}.${stamp}`
  const length = others.reduce((sum, other) => sum + (other.live?.length ?? -1) + 1, mark.length)
  if (length <= longestLiveQuery) return mark
  throw new SealformError(
    'ERR_REGION_INVALID',
    `The region "${id}" cannot be live: with it, the live regions of this page need ${length} characters of a URL, and at most ${longestLiveQuery} are sent. Make larger regions live, or give them fewer and shorter tags.`,
  )
}
