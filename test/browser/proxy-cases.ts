/** What nginx does with the headers before it passes a request on. */
const passing = {
  'the Host': 'proxy_set_header Host $http_host;',
  'the Host without its port': 'proxy_set_header Host $host;',
  'the scheme': 'proxy_set_header X-Forwarded-Proto $scheme;',
  'the forwarded host': 'proxy_set_header X-Forwarded-Host $http_host;',
  'the forwarded host behind what the client sent':
    'proxy_set_header X-Forwarded-Host "$http_x_forwarded_host, $http_host";',
  /** Whether the browser sends no Sec-Fetch-Site, like Safari before 16.4. */
  'no Sec-Fetch-Site': 'proxy_set_header Sec-Fetch-Site "";',
} as const

export interface ProxyCase {
  readonly scheme: 'http' | 'https'
  readonly passes: readonly (keyof typeof passing)[]
  readonly framework?: 'koa' | 'express'
  readonly trustsProxy?: true
  /** The `origin` option of the middleware: that of the visitor, or another. */
  readonly origin?: 'configured' | 'https://other.test'
  /** Headers that the client makes up. */
  readonly spoofs?: Readonly<Record<string, string>>
  /** The advice for the developer when the form is refused. */
  readonly refused?: readonly RegExp[]
}

export function directivesOf({ passes }: ProxyCase): string {
  return passes.map((name) => passing[name]).join('\n')
}

const everything = ['the Host', 'the scheme', 'the forwarded host'] as const
const old = 'no Sec-Fetch-Site'
const spoofs = { 'X-Forwarded-Host': 'evil.test', 'X-Forwarded-Proto': 'http' }

const onlyTheScheme = [
  /Only the scheme differs, so TLS probably ends at a proxy/,
  /X-Forwarded-Proto \$scheme/,
  /app\.proxy = true/,
]
const hostChanged = [
  /a proxy changes the Host/,
  /proxy_set_header Host \$http_host/,
  /or set origin: 'https?:\/\/case-\d+\.sealform\.test:\d+'/,
]
const leftmost = [
  /"https?:\/\/evil\.test" by X-Forwarded-Host/,
  /replace it \(nginx: proxy_set_header X-Forwarded-Host \$http_host\)/,
]

/** Every way to put a proxy in front, with the result for a visitor without JavaScript. */
export const proxyCases: Readonly<Record<string, ProxyCase>> = {
  'TLS in front, everything passed on, Koa trusts it': {
    scheme: 'https',
    passes: everything,
    trustsProxy: true,
  },
  'TLS in front, everything passed on, Express trusts it': {
    scheme: 'https',
    passes: everything,
    framework: 'express',
    trustsProxy: true,
  },
  'TLS in front, everything passed on, Koa trusts it, from an old browser': {
    scheme: 'https',
    passes: [...everything, old],
    trustsProxy: true,
  },
  'TLS in front, everything passed on, Express trusts it, from an old browser': {
    scheme: 'https',
    passes: [...everything, old],
    framework: 'express',
    trustsProxy: true,
  },
  'TLS in front, everything passed on, Koa trusts no proxy, from an old browser': {
    scheme: 'https',
    passes: [...everything, old],
    refused: onlyTheScheme,
  },
  'TLS in front, everything passed on, Express trusts no proxy, from an old browser': {
    scheme: 'https',
    passes: [...everything, old],
    framework: 'express',
    refused: onlyTheScheme,
  },
  'TLS in front, only Host passed on': { scheme: 'https', passes: ['the Host'] },
  'TLS in front, only Host passed on, Koa trusts it, from an old browser': {
    scheme: 'https',
    passes: ['the Host', old],
    trustsProxy: true,
    refused: onlyTheScheme,
  },
  'TLS in front, only Host passed on, origin configured, from an old browser': {
    scheme: 'https',
    passes: ['the Host', old],
    origin: 'configured',
  },
  'TLS in front, Host passed on without its port, from an old browser': {
    scheme: 'https',
    passes: ['the Host without its port', 'the scheme', old],
    trustsProxy: true,
    refused: hostChanged,
  },
  'TLS in front, nothing passed on, to Koa': { scheme: 'https', passes: [] },
  'TLS in front, nothing passed on, to Express': { scheme: 'https', passes: [], framework: 'express' },
  'TLS in front, nothing passed on, from an old browser to Koa': {
    scheme: 'https',
    passes: [old],
    refused: hostChanged,
  },
  'TLS in front, nothing passed on, from an old browser to Express': {
    scheme: 'https',
    passes: [old],
    framework: 'express',
    refused: hostChanged,
  },
  'TLS in front, nothing passed on, origin configured for Koa': {
    scheme: 'https',
    passes: [old],
    origin: 'configured',
  },
  'TLS in front, nothing passed on, origin configured for Express': {
    scheme: 'https',
    passes: [old],
    framework: 'express',
    origin: 'configured',
  },
  'TLS in front, another origin configured': {
    scheme: 'https',
    passes: everything,
    origin: 'https://other.test',
    refused: [
      /"https:\/\/other\.test" by its origin option/,
      /set origin: 'https:\/\/case-\d+\.sealform\.test:\d+'/,
    ],
  },
  'plain, Host passed on': { scheme: 'http', passes: ['the Host'] },
  'plain, Host passed on to Express': { scheme: 'http', passes: ['the Host'], framework: 'express' },
  'plain, Host not passed on': { scheme: 'http', passes: [], refused: hostChanged },
  'plain, Host not passed on to Express': {
    scheme: 'http',
    passes: [],
    framework: 'express',
    refused: hostChanged,
  },
  'plain, Host as X-Forwarded-Host, Koa trusts it': {
    scheme: 'http',
    passes: ['the forwarded host'],
    trustsProxy: true,
  },
  'plain, Host as X-Forwarded-Host, Express trusts it': {
    scheme: 'http',
    passes: ['the forwarded host'],
    framework: 'express',
    trustsProxy: true,
  },
  'plain, Host as X-Forwarded-Host, Koa trusts no proxy': {
    scheme: 'http',
    passes: ['the forwarded host'],
    refused: hostChanged,
  },
  'spoofed headers, which nginx replaces': {
    scheme: 'https',
    passes: [...everything, old],
    trustsProxy: true,
    spoofs,
  },
  'spoofed headers, which nginx replaces in front of Express': {
    scheme: 'https',
    passes: [...everything, old],
    framework: 'express',
    trustsProxy: true,
    spoofs,
  },
  'spoofed headers, which nginx passes on to Koa, which trusts it': {
    scheme: 'http',
    passes: ['the Host'],
    trustsProxy: true,
    spoofs,
    refused: leftmost,
  },
  'spoofed headers, which nginx passes on to Express, which trusts it': {
    scheme: 'http',
    passes: ['the Host'],
    framework: 'express',
    trustsProxy: true,
    spoofs,
    refused: leftmost,
  },
  'spoofed headers, to which nginx adds its own': {
    scheme: 'https',
    passes: ['the Host', 'the scheme', 'the forwarded host behind what the client sent', old],
    trustsProxy: true,
    spoofs,
    refused: leftmost,
  },
  'spoofed headers, with Sec-Fetch-Site': {
    scheme: 'https',
    passes: ['the Host'],
    trustsProxy: true,
    spoofs,
  },
  'spoofed headers, passed on, without a trusted proxy': { scheme: 'http', passes: ['the Host'], spoofs },
  'spoofed headers, passed on, origin configured': {
    scheme: 'https',
    passes: ['the Host', old],
    trustsProxy: true,
    origin: 'configured',
    spoofs,
  },
}
