import { readFileSync } from 'node:fs'
import type { Context, Middleware } from 'koa'

/** Reads a file of the tour's source folder, from any folder of compiled code. */
export function readOwnFile(path: string): string {
  return readFileSync(new URL(`examples/tour/${path}`, import.meta.resolve('sealform/package.json')), 'utf8')
}

/** Serves the style sheet, the icon and the scripts. */
export function assets(): Middleware {
  const files = new Map([
    ['/styles.css', { type: 'text/css', text: readOwnFile('public/styles.css') }],
    ['/seal.svg', { type: 'image/svg+xml', text: readOwnFile('public/seal.svg') }],
    ['/likes.js', { type: 'text/javascript', text: readOwnFile('public/likes.js') }],
    ['/call.js', { type: 'text/javascript', text: readCall() }],
  ])
  return (ctx: Context, next) => {
    const file = files.get(ctx.path)
    if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    ctx.type = file.type
    ctx.body = file.text
    ctx.set('Cache-Control', 'max-age=60')
  }
}

/** Reads the module that calls actions, as the package holds it. Its source map is not served. */
function readCall(): string {
  const file = readFileSync(new URL(import.meta.resolve('sealform/client/call')), 'utf8')
  return file.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n')
}
