import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { requirePackage } from '../lib/base/lazy-package.js'
import { pathOf } from './request-path.js'

/**
 * The files for browsers: the script that takes over forms, the one that keeps live regions up to date, the one that resumes
 * uploads, and the module that calls actions.
 */
const packages = {
  client: 'sealform/client',
  live: 'sealform/client/live',
  resume: 'sealform/client/resume',
  call: 'sealform/client/call',
} as const

type ScriptName = keyof typeof packages

/** A file for browsers, as it is sent. */
interface ClientScript {
  /** Its path below the place where the middleware is mounted. It changes with the content. */
  readonly path: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly br: Buffer
}

const scripts = new Map<ScriptName, ClientScript>()

/**
 * Reads a file for browsers when it is first needed.
 *
 * @throws Error `MODULE_NOT_FOUND` when a bundler has made one file of the app and left the package out
 */
export function clientScript(name: ScriptName): ClientScript {
  let script = scripts.get(name)
  if (!script) {
    script = makeScript(name, readFileSync(requirePackage.resolve(packages[name])))
    scripts.set(name, script)
  }
  return script
}

function makeScript(name: ScriptName, file: Buffer): ClientScript {
  // The source map is not served.
  const plain = Buffer.from(file.toString().replace(/\n\/\/# sourceMappingURL=\S+\s*$/, ''))
  const { brotliCompressSync, gzipSync } = process.getBuiltinModule('node:zlib')
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 12)
  return {
    path: `/sealform-${name}-${hash}.js`,
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    br: brotliCompressSync(plain),
  }
}

/**
 * Returns the file for browsers that a request asks for. Another server of the app may have printed another version of its
 * path: it gets this one, and must not keep it.
 */
export function askedScript({
  method,
  url = '',
  headers,
}: IncomingMessage): { readonly headers: Record<string, string>; readonly body: Buffer } | undefined {
  if (!url.includes('/sealform-') || (method !== 'GET' && method !== 'HEAD')) return undefined
  // A cache in front may keep the answer to "/page#/sealform-client-….js" as that of "/page". No browser sends a fragment.
  const [, asked, name] =
    /^[^#]*(\/sealform-(client|live|resume|call)-[\w-]{12}\.js)$/.exec(pathOf(url)) ?? []
  if (asked === undefined) return undefined
  const { path, ...bodies } = clientScript(name as ScriptName)
  const accepted = String(headers['accept-encoding'] ?? '')
  const encoding = (['br', 'gzip'] as const).find((name) =>
    new RegExp(`(^|[ ,])${name}(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))\\b`).test(accepted),
  )
  const body = bodies[encoding ?? 'plain']
  return {
    headers: {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': asked === path ? 'public, max-age=31536000, immutable' : 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept-Encoding',
      'Content-Length': String(body.length),
      ...(encoding && { 'Content-Encoding': encoding }),
    },
    body,
  }
}

/** Sends a file for browsers when a request asks for it. Returns whether it has. */
export function sendScript(req: IncomingMessage, res: ServerResponse): boolean {
  const script = askedScript(req)
  if (!script) return false
  res.writeHead(200, script.headers).end(script.body)
  return true
}

/**
 * Returns the path at which the middleware is mounted: what the framework has taken off the beginning of the URL.
 *
 * @param original the URL that the browser asked for
 * @param current the URL that the middleware sees
 */
export function mountOf(original: string, current: string): string {
  if (original === current) return ''
  const [whole, rest] = [pathOf(original), pathOf(current)]
  if (rest === '/' && !whole.endsWith('/')) return whole
  return whole.endsWith(rest) ? whole.slice(0, whole.length - rest.length) : ''
}
