import { kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'

/**
 * Checks the option `inspect` of `sealform()`.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on anything but a path
 */
export function checkInspectPath(path: unknown): string | undefined {
  if (path === undefined) return undefined
  const segments = typeof path === 'string' ? path.slice(1).split('/') : []
  const isPath = typeof path === 'string' && path.startsWith('/')
  if (isPath && segments.every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment))) return path
  const given = typeof path === 'string' ? JSON.stringify(path.slice(0, 100)) : kindOf(path)
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `sealform({ inspect }) must be a path such as '/sealform': letters, digits, "-", "_", "." and "~" after each "/", and no "/" at the end. It is ${given}.`,
  )
}
