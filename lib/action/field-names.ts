import type { StandardSchemaV1 } from '@standard-schema/spec'

/**
 * The names that fields of a form may have: those of the schema's input and of the declared files, such as
 * `'title' | 'address.street' | 'address[street]' | 'tags' | 'tags[]' | 'avatar'`. Any text where the input does not list its
 * properties.
 *
 * The type of a tree has no end, so it is followed for four steps after the first. Below them any name goes, unless the depth
 * is known.
 *
 * @typeParam Depth the action's `limits.depth`; `number` when it is not known
 * @typeParam File the names of the declared files
 */
export type FieldNames<Input, Depth extends number = number, File extends string = never> =
  // The compiler takes the whole as a text where Input is not known yet, instead of working out what its names could be.
  NamesOf<Input, Depth extends Steps ? Depth : 'unknown'> extends infer Name extends string
    ? Name | File
    : never

/** The names of the fields that a form of an action with this schema may have. Any text without a schema. */
export type SchemaNames<Schema, Depth extends number, File extends string> = Schema extends StandardSchemaV1
  ? FieldNames<StandardSchemaV1.InferInput<Schema>, Depth, File>
  : string

type Steps = 0 | 1 | 2 | 3 | 4

/** How many more steps a name may have. The second row counts where the depth is not known. */
interface Fewer {
  readonly 4: 3
  readonly 3: 2
  readonly 2: 1
  readonly 1: 0
  readonly 0: never
  readonly unknown: 'three or more'
  readonly 'three or more': 'two or more'
  readonly 'two or more': 'one or more'
  readonly 'one or more': 'any'
  readonly any: never
}

/** The names of the fields of an object, or of each object of a union. */
type NamesOf<Input, Left extends keyof Fewer> = unknown extends Input
  ? string
  : Input extends object
    ? {
        [Key in keyof Input]-?: Key extends string | number
          ? `${Key}` | NamesBelow<Input[Key], `${Key}`, Left>
          : never
      }[keyof Input]
    : Input extends null | undefined
      ? never
      : string

/** The names that lead into a value. The parts of a union are written out, so that a message of the compiler lists names alone. */
type NamesBelow<Value, Name extends string, Left extends keyof Fewer> = Value extends Whole
  ? never
  : Left extends 0
    ? never
    : unknown extends Value
      ? `${Name}.${string}` | `${Name}[${string}]${string}`
      : Left extends 'any'
        ? `${Name}.${string}` | `${Name}[${string}]${string}`
        : Value extends readonly (infer Element)[]
          ? `${Name}[]` | `${Name}[${number}]` | NamesBelow<Element, `${Name}[${number}]`, Fewer[Left]>
          : {
              [Key in keyof Value]-?: Key extends string | number
                ?
                    | `${Name}.${Key}`
                    | `${Name}[${Key}]`
                    | NamesBelow<Value[Key], `${Name}.${Key}` | `${Name}[${Key}]`, Fewer[Left]>
                : never
            }[keyof Value]

/** What one field holds. A file is known by its shape, because its type differs between DOM, Node and schema libraries. */
type Whole =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | { readonly size: number; arrayBuffer(): Promise<unknown> }
  | ((...given: never[]) => unknown)
