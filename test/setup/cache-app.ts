import { createServer } from 'node:http'
import type { TestContext } from 'node:test'
import type { DefaultState, ParameterizedContext } from 'koa'
import type { Response } from 'supertest'
import { type Cache, type CacheOptions, cachePage, createCache } from '../../lib/cache/cache.js'
import type { PageCacheOptions } from '../../lib/cache/page-cache.js'
import type { SealformContext } from '../../middleware/koa.js'
import { createTestApp, listen, type TestAppParts } from './koa-app.js'
import { requestsTo } from './requests-to.js'

export interface CacheApp extends TestAppParts {
  readonly cache: Cache
  /** How many times a handler has rendered. */
  readonly renders: { count: number }
}

/** Creates a Koa app with a cache. It uses one port for the whole test, since the port is part of a page's key. */
export async function cacheApp(
  t: TestContext,
  define: (parts: Omit<CacheApp, 'request'>) => void,
  options: Parameters<typeof createTestApp>[1] & { readonly cache?: CacheOptions } = {},
): Promise<CacheApp> {
  const { cache: cacheOptions, ...others } = options
  const cache = createCache(cacheOptions)
  t.after(() => cache.close())
  const renders = { count: 0 }
  const parts = createTestApp((app) => define({ ...app, cache, renders }), {
    ...others,
    actions: { ...others.actions, cache },
  })
  const port = await listen(createServer(parts.app.callback()), (close) => t.after(close))
  return { ...parts, cache, renders, request: requestsTo(`http://127.0.0.1:${port}`) }
}

export type PageContext = ParameterizedContext<DefaultState, SealformContext>
type Options = Parameters<typeof cacheApp>[2]

/** Adds a page that counts its renderings. `render` may return another body, or do something that prevents caching. */
export function newsApp(
  t: TestContext,
  render: (ctx: PageContext, parts: Omit<CacheApp, 'request'>) => unknown = () => undefined,
  options: Options & { readonly page?: PageCacheOptions } = {},
): Promise<CacheApp> {
  const { page = { tags: ['news'] }, ...others } = options
  return cacheApp(
    t,
    (parts) => {
      parts.router.get('/news{/*rest}', async (ctx) => {
        if (await cachePage(ctx, page)) return
        parts.renders.count++
        ctx.body = `<p>rendering ${parts.renders.count}</p>`
        const body = await render(ctx, parts)
        if (body !== undefined) ctx.body = body
      })
    },
    others,
  )
}

/** Makes supertest return the raw bytes. */
export function bytes(res: Response, done: (error: Error | null, body: Buffer) => void): void {
  const pieces: Buffer[] = []
  res.on('data', (piece) => pieces.push(Buffer.from(piece)))
  res.on('end', () => done(null, Buffer.concat(pieces)))
}
