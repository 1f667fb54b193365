import { createRequire } from 'node:module'

/** A bundler that makes CommonJS of an app leaves `import.meta` empty, and has `__filename`. */
const load = createRequire(import.meta.url ?? __filename)

/**
 * Loads a package when it is first used, at once and without a promise. An `import` would load it when the app starts; for
 * a package in CommonJS it also takes several times as long, since Node then looks for the names of its exports in its text.
 *
 * @param name of a dependency; `require()` of Node 20.19 and later loads ES modules as well
 * @returns what gives the package
 * @example
 * ```ts
 * const cookie = lazyPackage<typeof import('cookie')>('cookie')
 * cookie().parseCookie('theme=dark')
 * ```
 */
export function lazyPackage<Package>(name: string): () => Package {
  let loaded: Package | undefined
  return () => {
    const it: Package = loaded ?? load(name)
    loaded = it
    return it
  }
}
