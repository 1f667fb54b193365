import { createRequire } from 'node:module'

/**
 * Loads a package by its name. A bundler that makes CommonJS of an app leaves `import.meta` empty, and has
 * `__filename`.
 */
export const requirePackage = createRequire(import.meta.url ?? __filename)

const loaders: (() => unknown)[] = []

/**
 * Loads a package when it is first used, without a promise. An `import` would load it when the app starts, and takes
 * several times as long for a CommonJS package, because Node then searches its text for the names of its exports.
 *
 * @param name a dependency; `require()` of Node 20.19 and later loads ES modules as well
 * @returns a function that returns the package
 * @example
 * ```ts
 * const cookie = lazyPackage<typeof import('cookie')>('cookie')
 * cookie().parseCookie('theme=dark')
 * ```
 */
export function lazyPackage<Package>(name: string): () => Package {
  let loaded: Package | undefined
  const get = () => {
    const it: Package = loaded ?? requirePackage(name)
    loaded = it
    return it
  }
  loaders.push(get)
  return get
}

/**
 * Loads all of these packages. A middleware does so when it is made: later the process may have given up the right to
 * read their files, may be unable to open one more, and makes a visitor wait.
 *
 * @throws Error `MODULE_NOT_FOUND` when a package is not installed
 */
export function loadPackages(): void {
  for (const loader of loaders.splice(0)) loader()
}
