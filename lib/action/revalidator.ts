import { SealformError } from '../base/errors.js'

/** A cache whose data and pages an action can revalidate. `createCache()` from `sealform/cache` makes one. */
export interface Revalidator {
  revalidateTag(tag: string): Promise<void>
  revalidatePath(path: string): Promise<void>
}

/**
 * Returns the revalidator, or throws an error that says how to get one.
 *
 * @throws SealformError `ERR_CACHE_MISSING`
 */
export function requireRevalidator(revalidator: Revalidator | undefined, what: string): Revalidator {
  if (revalidator) return revalidator
  throw new SealformError(
    'ERR_CACHE_MISSING',
    `${what} needs a cache. Make one with createCache() from 'sealform/cache' and pass it to createActions({ cache }).`,
  )
}

/**
 * Checks the option `cache` of `createActions()`.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function checkRevalidator(cache: Revalidator | undefined): Revalidator | undefined {
  const isRevalidator =
    typeof cache?.revalidateTag === 'function' && typeof cache.revalidatePath === 'function'
  if (cache === undefined || isRevalidator) return cache
  throw new SealformError(
    'ERR_OPTION_INVALID',
    "createActions({ cache }) must be the result of createCache() from 'sealform/cache'.",
  )
}
