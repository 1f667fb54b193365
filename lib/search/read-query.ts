import { isSecret } from '../action/secrets.js'
import { fieldNames } from '../base/wire-names.js'
import { readUrlencoded } from '../body/urlencoded.js'
import type { DefinedSearch } from './define-search.js'

/** One parameter: its name and its value. */
export type Parameter = readonly [name: string, value: string]

/** Which parameters belong to a form. */
export interface QueryTerms {
  readonly definition: Pick<DefinedSearch, 'keys' | 'limits' | 'secrets'>
  /** The names of the form's parameters begin with it. */
  readonly prefix: string
  /** The names of other parameters that the form keeps, with all names below them. */
  readonly keep: readonly string[]
}

/** A query string, as one form sees it. */
export interface Query {
  /** The parameters of the form, without its prefix. */
  readonly own: readonly Parameter[]
  /** Those that the form keeps. */
  readonly kept: readonly Parameter[]
  /** All that are not reserved, with their full names. */
  readonly all: readonly Parameter[]
  /** The query is longer, or has more parameters, than the limits allow. The rest is left out. */
  readonly tooLarge: boolean
}

/**
 * Reads the query string of a URL. Everyone can write a link, so what a form could not have sent is read as the URL Standard
 * says, or left out: stray percent signs stay, bad bytes become U+FFFD, reserved and unknown names are no parameters of the
 * form.
 *
 * @param url as the request line has it
 * @see https://url.spec.whatwg.org/#urlencoded-parsing
 */
export function readQuery(url: string, terms: QueryTerms): Query {
  const { query, fields } = terms.definition.limits
  const start = url.indexOf('?')
  // Node decodes a request line as latin1.
  const sent = Buffer.from(start === -1 ? '' : url.slice(start + 1).replace(/#.*$/s, ''), 'latin1')
  const collector = new Collector(terms, fields)
  readUrlencoded(sent.length > query ? beginning(sent, query) : sent, collector)
  if (sent.length > query) collector.tooLarge = true
  return collector
}

/** Returns the parameters that are whole within this number of bytes. */
function beginning(sent: Buffer, length: number): Buffer {
  const end = sent.lastIndexOf(0x26, length)
  return sent.subarray(0, Math.max(end, 0))
}

class Collector implements Query {
  readonly own: Parameter[] = []
  readonly kept: Parameter[] = []
  readonly all: Parameter[] = []
  tooLarge = false
  readonly #terms: QueryTerms
  readonly #most: number
  #count = 0

  constructor(terms: QueryTerms, most: number) {
    this.#terms = terms
    this.#most = most
  }

  /** No more parameters have to be read. */
  get satisfied(): boolean {
    return this.#count > this.#most
  }

  add(name: string, value: string): void {
    if (name.startsWith(fieldNames.seal)) return
    const { definition, prefix, keep } = this.#terms
    const own = ownName(name, definition, prefix)
    const kept = isKept(name, keep) && !isSecret(definition, name)
    if (own !== undefined || kept) {
      if (++this.#count > this.#most) {
        this.tooLarge = true
        return
      }
    }
    this.all.push([name, value])
    if (own !== undefined) this.own.push([own, value])
    if (kept) this.kept.push([name, value])
  }

  /** Does nothing: what a body is refused for is read as well as it can be. */
  refuse(): void {}
}

/** Returns the name without the prefix when it is the name of a parameter of the form. */
function ownName(
  name: string,
  { keys, limits }: QueryTerms['definition'],
  prefix: string,
): string | undefined {
  if (!name.startsWith(prefix)) return undefined
  const own = name.slice(prefix.length)
  // A browser sends a control without a name in no form. `__proto__` leads to prototype pollution in code that copies objects.
  if (own === '' || own === '__proto__' || own.startsWith(fieldNames.seal)) return undefined
  if (!keys) return own
  const key = limits.depth > 0 ? (/^[^.[\]]*/.exec(own)?.[0] ?? '') : own
  return keys.has(key) ? own : undefined
}

function isKept(name: string, keep: readonly string[]): boolean {
  return keep.some(
    (kept) => name.startsWith(kept) && (name.length === kept.length || '.['.includes(name[kept.length]!)),
  )
}
