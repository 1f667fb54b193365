import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'

const devalue = lazyPackage<typeof import('devalue')>('devalue')

/**
 * Writes a value as text from which `decodeCached` makes an equal value of the same types. Different values have
 * different texts, even `-0` and `0`, or a property that is `undefined` and one that is missing.
 *
 * @param what how an error calls the value, for example `cached("news"): what the function returned`
 * @throws SealformError `ERR_VALUE_UNSUPPORTED` on functions, class instances and the like
 */
export function encodeCached(value: unknown, what: string): string {
  try {
    return devalue().stringify(value, reducers)
  } catch (error) {
    const at = error instanceof devalue().DevalueError && error.path ? ` at ${error.path}` : ''
    const reason = error instanceof Error ? error.message : String(error)
    throw new SealformError(
      'ERR_VALUE_UNSUPPORTED',
      `${what} cannot be kept${at}: ${reason}. Give plain objects, lists, Map, Set, Date, URL, RegExp, typed arrays and primitive values.`,
      { cause: error },
    )
  }
}

/** Makes a new value from a text of `encodeCached`. */
export function decodeCached(text: string): unknown {
  return devalue().parse(text, revivers)
}

/**
 * Types that devalue would change or refuse. Each reducer returns a list, because an empty string would mean "another
 * type".
 */
const reducers = {
  Symbol: (value: unknown) => typeof value === 'symbol' && [registered(value)],
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
}

const revivers = {
  Symbol: ([key]: [string]) => Symbol.for(key),
  Buffer: ([text]: [string]) => Buffer.from(text, 'base64'),
}

function registered(symbol: symbol): string {
  const key = Symbol.keyFor(symbol)
  if (key === undefined) throw new Error('A symbol that is not registered; use Symbol.for()')
  return key
}
