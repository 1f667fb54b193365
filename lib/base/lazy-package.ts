import { createRequire } from 'node:module'

/** A bundler that makes CommonJS of an app leaves `import.meta` empty, and has `__filename`. */
const load = createRequire(import.meta.url ?? __filename)

const loaders: (() => unknown)[] = []

/**
 * Loads a package when it is first used, without a promise. An `import` would load it when the app starts, and takes several
 * times as long for a CommonJS package, because Node then searches its text for the names of its exports.
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
    const it: Package = loaded ?? load(name)
    loaded = it
    return it
  }
  loaders.push(get)
  return get
}

/**
 * Loads all of these packages as soon as the process has a moment: to read their files in a request would make it wait, and
 * fails while the process can open no further file. A package that cannot be loaded now is loaded when it is used.
 */
export function loadPackagesSoon(): void {
  setImmediate(() => {
    for (const loader of loaders.splice(0)) {
      try {
        loader()
      } catch {
        // Its first use throws the same error, where the app hears of it.
      }
    }
  }).unref()
}
