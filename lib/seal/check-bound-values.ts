import { types } from 'node:util'
import { SealformError } from '../base/errors.js'
import type { ActionReferences } from './action-references.js'

/** How deeply lists and objects may be nested. A bound value without any has depth 0. */
const maxValueDepth = 32

/** How many values one seal may hold; values inside other values count too. */
const maxValueCount = 10_000

/** The largest length of one string, bigint or buffer. A longer one fits into no seal. */
const maxValueLength = 8192

/** How values are checked. */
export interface ValueTerms {
  /** The name of the action, for error messages. */
  readonly where: string
  readonly references: ActionReferences
  /** Refuse an invalid Date. */
  readonly validDates: boolean
}

/**
 * Throws when a value would not come back exactly as it is. It calls no getter and touches no proxy, so the values that
 * are checked are the values that are written afterwards.
 *
 * Whether an object is frozen or sealed is not carried.
 *
 * @throws SealformError `ERR_VALUE_UNSUPPORTED`, `ERR_SEAL_TOO_LARGE`
 */
export function checkBoundValues(values: readonly unknown[], terms: ValueTerms): void {
  const walk = new Walk(terms)
  for (let i = 0; i < values.length; i++) walk.visit(values[i], `bound value ${i + 1}`, 0)
}

class Walk {
  readonly #where: string
  readonly #references: ActionReferences
  readonly #validDates: boolean
  readonly #seen = new Set<unknown>()
  readonly #openActions = new Set<unknown>()
  readonly #memory = new Map<ArrayBufferLike, Array<readonly [number, number]>>()
  #count = 0

  constructor({ where, references, validDates }: ValueTerms) {
    this.#where = where
    this.#references = references
    this.#validDates = validDates
  }

  visit(value: unknown, path: string, depth: number): void {
    if (++this.#count > maxValueCount) {
      throw this.#unsupported(path, `is one value too many; the limit is ${maxValueCount}`)
    }
    if (typeof value === 'string') this.#checkLength(value.length, path)
    else if (typeof value === 'bigint') this.#checkLength(value.toString(16).length, path)
    else if (typeof value === 'symbol') this.#checkSymbol(value, path)
    else if (typeof value === 'function') this.#action(value, path, depth)
    else if (typeof value === 'object' && value !== null) this.#object(value, path, depth)
  }

  #object(value: object, path: string, depth: number): void {
    if (types.isProxy(value)) throw this.#unsupported(path, 'is a Proxy')
    if (this.#seen.has(value)) return
    this.#seen.add(value)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (Array.isArray(value) && prototype === Array.prototype) this.#array(value, path, depth)
    else if (types.isMap(value) && prototype === Map.prototype) this.#map(value, path, depth)
    else if (types.isSet(value) && prototype === Set.prototype) this.#set(value, path, depth)
    else if (types.isDate(value) && prototype === Date.prototype) this.#date(value, path)
    else if (ArrayBuffer.isView(value)) this.#view(value, prototype, path)
    else if (types.isArrayBuffer(value) && prototype === ArrayBuffer.prototype) this.#buffer(value, path)
    else if (prototype === FormData.prototype && isFormData(value)) this.#formData(value, path)
    else if ((prototype === Object.prototype || prototype === null) && !hasHiddenState(value)) {
      this.#plain(value, path, depth)
    } else throw this.#unsupported(path, `is ${describeInstance(value, prototype)}`)
  }

  #array(value: unknown[], path: string, depth: number): void {
    this.#checkDepth(path, depth)
    if (value.length > maxValueCount)
      throw this.#unsupported(path, `has ${value.length} items; the limit is ${maxValueCount}`)
    for (let i = 0; i < value.length; i++) {
      const property = Object.getOwnPropertyDescriptor(value, i)
      if (!property) throw this.#unsupported(path, `has a hole at ${i}; write undefined there`)
      this.#property(property, `${path}[${i}]`, depth)
    }
    this.#checkOwn(value, value.length + 1, path)
  }

  #plain(value: object, path: string, depth: number): void {
    this.#checkDepth(path, depth)
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol') throw this.#unsupported(path, `has a symbol as a key, ${String(key)}`)
      const at = memberPath(path, key)
      if (key === '__proto__') throw this.#unsupported(at, 'has a name that cannot be carried safely')
      const property = Object.getOwnPropertyDescriptor(value, key)!
      // The next `await` would call the `then` of such a value.
      if (key === 'then' && typeof property.value === 'function') {
        throw this.#unsupported(at, 'is a function, so JavaScript would take the object for a promise')
      }
      this.#property(property, at, depth)
    }
  }

  #property(property: PropertyDescriptor, path: string, depth: number): void {
    if (property.get || property.set) throw this.#unsupported(path, 'is a getter or setter')
    if (!property.enumerable) throw this.#unsupported(path, 'is not enumerable')
    this.visit(property.value, path, depth + 1)
  }

  #map(value: Map<unknown, unknown>, path: string, depth: number): void {
    this.#checkDepth(path, depth)
    this.#checkOwn(value, 0, path)
    let i = 0
    for (const [key, item] of value) {
      this.visit(key, `${path}.keys()[${i++}]`, depth + 1)
      this.visit(
        item,
        typeof key === 'string' ? `${path}.get(${JSON.stringify(key)})` : `${path}.values()[${i - 1}]`,
        depth + 1,
      )
    }
  }

  #date(value: Date, path: string): void {
    this.#checkOwn(value, 0, path)
    if (this.#validDates && Number.isNaN(value.getTime()))
      throw this.#unsupported(path, 'is an invalid Date; check it before you bind it')
  }

  #set(value: Set<unknown>, path: string, depth: number): void {
    this.#checkDepth(path, depth)
    this.#checkOwn(value, 0, path)
    let i = 0
    for (const item of value) this.visit(item, `${path}.values()[${i++}]`, depth + 1)
  }

  #formData(value: FormData, path: string): void {
    // Node 20 keeps the entries under a symbol, later ones in a private field.
    const usual = Reflect.ownKeys(new FormData())
    this.#refuseOwn(
      Reflect.ownKeys(value).find((key) => !usual.includes(key)),
      path,
    )
    for (const [name, entry] of value) {
      const at = `${path}.get(${JSON.stringify(name)})`
      if (typeof entry !== 'string') throw this.#unsupported(at, 'is a File')
      this.visit(name, at, 1)
      this.visit(entry, at, 1)
    }
  }

  #action(value: object, path: string, depth: number): void {
    const action = types.isProxy(value) ? undefined : this.#references.describe(value)
    if (!action) throw this.#unsupported(path, 'is a function, and not an action of this registry')
    if (this.#openActions.has(value)) throw this.#unsupported(path, 'is an action that is bound to itself')
    if (this.#seen.has(value)) return
    this.#seen.add(value)
    this.#checkDepth(path, depth)
    this.#openActions.add(value)
    action.values.forEach((item, i) => {
      this.visit(item, `${path} (${action.name}) bound value ${i + 1}`, depth + 1)
    })
    this.#openActions.delete(value)
  }

  /**
   * Checks a view. A Buffer often shares its memory with unrelated Buffers of Node's pool, so only its own bytes are
   * carried. Any other view is carried with its whole ArrayBuffer.
   */
  #view(value: ArrayBufferView, prototype: unknown, path: string): void {
    const name = viewNames.get(prototype)
    if (!name) throw this.#unsupported(path, `is ${describeInstance(value, prototype)}`)
    const memory = value.buffer
    if (!types.isArrayBuffer(memory)) throw this.#unsupported(path, 'is a view of a SharedArrayBuffer')
    if (name === 'Buffer') this.#bufferBytes(value, memory, path)
    else this.#object(memory, `${path}.buffer`, 0)
    this.#checkOwn(value, types.isTypedArray(value) ? lengthOf(value) : 0, path)
  }

  #bufferBytes(value: ArrayBufferView, memory: ArrayBuffer, path: string): void {
    const from = value.byteOffset
    const to = from + value.byteLength
    this.#checkMemory(memory, path)
    this.#checkLength(value.byteLength, path)
    const others = this.#memory.get(memory) ?? []
    if (this.#seen.has(memory) || others.some(([start, end]) => from < end && start < to)) {
      throw this.#unsupported(path, 'is a Buffer that shares its bytes with another value')
    }
    this.#memory.set(memory, [...others, [from, to]])
  }

  #buffer(value: ArrayBuffer, path: string): void {
    this.#checkMemory(value, path)
    this.#checkLength(value.byteLength, path)
    this.#checkOwn(value, 0, path)
    if (this.#memory.has(value)) throw this.#unsupported(path, 'shares its bytes with a Buffer')
  }

  #checkMemory(value: ArrayBuffer, path: string): void {
    if ('resizable' in value && value.resizable) throw this.#unsupported(path, 'is a resizable ArrayBuffer')
    if (isDetached(value)) throw this.#unsupported(path, 'is an ArrayBuffer that was transferred away')
  }

  #checkSymbol(value: symbol, path: string): void {
    const key = Symbol.keyFor(value)
    if (key === undefined)
      throw this.#unsupported(path, 'is a symbol that is not registered; use Symbol.for()')
    this.#checkLength(key.length, path)
  }

  /** Refuses additional properties on lists, dates, maps and the like. */
  #checkOwn(value: object, expected: number, path: string): void {
    this.#refuseOwn(Reflect.ownKeys(value)[expected], path)
  }

  #refuseOwn(key: string | symbol | undefined, path: string): void {
    if (key !== undefined) {
      throw this.#unsupported(path, `has a property of its own, ${JSON.stringify(String(key))}`)
    }
  }

  #checkDepth(path: string, depth: number): void {
    if (depth >= maxValueDepth)
      throw this.#unsupported(path, `is nested too deeply; the limit is ${maxValueDepth} levels`)
  }

  #checkLength(length: number, path: string): void {
    if (length <= maxValueLength) return
    throw new SealformError(
      'ERR_SEAL_TOO_LARGE',
      `${this.#where}: ${path} has a length of ${length}, more than any seal can hold. Bind an id, and look up the rest when the action runs.`,
    )
  }

  #unsupported(path: string, what: string): SealformError {
    return new SealformError('ERR_VALUE_UNSUPPORTED', `${this.#where}: ${path} ${what}.`)
  }
}

function isFormData(value: object): value is FormData {
  try {
    FormData.prototype.has.call(value, '')
    return true
  } catch {
    return false
  }
}

/** Reads the true length. A property `length` of the array itself cannot hide it. */
function lengthOf(list: NodeJS.TypedArray): number {
  return Reflect.get(Object.getPrototypeOf(Uint8Array.prototype), 'length', list)
}

const viewNames = new Map<unknown, string>(
  [
    'Int8Array',
    'Uint8Array',
    'Uint8ClampedArray',
    'Int16Array',
    'Uint16Array',
    'Float16Array',
    'Int32Array',
    'Uint32Array',
    'Float32Array',
    'Float64Array',
    'BigInt64Array',
    'BigUint64Array',
    'DataView',
    'Buffer',
  ].flatMap((name) => {
    const view: unknown = Reflect.get(globalThis, name)
    return typeof view === 'function' ? [[view.prototype, name] as const] : []
  }),
)

/** Finds built-in objects that look like plain ones because their prototype was replaced. */
function hasHiddenState(value: object): boolean {
  if (Object.prototype.toString.call(value) !== '[object Object]') return true
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isPromise(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    types.isExternal(value)
  )
}

function isDetached(value: ArrayBuffer): boolean {
  try {
    return new Uint8Array(value).length < 0
  } catch {
    return true
  }
}

function describeInstance(value: object, prototype: unknown): string {
  if (prototype === null) return 'a built-in object without its prototype'
  const name = types.isProxy(prototype) ? undefined : ownValue(ownValue(prototype, 'constructor'), 'name')
  if (typeof name !== 'string' || name === '') return 'an object with a prototype of its own'
  if (name === 'Object')
    return `a built-in object (${Object.prototype.toString.call(value)}) that looks like a plain one`
  return `an instance of ${name}`
}

/** Reads a property without calling a getter. */
function ownValue(holder: unknown, name: string): unknown {
  const readable = (typeof holder === 'object' && holder !== null) || typeof holder === 'function'
  return readable ? Object.getOwnPropertyDescriptor(holder, name)?.value : undefined
}

function memberPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}
