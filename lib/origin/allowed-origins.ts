import { SealformError } from '../base/errors.js'
import { originOfHost } from './web-origin.js'

/** Says whether an origin is on the list. The origin must be valid and written as browsers write it. */
export type OriginMatcher = (origin: string) => boolean

/**
 * Compiles the `allowedOrigins` option.
 *
 * @param entries full origins (`https://a.example:8443`), bare hosts (`a.example`, which means https), and either of
 * them with a wildcard: `*.a.example` for exactly one label, `**.a.example` for one or more. A wildcard does not match
 * `a.example` itself
 * @throws SealformError `ERR_OPTION_INVALID` when an entry is not written as browsers send origins
 * @example
 * ```ts
 * const isAllowed = compileAllowedOrigins(['https://a.example:8443', '*.my-proxy.com'])
 * isAllowed('https://eu.my-proxy.com') // true
 * ```
 */
export function compileAllowedOrigins(entries: readonly string[] | undefined): OriginMatcher {
  if (entries === undefined) return allowNone
  const list: unknown = entries
  if (!Array.isArray(list)) {
    const example = typeof list === 'string' ? list : 'https://a.example'
    throw invalid(
      `allowedOrigins must be a list, not ${kind(list)}: write allowedOrigins: [${quote(example)}].`,
    )
  }
  const origins = new Set<string>()
  const wildcards: OriginMatcher[] = []
  for (const entry of list) {
    const rule = readEntry(entry)
    if (typeof rule === 'string') origins.add(rule)
    else wildcards.push(rule)
  }
  if (wildcards.length === 0) return origins.size === 0 ? allowNone : (origin) => origins.has(origin)
  return (origin) => origins.has(origin) || wildcards.some((matches) => matches(origin))
}

/**
 * Checks the `origin` option: the origin under which visitors reach the app.
 *
 * @param option such as `https://shop.example`. With `undefined`, the protocol and host of the framework are used
 * @throws SealformError `ERR_OPTION_INVALID`; the message has the corrected value
 */
export function normaliseOrigin(option: string | undefined): string | undefined {
  const value: unknown = option
  if (value === undefined) return undefined
  if (typeof value !== 'string')
    throw invalid(`origin must be a string such as 'https://shop.example', not ${kind(value)}.`)
  if (isBrowserOrigin(value)) return value
  if (value === '' || value === 'null') {
    throw invalid(
      `origin: ${quote(value)} is not an origin: write scheme and host, for example 'https://shop.example', or leave it out.`,
    )
  }
  if (value.includes('*')) {
    throw invalid(
      `origin: ${quote(value)} names more than one origin. Write the one under which visitors reach the app. Wildcards belong into allowedOrigins.`,
    )
  }
  throw invalid(`origin: ${quote(value)} is not an origin as browsers send it; ${fix('origin', value)}`)
}

const allowNone: OriginMatcher = () => false

function readEntry(entry: unknown): string | OriginMatcher {
  if (typeof entry !== 'string') {
    throw invalid(`allowedOrigins must contain strings such as 'https://a.example', not ${kind(entry)}.`)
  }
  if (entry === '') throw invalid('allowedOrigins holds an empty string: remove it.')
  if (entry === 'null') {
    throw invalid(
      `allowedOrigins: 'null' would allow every sandboxed frame and local file. Remove it; pages with the policy no-referrer need no entry.`,
    )
  }
  if (entry === '*' || entry === '**') {
    throw invalid(
      `allowedOrigins: '${entry}' would allow every site of the web. List the origins that may send forms, for example 'https://a.example' or '*.my-proxy.com'.`,
    )
  }
  const wildcard = wildcardEntry.exec(entry)
  if (wildcard) return compileWildcard(entry, wildcard)
  if (entry.includes('*')) {
    throw invalid(
      `allowedOrigins: ${quote(entry)} has its wildcard in the wrong place. A wildcard stands for whole labels at the start: '*.my-proxy.com' for one, '**.my-proxy.com' for one or more.`,
    )
  }
  const origin = hasScheme.test(entry) ? entry : `https://${entry}`
  if (isBrowserOrigin(origin)) return origin
  throw invalid(
    `allowedOrigins: ${quote(entry)} is not an origin as browsers send it; ${fix('entry', entry)}`,
  )
}

function compileWildcard(entry: string, parts: RegExpExecArray): OriginMatcher {
  const [, scheme = 'https://', stars, rest = ''] = parts
  if (!isBrowserOrigin(scheme + rest)) {
    throw invalid(
      `allowedOrigins: ${quote(entry)} is not written as browsers send origins; ${fix('entry', entry)}`,
    )
  }
  const name = rest.replace(/:\d+$/, '')
  if (!parentDomain.test(name)) {
    throw invalid(
      `allowedOrigins: ${quote(entry)} is too wide, or not a domain. Write your domain after the wildcard, with at least two labels and without a dot at the end: '${stars}.my-proxy.com'.`,
    )
  }
  const suffix = `.${rest}`
  const labels = stars === '**' ? someLabels : oneLabel
  return (origin) =>
    origin.startsWith(scheme) &&
    origin.endsWith(suffix) &&
    labels.test(origin.slice(scheme.length, -suffix.length))
}

/**
 * Says whether a text is an origin as browsers send it. The URL standard allows more, such as `https://a,b` and
 * `https://*.a`.
 */
function isBrowserOrigin(text: string): boolean {
  const [scheme = '', host = ''] = text.split('://', 2)
  return originOfHost(scheme, host) === text
}

/** Returns the end of a message: the corrected value, or examples when the value cannot be corrected. */
function fix(what: 'origin' | 'entry', value: string): string {
  const star = wildcardPrefix.exec(value)?.[1] ?? ''
  const plain = value.trim().replace(star, '')
  const isBare = !hasScheme.test(plain)
  const url = isBare ? `https://${plain}` : plain
  const origin = URL.canParse(url) ? new URL(url).origin : ''
  if (!isBrowserOrigin(origin)) {
    return what === 'origin'
      ? `write scheme and host, for example 'https://shop.example'.`
      : `write entries such as 'https://a.example', 'a.example' or '*.a.example'.`
  }
  const host = origin.slice(origin.indexOf('//') + 2)
  const isShort = isBare && what === 'entry'
  return `write ${quote(isShort ? star + host : origin.replace('//', `//${star}`))}.`
}

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1)}'`
}

function kind(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}

const wildcardEntry = /^(https?:\/\/)?(\*\*?)\.([^*]+)$/i
const wildcardPrefix = /^\s*(?:https?:\/\/)?(\*\*?\.)/i
const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i
const oneLabel = /^[a-z0-9_-]+$/
const someLabels = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/
/** At least two labels. The last one is not a number, so that an IP address does not match. */
const parentDomain = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z0-9-]*[a-z-][a-z0-9-]*$/
