import { randomBytes } from 'node:crypto'
import type { Context, Next } from 'koa'
import type { LibraryName } from './library.js'

/** The strictest policy for an app without scripts. */
const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

/** The headers of Helmet. No HSTS, since the tour uses plain HTTP. */
const headers = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
}

const ownScripts = "; script-src 'self'; connect-src 'self'"
const trustedTypes = "; require-trusted-types-for 'script'; trusted-types 'none'"

/**
 * Lets a page load scripts of the tour, and lets these call the server: no inline scripts, and no other site.
 *
 * @param own the page has a script of its own
 * @returns the nonce that the page has to name, when the library needs one
 */
export function allowScripts(
  ctx: Pick<Context, 'set'>,
  { library, own }: { readonly library: LibraryName; readonly own: boolean },
): string | undefined {
  if (library === 'plain' && !own) return undefined
  // The libraries parse answers from texts, which Trusted Types forbid. Our script does not.
  const strict = library === 'plain' || library === 'ours'
  // Turbo writes a style element for its progress bar.
  const nonce = library === 'turbo' ? randomBytes(16).toString('base64') : undefined
  const allowed = nonce ? policy.replace("style-src 'self'", `$& 'nonce-${nonce}'`) : policy
  ctx.set('Content-Security-Policy', allowed + ownScripts + (strict ? trustedTypes : ''))
  return nonce
}

export function securityHeaders(ctx: Context, next: Next): Promise<void> {
  ctx.set(headers)
  return next()
}
