import type { IncomingHttpHeaders } from 'node:http'
import { regionHeaders } from './wire.js'

/**
 * The region that a client asks for: an element id, from our own client, Turbo, htmx or Unpoly.
 * Unpoly sends a selector, of which only `#id` names a region.
 */
export function askedRegion(headers: IncomingHttpHeaders): string | undefined {
  for (const header of regionHeaders) {
    const value = headers[header.toLowerCase()]
    if (typeof value === 'string' && value !== '') return value.startsWith('#') ? value.slice(1) : value
  }
  return undefined
}
