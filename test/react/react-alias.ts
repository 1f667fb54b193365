import { Module, register } from 'node:module'

// Preloaded into a server of the tests: gives it another release of React, whoever asks for it.
// `node --import ./react-alias.js` with REACT_RELEASE=19-0 takes `react-19-0` for `react`.

const release = process.env.REACT_RELEASE ?? ''

/** Returns the package of that release, such as `react-dom-19-0/server` for `react-dom/server`. */
export function aliased(specifier: string, wanted = release): string {
  return wanted === '' ? specifier : specifier.replace(/^(react|react-dom)(?=\/|$)/, `$1-${wanted}`)
}

interface Resolver {
  _resolveFilename(request: string, ...rest: unknown[]): string
}

if (release !== '') {
  const resolver = Module as unknown as Resolver
  const resolve = resolver._resolveFilename
  resolver._resolveFilename = (request, ...rest) =>
    Reflect.apply(resolve, resolver, [aliased(request), ...rest])
  const hooks = `export const resolve = (specifier, context, next) =>
    next(specifier.replace(/^(react|react-dom)(?=\\/|$)/, '$1-${release}'), context)`
  register(`data:text/javascript,${encodeURIComponent(hooks)}`)
}
