import { mediaTypes } from '../base/wire-names.js'

/** How an outcome is told: as a page, as plain JSON, or as JSON that devalue writes and that carries rich values. */
export type AnswerFormat = 'html' | JsonFormat

export type JsonFormat = 'json' | 'rich'

/**
 * Decides from the Accept header how an outcome is told. Only a client that names a JSON type gets JSON: a wildcard asks for
 * a page, because every browser sends one with its forms. Of two types the one with the higher quality value counts; at the same value, a
 * page that the header names, then rich values, then plain JSON.
 *
 * @see RFC 9110, sections 12.4.2 and 12.5.1
 */
export function askedFormat(accept: string | undefined): AnswerFormat {
  if (accept === undefined || !namesJson.test(accept)) return 'html'
  const qualities = readAccept(accept)
  const rich = qualities.get(mediaTypes.rich) ?? 0
  const json = qualities.get('application/json') ?? 0
  const best = Math.max(rich, json)
  const named = qualities.get('text/html')
  const html = named ?? qualities.get('text/*') ?? qualities.get('*/*') ?? 0
  if (best === 0 || best < html || best === named) return 'html'
  return rich === best ? 'rich' : 'json'
}

/** Most requests name no JSON, and are decided by this alone. */
const namesJson = /json/i

/** Reads an Accept header: the quality value of each media range, in lower case. Leaves out what is malformed. */
function readAccept(accept: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>()
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    const quality = weight === undefined ? 1 : readWeight(weight.slice(2))
    if (quality !== undefined) qualities.set(type, Math.max(quality, qualities.get(type) ?? 0))
  }
  return qualities
}

function readWeight(text: string): number | undefined {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : undefined
}
