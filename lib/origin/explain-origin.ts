import type { OriginRefusal, OriginVerdict } from './origin-verdict.js'

/**
 * Explains a refusal to a developer: what was compared, and which setting to change. Values from the network are
 * shortened and escaped, so they can be printed.
 */
export function explainRefusal(verdict: Exclude<OriginVerdict, { readonly verdict: 'allow' }>): string {
  if (verdict.verdict === 'token') {
    return 'This request does not show which page sent it: it has no Sec-Fetch-Site, and no Origin or Referer that names a page. Such a submission needs a seal that is bound to the session: set session: (ctx) => … to a value that changes at sign-in.'
  }
  const received = show(verdict.received)
  switch (verdict.reason) {
    case 'protocol-unknown':
      return `The framework says that this request came by ${received}, which is neither http nor https. Have the proxy send X-Forwarded-Proto: https (nginx: proxy_set_header X-Forwarded-Proto $scheme), or set origin: 'https://…'.`
    case 'host-missing':
      return `This request has no Host header, so the app does not know its own origin. Have the proxy send one (nginx: proxy_set_header Host $host), or set origin: 'https://…'.`
    case 'host-malformed':
      return `The Host of this request is ${received}, which is not a host, so the app does not know its own origin. Have the proxy pass on the visitor's Host (nginx: proxy_set_header Host $host), or set origin: 'https://…'.`
    case 'host-repeated':
      return `This request has two Host headers, which could contradict each other. Have the proxy send one (nginx: proxy_set_header Host $host), or set origin: 'https://…'.`
    case 'origin-malformed':
      return `The Origin header is ${received}, which no browser sends. Look for a proxy or a test client that writes it; expected was ${show(verdict.expected)}.`
    case 'origin-repeated':
      return `This request has two Origin headers, which no browser sends. Look for a proxy that adds one; expected was ${show(verdict.expected)} alone.`
    case 'site-unknown':
      return `The Sec-Fetch-Site header is ${received}; browsers send same-origin, same-site, cross-site or none. Look for a proxy or a test client that writes it.`
    case 'site-repeated':
      return 'This request has two Sec-Fetch-Site headers, which no browser sends. Look for a proxy that adds one.'
    case 'same-site':
    case 'cross-site':
      return explainOtherSite(verdict, verdict.reason)
    case 'other-origin':
      return explainOther(verdict, 'Origin header')
    case 'other-referer':
      return explainOther(verdict, 'Referer header')
    case 'referer-malformed':
      return `The Referer header is ${received}, which is not an http or https URL, and no Origin header came with it; expected was a page of ${show(verdict.expected)}.`
    case 'referer-repeated':
      return `This request has two Referer headers and no Origin; expected was one, of a page of ${show(verdict.expected)}.`
  }
}

function explainOtherSite({ expected, received }: OriginRefusal, site: 'same-site' | 'cross-site'): string {
  const where = site === 'same-site' ? 'another origin of the same site' : 'another site'
  const compared = `The browser says that a page of ${where} sent this form (Sec-Fetch-Site: ${site}, Origin: ${show(received)}); this app is ${show(expected)}.`
  return isListable(received)
    ? `${compared} If pages there may send forms to this app, set allowedOrigins: ['${received}'].`
    : `${compared} That Origin cannot be listed: the page is sandboxed, the form came through a redirect, or a referrer policy hides the origin. Change that page.`
}

function explainOther({ expected, received, configured, forwarded }: OriginRefusal, header: string): string {
  const source = configured ? 'its origin option' : forwarded ? 'X-Forwarded-Host' : 'its protocol and Host'
  const compared = `The ${header} says ${show(received)}, but this app is ${show(expected)} by ${source}.`
  if (!isListable(received)) return compared
  const listed = `If pages there may send forms to this app, set allowedOrigins: ['${received}'].`
  if (configured) {
    return `${compared} If visitors reach this app under ${received}, set origin: '${received}'. ${listed}`
  }
  const trust = 'trust the proxy in front (Koa: app.proxy = true; Express: app.set("trust proxy", 1))'
  if (expected !== undefined && withoutScheme(expected) === withoutScheme(received)) {
    return `${compared} Only the scheme differs, so TLS probably ends at a proxy: ${trust} and have it send the scheme (nginx: proxy_set_header X-Forwarded-Proto $scheme), or set origin: '${received}'.`
  }
  const host = hostVariable(received)
  if (forwarded) {
    return `${compared} A client can write that header itself, and the first of several values counts. Have the outermost proxy replace it (nginx: proxy_set_header X-Forwarded-Host ${host}), or set origin: '${received}'. ${listed}`
  }
  return `${compared} If visitors reach this app under ${received}, a proxy changes the Host: have it pass on the visitor's Host (nginx: proxy_set_header Host ${host}), or ${trust}, or set origin: '${received}'. ${listed}`
}

/** Returns nginx's variable for the host that the visitor asked for. `$host` is without the port. */
function hostVariable(origin: string): string {
  return new URL(origin).port === '' ? '$host' : '$http_host'
}

function isListable(received: string | undefined): received is string {
  return received !== undefined && /^https?:\/\/[!-~]+$/.test(received)
}

function withoutScheme(origin: string): string {
  return origin.slice(origin.indexOf(':'))
}

const longestShown = 100

function show(text: string | undefined): string {
  if (text === undefined) return 'absent'
  const start = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
  const escaped = JSON.stringify(start).replace(
    /[^ -~…]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return text.length > longestShown ? `${escaped} (${text.length} characters)` : escaped
}
