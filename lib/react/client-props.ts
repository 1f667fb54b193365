import type { Submittable } from '../action/action.js'
import type { StateOf } from '../action/form-types.js'

/** What a field of a form can carry when an action is called with an object of values. */
export type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Blob
  | null
  | undefined
  | readonly FieldValue[]
  | ReadonlySet<FieldValue>
  | { readonly [key: string]: FieldValue }

/** What an action is called with: the data of a form, or an object of values. */
export type Payload = FormData | { readonly [name: string]: FieldValue }

/** What was wrong with a submission. It takes the place of the state until the next submission. */
export interface Problem {
  /** `invalid`: the fields are not as the action wants them. `refused`: nothing was done; `reason` says why. */
  readonly outcome: 'invalid' | 'refused' | 'failed'
  readonly status: number
  readonly reason: string | undefined
  /** What a page would say, in the visitor's language. */
  readonly message: string
  readonly issues: readonly { readonly name: string; readonly message: string }[]
  /** What was sent, without secrets. */
  readonly values: readonly (readonly [name: string, value: string])[]
  /** The files that wait on the server, so that they do not have to be chosen again. */
  readonly files: readonly { readonly name: string; readonly file: string; readonly size: number }[]
  /** The last state of the action. */
  readonly state: unknown
}

/** An action as a component gets it. */
export interface ClientAction<State = unknown> {
  /** Calls the action, from an event handler or an effect. Rejects when it is not done. */
  (payload?: Payload): Promise<State>
  /** As the `action` of a form, or the `formAction` of a button. */
  (data: FormData): Promise<void>
  /** As the first argument of `useActionState()`. Takes any last state, so that a `ClientAction` stands for every action. */
  (previous: unknown, payload: Payload | undefined): Promise<State | Problem | undefined>
  readonly name: string
}

/** The props of a page as its components get them: with a `ClientAction` in the place of each action. */
export type ClientProps<Value> = Value extends Submittable
  ? ClientAction<StateOf<Value>>
  : Value extends AsItIs
    ? Value
    : Value extends ReadonlyMap<infer Key, infer Item>
      ? Map<ClientProps<Key>, ClientProps<Item>>
      : Value extends ReadonlySet<infer Item>
        ? Set<ClientProps<Item>>
        : { [Key in keyof Value]: ClientProps<Value[Key]> }

type AsItIs =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | URLSearchParams
  | ArrayBuffer
  | ArrayBufferView
  | FormData
  | ((...values: never[]) => unknown)
