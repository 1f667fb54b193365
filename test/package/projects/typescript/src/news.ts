import type { Cache } from 'sealform/cache'

/** Types only: the package lru-cache is not installed here. */
export function readers(cache: Cache) {
  const headlines = cache.cached(async (page: number) => [{ page, at: new Date() }], {
    key: 'headlines',
    tags: (page) => [`page:${page}`],
  })
  const first = async (): Promise<Date | undefined> => (await headlines(1))[0]?.at
  const doubled: (value: number) => Promise<number> = cache.cached((value) => value * 2, { key: 'doubled' })
  return { headlines, first, doubled }
}
