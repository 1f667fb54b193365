import { createServer } from 'node:http'
import type { TestContext } from 'node:test'
import supertest from 'supertest'
import { type Cache, type CacheOptions, createCache } from '../../lib/cache.js'
import { createTestApp, listen, type TestAppParts } from './koa-app.js'

export interface CacheApp extends TestAppParts {
  readonly cache: Cache
  /** How often a handler has rendered. */
  readonly renders: { count: number }
}

/** A Koa app with a cache. It listens on one port for the whole test, since the port is part of a page's name. */
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
  return { ...parts, cache, renders, request: supertest(`http://127.0.0.1:${port}`) }
}
