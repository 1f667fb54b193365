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

/** Makes the key of a page. In the query, only the order of different names makes no difference. */
export function pageKey(
  request: { readonly protocol: string; readonly host: string; readonly url: string },
  more: readonly string[],
): string {
  const { protocol, host, url } = request
  const [path = '', query = ''] = splitUrl(url)
  return JSON.stringify([protocol, host, path, sortedQuery(query), ...more])
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

/** Sorts a query by names. Fields of one name keep their order and their spelling, which may matter to a page. */
function sortedQuery(query: string): string {
  if (!query.includes('&')) return query
  return query
    .split('&')
    .filter((field) => field !== '')
    .map((field) => ({ field, name: [...new URLSearchParams(field).keys()][0] ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ field }) => field)
    .join('&')
}
