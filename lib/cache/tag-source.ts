/** Hears of revalidations: of the tags, or of `undefined` when some may have been missed. It does not throw. */
export type TagWatcher = (tags: readonly string[] | undefined) => void

/** What a cache knows of the tags that were revalidated, here and on other servers. Tags are internal names, from `tagName()`. */
export interface TagSource {
  /** Calls the watcher for each revalidation, when a page that is made now shows the new state. */
  watch(watcher: TagWatcher): void
  /** Gives a text that is another one after each revalidation of one of these tags; without a promise when it is known here. Never rejects. */
  of(tags: readonly string[]): string | Promise<string>
}

/** Returns the tags of a cache that `createCache()` made, or `undefined` for any other object. */
export function tagSourceOf(cache: object | undefined): TagSource | undefined {
  const source: unknown = cache && 'tags' in cache ? cache.tags : undefined
  return typeof source === 'object' && source !== null && 'watch' in source
    ? (source as TagSource)
    : undefined
}
