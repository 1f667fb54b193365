import { plainName } from '../lib/base/field-path.js'

/** Makes the ids of the controls of one form. */
export class ControlIds {
  readonly #form: string
  readonly #nested: boolean
  #counts: Map<string, number> | undefined

  /**
   * @param form the id of the form
   * @param depth how deep the names of its fields may lead
   */
  constructor(form: string, depth: number) {
    this.#form = form
    this.#nested = depth > 0
  }

  /** The id of the first control of a name. An id must hold no white space (HTML Standard, section 3.2.6). */
  first(name: string): string {
    return `${this.#form}-${slug(this.plain(name))}`
  }

  /** The id of the nth control of a name, counted from 0. */
  nth(name: string, n: number): string {
    return n === 0 ? this.first(name) : `${this.first(name)}-${n + 1}`
  }

  /**
   * The id of a checkbox or radio button, counted in. Those after the first of a name are told apart by their values.
   */
  choice(name: string, value: string): string {
    return this.count(name) === 0 ? this.first(name) : `${this.first(name)}-${slug(value)}`
  }

  /** Counts one more control of a name. Returns how many came before it. */
  count(name: string): number {
    this.#counts ??= new Map()
    const count = this.#counts.get(name) ?? 0
    this.#counts.set(name, count + 1)
    return count
  }

  /** Whether the form has printed a control of this name. */
  has(name: string): boolean {
    return (this.#counts?.get(name) ?? 0) > 0
  }

  issue(name: string): string {
    return `${this.first(name)}-issue`
  }

  kept(name: string): string {
    return `${this.first(name)}-kept`
  }

  /** One spelling for all names that lead to the same value, where names are paths. */
  plain(name: string): string {
    return this.#nested ? plainName(name) : name
  }
}

function slug(text: string): string {
  return text.replace(/\s/g, '-')
}
