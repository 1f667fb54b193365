import type { Context, Next } from 'koa'

/**
 * The headers of Helmet, with the strictest policy for an app without scripts. No HSTS, since the tour uses plain HTTP.
 */
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
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

/** Lets a page load scripts of the tour, and lets these call the server. */
export function allowScripts(ctx: Pick<Context, 'set'>): void {
  const policy = headers['Content-Security-Policy']
  ctx.set(
    'Content-Security-Policy',
    `${policy}; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`,
  )
}

export function securityHeaders(ctx: Context, next: Next): Promise<void> {
  ctx.set(headers)
  return next()
}
