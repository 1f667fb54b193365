import { readFileSync } from 'node:fs'
import type { Context, Middleware } from 'koa'

interface Asset {
  readonly type: 'text/css' | 'image/svg+xml' | 'text/javascript'
  /** Its URL in this program's folders. */
  url(): URL
}

/** The files of the tour, of this package, and of the libraries that a visitor can choose. */
const files: ReadonlyMap<string, Asset> = new Map([
  ['/styles.css', { type: 'text/css', url: () => ownFile('public/styles.css') }],
  ['/seal.svg', { type: 'image/svg+xml', url: () => ownFile('public/seal.svg') }],
  ['/likes.js', { type: 'text/javascript', url: () => ownFile('public/likes.js') }],
  [
    '/turbo.js',
    { type: 'text/javascript', url: () => installed('@hotwired/turbo/dist/turbo.es2017-umd.js') },
  ],
  ['/turbo-automatic.js', { type: 'text/javascript', url: () => ownFile('public/turbo-automatic.js') }],
  ['/htmx2.js', { type: 'text/javascript', url: () => installed('htmx.org/dist/htmx.min.js') }],
  ['/htmx4.js', { type: 'text/javascript', url: () => installed('htmx4/dist/htmx.min.js') }],
  ['/unpoly.js', { type: 'text/javascript', url: () => installed('unpoly/unpoly.min.js') }],
  ['/unpoly.css', { type: 'text/css', url: () => installed('unpoly/unpoly.min.css') }],
])

/** Serves the style sheets, the icon and the scripts. */
export function assets(): Middleware {
  const texts = new Map<string, string>()
  return (ctx: Context, next) => {
    const file = files.get(ctx.path)
    if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    const text = texts.get(ctx.path) ?? readFileSync(file.url(), 'utf8').replace(sourceMap, '\n')
    texts.set(ctx.path, text)
    ctx.type = file.type
    ctx.body = text
    ctx.set('Cache-Control', 'max-age=60')
  }
}

/** Source maps are not served. */
const sourceMap = /\n\/\/# sourceMappingURL=\S+\s*$/

/** Reads a file of the tour's source folder. */
export function readOwnFile(path: string): string {
  return readFileSync(ownFile(path), 'utf8')
}

/** Finds a file of the tour's source folder, from any folder of compiled code. */
function ownFile(path: string): URL {
  return new URL(`examples/tour/${path}`, import.meta.resolve('sealform/package.json'))
}

function installed(name: string): URL {
  return new URL(import.meta.resolve(name))
}
