import type { Numbers } from '../setup/mutations.js'

/** A statement that has to hold for every input. */
export interface Property {
  readonly name: string
  /** Its share of all inputs, in parts of 100. */
  readonly share: number
  /**
   * Makes one input and asserts that the statement holds for it.
   *
   * @returns what was asked, in words, for the count of inputs that reached the part under test
   */
  check(next: Numbers): string | Promise<string>
}

/** Thrown by a property for the input that breaks it. */
export class Broken extends Error {
  constructor(
    readonly input: unknown,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** Runs assertions about an input, so that a failure shows the input. */
export function holding<Result>(input: unknown, assertions: () => Result): Result {
  try {
    return assertions()
  } catch (error) {
    throw new Broken(input, error)
  }
}

/** One of a list. */
export function pick<Item>(next: Numbers, items: readonly Item[]): Item {
  return items[next(items.length)] as Item
}
