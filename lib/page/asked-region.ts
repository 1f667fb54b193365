import type { IncomingHttpHeaders } from 'node:http'
import { regionHeaders } from '../base/wire-names.js'

/**
 * The region that a client asks for: an element id, from our own client, Turbo, htmx or Unpoly. Unpoly sends a
 * selector and htmx 4 a tag name before the id: what stands behind the `#` names the region.
 */
export function askedRegion(headers: IncomingHttpHeaders): string | undefined {
  for (const header of regionHeaders) {
    const value = headers[header.toLowerCase()]
    if (typeof value === 'string' && value !== '') return value.slice(value.indexOf('#') + 1)
  }
  return undefined
}
