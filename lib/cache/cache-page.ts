import type { IncomingMessage } from 'node:http'
import { SealformError } from '../base/errors.js'
import { offerFor } from './offered-page.js'
import type { PageCache, PageCacheOptions } from './page-cache.js'

/**
 * Sends the page of this request from the cache when it is there. Otherwise keeps the page that the handler makes,
 * unless something in it shows that it is for one visitor or for one answer. The page must be the same for all
 * visitors.
 *
 * @param at Koa's `ctx`, Express's `req`, or the request of a plain Node server
 * @returns true when the page has been sent, so that the handler returns
 * @throws SealformError `ERR_CACHE_MISSING` without `createActions({ cache })` or where `sealform(actions)` is not
 *   mounted before the handler, `ERR_OPTION_INVALID` on bad options
 * @example
 * ```ts
 * async function showTodos(ctx: Koa.Context) {
 *   if (await cachePage(ctx, { tags: ['todos'], ttl: '5m' })) return
 *   ctx.body = todos.map(({ title }) => title).join()
 * }
 * ```
 */
export async function cachePage(
  at: IncomingMessage | { readonly req: IncomingMessage },
  options: PageCacheOptions = {},
): Promise<boolean> {
  const offer = offerFor('req' in at ? at.req : at)
  const cache = offer?.cache
  if (!offer || !keepsPages(cache)) {
    throw new SealformError(
      'ERR_CACHE_MISSING',
      "cachePage() needs a cache. Make one with createCache() from 'sealform/cache', give it to createActions({ cache }), and mount sealform(actions) before this handler.",
    )
  }
  const { page } = offer
  const body = await cache.recall(page.page, page, options)
  if (body === undefined) {
    page.holdForKeeping()
    return false
  }
  page.sendKept(body)
  return true
}

function keepsPages(cache: object | undefined): cache is Pick<PageCache, 'recall'> {
  return cache !== undefined && 'recall' in cache && typeof cache.recall === 'function'
}
