import { misplaced } from '../lib/answer/mount.js'

/** A layer of @koa/router and koa-router: a path with its methods, or with none for `router.use()`, and its middleware. */
interface Layer {
  readonly methods: readonly string[]
  readonly stack: readonly unknown[]
}

/**
 * Throws when the middleware runs inside a router that does not run it for both the page and its submissions. `router.use()`
 * runs for requests that have a route only, and the POST of a form has none.
 *
 * @throws SealformError `ERR_MOUNT`
 */
export function refuseRouter(ctx: object, middleware: unknown): void {
  // Routers list the layers that match the path.
  const matched: unknown = Reflect.get(ctx, 'matched')
  if (!Array.isArray(matched)) return
  const own = matched.filter(isLayer).find(({ stack }) => stack.includes(middleware))
  if (!own || (own.methods.includes('GET') && own.methods.includes('POST'))) return
  throw misplaced(
    own.methods.length === 0 ? 'router.use()' : `router.${own.methods.at(-1)!.toLowerCase()}()`,
    'Mount it on the app: app.use(sealform(actions)) before app.use(router.routes()).',
  )
}

function isLayer(value: unknown): value is Layer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'methods' in value &&
    'stack' in value &&
    Array.isArray(value.methods) &&
    Array.isArray(value.stack)
  )
}
