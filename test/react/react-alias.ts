import { Module, register } from 'node:module'

// Preloaded into a server of the tests: gives it another release of React or Preact, whoever asks for it.
// `node --import ./react-alias.js` with LIBRARY_RELEASE=19-0 takes `react-19-0` for `react`, and with 10 `preact10` for `preact`.

const release = process.env.LIBRARY_RELEASE ?? ''

/** Returns the package of that release, such as `react-dom-19-0/server` for `react-dom/server`. */
export function aliased(specifier: string, wanted: string): string {
  if (wanted === '') return specifier
  return specifier
    .replace(/^(react|react-dom)(?=\/|$)/, `$1-${wanted}`)
    .replace(/^preact(?=\/|$)/, `preact${wanted}`)
}

interface Resolver {
  _resolveFilename(request: string, ...rest: unknown[]): string
}

if (release !== '') {
  const resolver = Module as unknown as Resolver
  const resolve = resolver._resolveFilename
  resolver._resolveFilename = (request, ...rest) =>
    Reflect.apply(resolve, resolver, [aliased(request, release), ...rest])
  const hooks = `${aliased}
    export const resolve = (specifier, context, next) => next(aliased(specifier, '${release}'), context)`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}
