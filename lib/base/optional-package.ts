import { SealformError } from './errors.js'
import { requirePackage } from './lazy-package.js'

/**
 * Loads a package that an app installs only when it uses a certain feature.
 *
 * @param where what needs the package, for example `createCache()`
 * @param spec the package with its major version, as `npm install` takes it, for example `lru-cache@11`
 * @throws SealformError `ERR_OPTION_INVALID` when the package is not installed; the message holds the npm command
 */
export function loadOptional<Module>(where: string, spec: string): Module {
  const name = spec.slice(0, spec.lastIndexOf('@'))
  try {
    return requirePackage(name)
  } catch (cause) {
    if (!isNotFound(cause)) throw cause
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `${where} needs the package "${name}", which is not installed: npm install ${spec}`,
      { cause },
    )
  }
}

function isNotFound(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')
  )
}
