/** What is made of an action, while it is written. */
export interface WrittenAction {
  /** What stands for it in the text. */
  readonly told: readonly string[]
  /** What stands for it in the copy. */
  readonly own: unknown
}

/** Returns `undefined` for a function that is no action. */
type WriteAction = (action: object) => WrittenAction | undefined

/**
 * Writes plain data as devalue does, and copies it in the same walk: objects, lists without holes, dates, texts, numbers and actions.
 * What is there twice stands twice in the copy. Throws `notPlain` on anything else, and on deep nesting: devalue knows it, or says
 * what is wrong.
 */
export function writePlain(value: object, write: WriteAction): { text: string; own: unknown } {
  const writer = new PlainWriter(write)
  writer.add(value, 0)
  return { text: `[${writer.parts.join(',')}]`, own: writer.copyOf(value) }
}

export const notPlain = new Error('not plain')

const deepest = 100

class PlainWriter {
  readonly parts: string[] = []
  readonly #write: WriteAction
  /** Of objects and actions, by their places. */
  readonly #copies: unknown[] = []
  /** A value has a place before its parts are written, because they may refer to it. */
  readonly #places = new Map<unknown, number>()

  constructor(write: WriteAction) {
    this.#write = write
  }

  /** Returns the place of a value. */
  add(value: unknown, depth: number): number {
    const known = constantPlace(value) ?? this.#places.get(value)
    if (known !== undefined) return known
    const place = this.parts.push('') - 1
    this.#places.set(value, place)
    if (typeof value === 'object' && value !== null) this.#addObject(value, { place, depth: depth + 1 })
    else if (typeof value === 'function') this.#addAction(value, place)
    else this.parts[place] = textOf(value)
    return place
  }

  /** Returns the copy of a value that was added. */
  copyOf(value: unknown): unknown {
    const copied = (typeof value === 'object' && value !== null) || typeof value === 'function'
    return copied ? this.#copies[this.#places.get(value)!] : value
  }

  #addObject(object: object, at: Position): void {
    if (at.depth > deepest) throw notPlain
    if (Array.isArray(object)) this.#addList(object, at)
    else if (object instanceof Date) this.#addDate(object, at)
    else this.#addProperties(object as Record<string, unknown>, at)
  }

  #addList(list: readonly unknown[], { place, depth }: Position): void {
    const copy: unknown[] = []
    this.#copies[place] = copy
    let text = ''
    for (let i = 0; i < list.length; i++) {
      const item = list[i]
      if (item === undefined && !(i in list)) throw notPlain
      text += `${i === 0 ? '' : ','}${this.add(item, depth)}`
      copy.push(this.copyOf(item))
    }
    this.parts[place] = `[${text}]`
  }

  #addProperties(object: Record<string, unknown>, { place, depth }: Position): void {
    if (Object.getPrototypeOf(object) !== Object.prototype) throw notPlain
    if (Object.getOwnPropertySymbols(object).length > 0) throw notPlain
    const copy: Record<string, unknown> = {}
    this.#copies[place] = copy
    let text = ''
    for (const key of Object.keys(object)) {
      if (key === '__proto__') throw notPlain
      const value = object[key]
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${this.add(value, depth)}`
      copy[key] = this.copyOf(value)
    }
    this.parts[place] = `{${text}}`
  }

  #addDate(date: Date, { place }: Position): void {
    if (Object.getPrototypeOf(date) !== Date.prototype) throw notPlain
    const time = date.getTime()
    this.parts[place] = `["Date","${Number.isNaN(time) ? '' : date.toISOString()}"]`
    this.#copies[place] = new Date(time)
  }

  #addAction(action: object, place: number): void {
    const written = this.#write(action)
    if (!written) throw notPlain
    this.#copies[place] = written.own
    this.parts[place] = `["Action",${this.add(written.told, 0)}]`
  }
}

interface Position {
  readonly place: number
  readonly depth: number
}

/** Returns what devalue writes for a value that has no place. */
function constantPlace(value: unknown): number | undefined {
  if (value === undefined) return -1
  if (typeof value !== 'number') return undefined
  if (Number.isNaN(value)) return -3
  if (value === Number.POSITIVE_INFINITY) return -4
  if (value === Number.NEGATIVE_INFINITY) return -5
  return Object.is(value, -0) ? -6 : undefined
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `["BigInt","${value}"]`
  if (typeof value === 'symbol') throw notPlain
  return JSON.stringify(value)
}
