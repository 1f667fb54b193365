import { SealformError } from '../base/errors.js'
import { lazyPackage } from '../base/lazy-package.js'
import type { JsonFormat } from './asked-format.js'

const devalue = lazyPackage<typeof import('devalue')>('devalue')

/**
 * Writes a value that a script in the browser reads.
 *
 * @param format `rich`: devalue's text, with every type that bound values may have but actions. `json`: plain JSON
 * @param terms `what`: how an error calls the value, such as `The state of "likes.add"`. `reducers`: writers of further
 *   types, by their names
 * @throws SealformError `ERR_VALUE_UNSUPPORTED` when the value would arrive changed
 */
export function writeJson(
  value: unknown,
  format: JsonFormat,
  { what, reducers: more }: { readonly what: string; readonly reducers?: Reducers },
): string {
  try {
    if (format === 'rich') {
      return devalue().stringify(value, more ? { ...reducers, ...more } : reducers, { operations })
    }
    checkPlain(value, '', [])
    return JSON.stringify(value)
  } catch (error) {
    const at = error instanceof devalue().DevalueError && error.path ? ` at ${error.path}` : ''
    const reason = error instanceof Error ? error.message : String(error)
    throw new SealformError('ERR_VALUE_UNSUPPORTED', `${what} cannot be sent as JSON${at}: ${reason}`, {
      cause: error,
    })
  }
}

type Reducers = Readonly<Record<string, (value: unknown) => unknown>>

/** Types that devalue does not know. Each reducer returns a list, because devalue takes a falsy result for "another type". */
const reducers: Reducers = {
  Symbol: (value: unknown) => typeof value === 'symbol' && [registered(value)],
  FormData: (value: unknown) => value instanceof FormData && textsOf(value),
}

const operations = {
  isThenable: () => false,
  /** Gives the view's own bytes. The rest of its memory can hold what is none of the visitor's business. */
  viewInfo(view: ArrayBufferView) {
    const { byteLength, byteOffset } = view
    const buffer = new Uint8Array(new Uint8Array(view.buffer, byteOffset, byteLength)).buffer
    return { buffer, byteOffset: 0, byteLength, length: byteLength, bufferByteLength: byteLength }
  },
}

function registered(symbol: symbol): string {
  const key = Symbol.keyFor(symbol)
  if (key === undefined) throw new Error('a symbol that is not registered. Use Symbol.for().')
  return key
}

function textsOf(data: FormData): string[] {
  return [...data].flatMap(([name, value]) => {
    if (typeof value !== 'string') throw new Error(`a FormData with a file, ${JSON.stringify(name)}.`)
    return [name, value]
  })
}

/** Throws when JSON would change the value. A property that is `undefined` is left out. */
function checkPlain(value: unknown, path: string, parents: readonly unknown[]): void {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return
  if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined
  const plain = prototype === Object.prototype || prototype === null || prototype === Array.prototype
  if (typeof value !== 'object' || !plain || parents.includes(value) || 'toJSON' in value) {
    const where = path === '' ? 'it' : path
    throw new Error(`${where} is not plain. Send "Accept: application/vnd.sealform+json" for rich values.`)
  }
  const within = [...parents, value]
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkPlain(value[i], `${path}[${i}]`, within)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) checkPlain(item, `${path}.${key}`, within)
  }
}
