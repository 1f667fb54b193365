import { SealformError } from '../base/errors.js'

/** What was revalidated by one call. */
export interface Revalidation {
  readonly tags: readonly string[]
  /** As the caller wrote them: `/news`, or `/news/*` for that page and all below. */
  readonly paths: readonly string[]
}

/** Characters. */
const longestTag = 256

/**
 * Makes the internal name of a tag, which cannot be taken for that of a path.
 *
 * @throws SealformError `ERR_OPTION_INVALID` unless it is a text of 1 to 256 characters
 */
export function tagName(tag: unknown, where: string): string {
  if (typeof tag === 'string' && tag !== '' && tag.length <= longestTag) return `t:${tag}`
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where}: a tag is a text of 1 to ${longestTag} characters, not ${shown(tag)}.`,
  )
}

/**
 * Makes the internal names of a list of tags.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function tagNames(tags: unknown, where: string): readonly string[] {
  if (Array.isArray(tags)) return tags.map((tag) => tagName(tag, where))
  throw new SealformError('ERR_OPTION_INVALID', `${where}: "tags" is a list of texts, not ${typeof tags}.`)
}

/** Makes the tags that every page has: its path, and the trees that it is in. */
export function tagsOfPath(path: string): string[] {
  const whole = normalPath(path)
  const tags = [`p:${whole}`, 's:/']
  for (let end = whole.indexOf('/', 1); end !== -1; end = whole.indexOf('/', end + 1)) {
    tags.push(`s:${whole.slice(0, end)}`)
  }
  if (whole !== '/') tags.push(`s:${whole}`)
  return tags.slice(0, mostLevels)
}

/** Deeper trees have no tag of their own. */
const mostLevels = 32

/**
 * Makes the tag of a path, or of a tree when the path ends in `/*`. The query makes no difference.
 *
 * @throws SealformError `ERR_OPTION_INVALID` unless it starts with a slash
 */
export function pathTag(path: unknown): string {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `The path for revalidatePath() must be one of this app such as '/news', or '/news/*' for all pages below it as well, not ${shown(path)}.`,
    )
  }
  const [own = ''] = path.split(/[?#]/, 1)
  return own.endsWith('/*') ? `s:${normalPath(own.slice(0, -2))}` : `p:${normalPath(own)}`
}

/**
 * Writes all spellings of a path alike. Routers accept several for the same page: upper or lower case, a slash at the
 * end, percent-encoded letters. To revalidate one page too many costs little.
 */
function normalPath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  return `/${segments.map((segment) => encodeURIComponent(decoded(segment).toLowerCase())).join('/')}`
}

function decoded(segment: string): string {
  try {
    return wellFormed(decodeURIComponent(segment))
  } catch {
    return wellFormed(segment)
  }
}

/** Replaces lone surrogates, which cannot be encoded. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : typeof value
}
