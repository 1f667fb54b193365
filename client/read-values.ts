/** Makes a value of a type that the text of a page alone has, from its parts. */
type Make = (parts: unknown) => unknown

/**
 * Reads the text that devalue's `stringify()` writes, in a third of the size of its `parse()`. The text is a list, in which
 * each value names its parts by their places. Makes values of the types below only, whatever the text names.
 *
 * @param makeAction makes what stands for an action. Without it, a text that names one is not read
 */
export const readValues = (text: string, makeAction?: Make): unknown => {
  const parts: unknown = JSON.parse(text)
  return Array.isArray(parts) ? new Reading(parts, makeAction).at(0) : constants.get(parts)
}

/** Values that have no place. */
const constants = new Map<unknown, unknown>([
  [-3, Number.NaN],
  [-4, Number.POSITIVE_INFINITY],
  [-5, Number.NEGATIVE_INFINITY],
  [-6, -0],
])
const hole = -2
const sparse = -7

const views = /^((Big)?(I|Ui)nt\d+|Uint8Clamped|Float\d+)Array$|^DataView$/

/** Reads the parts of such a text. */
class Reading {
  readonly parts: readonly unknown[]
  readonly makeAction: Make | undefined
  /** By their places. A value is here before its parts are read, because they may refer to it. */
  readonly made: unknown[] = []

  constructor(parts: readonly unknown[], makeAction: Make | undefined) {
    this.parts = parts
    this.makeAction = makeAction
  }

  at(index: unknown): unknown {
    const place = Number(index)
    if (place < 0) return constants.get(place)
    if (place in this.made) return this.made[place]
    const part = this.parts[place]
    const keep = <Value>(value: Value): Value => {
      this.made[place] = value
      return value
    }
    if (Array.isArray(part)) {
      return typeof part[0] === 'string' ? this.typed(part, keep) : this.list(part, keep([]))
    }
    if (typeof part !== 'object' || part === null) return keep(part)
    return this.properties(Object.entries(part).flat(), keep({}))
  }

  list(part: readonly unknown[], list: unknown[]): unknown[] {
    if (part[0] === sparse) {
      list.length = Number(part[1])
      for (let i = 2; i < part.length; i += 2) list[Number(part[i])] = this.at(part[i + 1])
    } else {
      list.length = part.length
      for (const [i, place] of part.entries()) if (place !== hole) list[i] = this.at(place)
    }
    return list
  }

  properties(pairs: readonly unknown[], object: Record<string, unknown>): object {
    for (let i = 0; i < pairs.length; i += 2) {
      const key = String(pairs[i])
      if (key !== '__proto__') object[key] = this.at(pairs[i + 1])
    }
    return object
  }

  typed([type, ...rest]: readonly unknown[], keep: <Value>(value: Value) => Value): unknown {
    const [first, second, third] = rest
    if (type === 'Set') {
      const set = keep(new Set())
      for (const place of rest) set.add(this.at(place))
      return set
    }
    if (type === 'Map') {
      const map = keep(new Map())
      for (let i = 0; i < rest.length; i += 2) map.set(this.at(rest[i]), this.at(rest[i + 1]))
      return map
    }
    if (type === 'null') return this.properties(rest, keep(Object.create(null)))
    return keep(this.value(String(type), first, [second, third]))
  }

  value(type: string, first: unknown, [second, third]: readonly unknown[]): unknown {
    const text = String(first)
    if (type === 'Date') return new Date(text)
    if (type === 'BigInt') return BigInt(text)
    if (type === 'Object') return Object(this.at(first))
    if (type === 'RegExp') return new RegExp(text, String(second ?? ''))
    if (type === 'URL') return new URL(text)
    if (type === 'URLSearchParams') return new URLSearchParams(text)
    if (type === 'ArrayBuffer') return Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)).buffer
    if (views.test(type))
      return Reflect.construct(Reflect.get(globalThis, type), [this.at(first), second, third])
    if (type === 'Symbol') return Symbol.for(String(this.at(first)))
    if (type === 'FormData') return formDataOf(this.at(first))
    if (type === 'Action' && this.makeAction) return this.makeAction(this.at(first))
    throw new TypeError(`An answer has the type ${type}, which cannot be read.`)
  }
}

const formDataOf = (texts: unknown): FormData => {
  const data = new FormData()
  if (Array.isArray(texts)) for (let i = 0; i < texts.length; i += 2) data.append(texts[i], texts[i + 1])
  return data
}
