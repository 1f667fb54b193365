import { isUtf8 } from 'node:buffer'

/** A cached page. */
export interface KeptPage {
  readonly body: string | Buffer
  /** The headers that the page set itself, by names in lower case. */
  readonly headers: readonly (readonly [string, number | string | readonly string[]])[]
  readonly vary: readonly string[]
  /** Milliseconds since 1970: from then on its seals have lived half of their time. `undefined` without seals. */
  readonly freshUntil: number | undefined
}

/** Writes a page as text: one line about it, and its body. */
export function writeKeptPage({ body, headers, vary, freshUntil }: KeptPage): string {
  const binary = typeof body !== 'string' && !isUtf8(body)
  const about = JSON.stringify({ headers, vary, freshUntil, binary })
  return `${about}\n${typeof body === 'string' ? body : body.toString(binary ? 'base64' : 'utf8')}`
}

/** Reads a text of `writeKeptPage`; `undefined` for any other text. */
export function readKeptPage(text: string): KeptPage | undefined {
  const end = text.indexOf('\n')
  try {
    const about: Omit<KeptPage, 'body'> & { readonly binary: boolean } = JSON.parse(text.slice(0, end))
    const { headers, vary, freshUntil, binary } = about
    if (!Array.isArray(headers) || !Array.isArray(vary)) return undefined
    const body = text.slice(end + 1)
    return { body: binary ? Buffer.from(body, 'base64') : body, headers, vary, freshUntil }
  } catch {
    return undefined
  }
}

/**
 * Makes the key of a page. Of the query, the named parameters count, in any order of different names.
 *
 * @param names the parameters by which the page differs
 * @param more what else tells it from others
 */
export function pageKey(
  request: { readonly protocol: string; readonly host: string; readonly url: string },
  names: readonly string[],
  more: readonly string[],
): string {
  const { protocol, host, url } = request
  const [path = '', query = ''] = splitUrl(url)
  const named = names.length === 0 ? '' : sorted(fieldsOf(query).filter((field) => isNamed(field, names)))
  return JSON.stringify([protocol, host, path, named, ...more])
}

/** Says whether the query of a URL has other parameters than these. */
export function hasOthers(url: string, names: readonly string[]): boolean {
  return url.includes('?') && fieldsOf(splitUrl(url)[1]).some((field) => !isNamed(field, names))
}

/** Takes the path from the URL of a request line. */
export function pathOfUrl(url: string): string {
  const [path = ''] = splitUrl(url)
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '') || '/'
}

function splitUrl(url: string): [string, string] {
  const start = url.indexOf('?')
  return start === -1 ? [url, ''] : [url.slice(0, start), url.slice(start + 1)]
}

interface Field {
  /** As it is spelt in the URL. */
  readonly field: string
  readonly name: string
  /** The property that Express's extended parser makes of it: `tag` of `tag[]`, `tag[a]` and `[tag]`. */
  readonly property: string
}

function fieldsOf(query: string): readonly Field[] {
  return query
    .split('&')
    .filter((field) => field !== '')
    .map((field) => {
      // URLSearchParams drops a question mark at the start, and there may be two in a URL.
      const name = [...new URLSearchParams(`?${field}`).keys()][0] ?? ''
      return { field, name, property: /^\[?([^[\]]*)/.exec(name)?.[1] ?? '' }
    })
}

/** `?tag[]=x` is `tag` for some parsers. If it did not count, a page about x could be kept as the page without a tag. */
function isNamed({ name, property }: Field, names: readonly string[]): boolean {
  return names.includes(name) || names.includes(property)
}

/** Sorts fields by their properties. Those of one property keep their order and spelling, which may matter to a page. */
function sorted(fields: readonly Field[]): string {
  return [...fields]
    .sort((a, b) => (a.property < b.property ? -1 : a.property > b.property ? 1 : 0))
    .map(({ field }) => field)
    .join('&')
}
