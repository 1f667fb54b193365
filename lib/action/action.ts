import type { Readable } from 'node:stream'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { LimitOptions, Limits } from '../body/limits.js'
import type { ClaimStore } from '../claims/claim-store.js'
import type { FileOptions, FileRules } from '../files/file-rules.js'
import type { FileStorage } from '../files/file-storage.js'
import type { FileDescription } from '../files/take-files.js'
import type { Plan } from '../input/coerce.js'
import type { Constraints } from '../input/constraints.js'
import type { HookOptions, Hooks } from './hooks.js'
import type { Migration } from './migration.js'
import type { SecretFields } from './secrets.js'
import type { Submission } from './submission.js'

declare const carries: unique symbol

/**
 * A registered async function that a form can name. It is a function itself: called directly it runs with the
 * submission that it is given.
 */
export interface Action<Input = unknown, State = unknown, Bound extends unknown[] = [], Context = unknown> {
  (submission: Submission<Input, State, Context>, ...bound: Bound): Promise<unknown>
  /** The stable name that it was defined with. */
  readonly name: string
  /**
   * Ties values to the action. They travel encrypted in the seal and arrive after the submission, in order.
   *
   * @param self always `null`, as in `Function.prototype.bind`
   * @param values any that a seal can carry; others throw `ERR_VALUE_UNSUPPORTED` when the page is rendered
   * @example
   * ```ts
   * ctx.form(addTodo.bind(null, list.id))
   * ```
   */
  bind<Head extends unknown[], Tail extends unknown[]>(
    this: Action<Input, State, [...Head, ...Tail], Context>,
    self: null,
    ...values: Head
  ): Action<Input, State, Tail, Context>
  readonly [carries]?: ((state: State) => void) | undefined
}

/** An action with all of its bound values, so that a form can carry it. By default its state may have any type. */
export type Submittable<State = never> = ((submission: never) => Promise<unknown>) & {
  readonly name: string
  readonly [carries]?: ((state: State) => void) | undefined
}

/** What `actions.define(name, options)` takes. */
export interface ActionOptions<
  Schema extends StandardSchemaV1 | undefined,
  State,
  Bound extends unknown[],
  Context,
> extends HookOptions<Context> {
  /** The action itself: the submission, then the bound values. What it returns or throws is the outcome. */
  run(submission: Submission<InputOf<Schema>, State, Context>, ...bound: Bound): unknown
  /** A schema of any Standard Schema library; its output is `submission.input`. @default none */
  input?: Schema
  /**
   * Runs after the seal opens, before the rest of the body is read. An outcome, returned or thrown, refuses the submission;
   * returning nothing admits it.
   * @default every submission is admitted
   */
  authorize?(submission: Submission<InputOf<Schema>, State, Context>, ...bound: Bound): unknown
  /**
   * The file fields of the form, by name. Without them no file is taken. Files lie in the storage until the answer is
   * over; `persist()` keeps one.
   * @default none
   * @example
   * ```ts
   * actions.define('profile.avatar', {
   *   files: { avatar: { types: ['image/*'], maxSize: '5MiB', required: true } },
   *   async run({ formData }) {
   *     const avatar = formData.get('avatar')
   *     if (avatar instanceof File) await avatar.persist(`/srv/avatars/${user}`, { overwrite: true })
   *   },
   * })
   * ```
   */
  files?: Readonly<Record<string, FileOptions>>
  /**
   * Takes each file as it arrives, in place of the storage, one after the other: after `authorize`, before the fields
   * are read. Read the stream to its end, or return early to skip the rest. A string that it returns becomes the value of
   * the field in `formData`; an outcome, returned or thrown, refuses the submission; when it returns nothing, the field is
   * not in `formData`.
   *
   * @param file the field, and name and type as the sender gives them
   * @param stream a Node stream; `Readable.toWeb(stream)` makes a web stream of it. Fails when the client leaves, or
   *   the file passes `maxSize`
   * @default files go to the storage
   */
  onFile?(
    file: FileDescription,
    stream: Readable,
    submission: Submission<undefined, State, Context>,
    ...bound: Bound
  ): unknown
  /**
   * The same submission runs once, however often and on however many servers it arrives: double click, reload, a
   * proxy that tries again, back and again. Every later copy gets the first one's outcome, and waits for it while it
   * is running. Servers need a common `store`.
   * @default false
   */
  once?: boolean
  /**
   * How long `run` may take, in seconds or as `'30s'`. After that `submission.signal` aborts, and the visitor gets a page with
   * status 500 that says that the result is not known. `run` itself cannot be stopped; its result is ignored.
   * @default no limit
   */
  timeout?: number | string
  /**
   * Change it when the fields or bound values change their meaning; pages of another version then get a 409 page that
   * keeps the input, unless `migrate` takes them.
   * @default none
   */
  version?: string | number
  /**
   * Takes submissions of pages that were rendered for another version. Runs before `authorize`, which receives the new bound
   * values. The fields are changed before they are validated.
   *
   * @param from the version of the page, as text; `undefined` when the action had none
   * @param bound the values that were bound when the page was rendered
   * @returns the new bound values and how fields change; nothing refuses with 409, an outcome is the answer
   * @default every other version is refused
   * @example
   * ```ts
   * actions.define('contacts.add', {
   *   version: 2,
   *   migrate(from) {
   *     if (from !== '1') return undefined
   *     return {
   *       formData(fields) {
   *         const [first = '', ...rest] = String(fields.get('name')).split(' ')
   *         fields.set('first', first)
   *         fields.set('last', rest.join(' '))
   *         return fields
   *       },
   *     }
   *   },
   *   async run({ formData }) {
   *     await db.remove(String(formData.get('last')))
   *   },
   * })
   * ```
   */
  migrate?(
    from: string | undefined,
    ...bound: never[]
  ): Migration<NoInfer<Bound>> | undefined | Promise<Migration<NoInfer<Bound>> | undefined>
  /**
   * Fields that no answer ever gives back, beside those with names such as `password` and those that the schema marks. A page
   * can print a field as a password only when one of these applies. `'card'` also stands for `card.number`, and
   * `'rows[].key'` for the field in every row.
   * @default none
   * @example
   * ```ts
   * actions.define('invitations.revoke', {
   *   secrets: ['code'],
   *   async run({ formData }) {
   *     await db.remove(String(formData.get('code')))
   *   },
   * })
   * ```
   */
  secrets?: readonly string[]
  /** How long a rendered form stays valid, in seconds or as `'15m'`, `'24h'`. @default the registry's, 24 h */
  ttl?: number | string
  /** @default the registry's */
  limits?: LimitOptions
  /** The seal is good only for the path on which it was rendered. @default false */
  path?: boolean
}

/** The type of `submission.input`: the schema's output, or `undefined` without one. */
export type InputOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : undefined

/** An action as the library keeps it. */
export interface Definition extends SecretFields {
  readonly name: string
  readonly run: (submission: never, ...values: never[]) => unknown
  readonly authorize: ((submission: never, ...values: never[]) => unknown) | undefined
  readonly input: StandardSchemaV1 | undefined
  /** The types that the texts of the form are converted to; `undefined` when the schema declares none. */
  readonly coercion: Plan | undefined
  /** The constraints that controls print; `undefined` when the schema declares none. */
  readonly constraints: Constraints | undefined
  readonly files: FileRules
  readonly onFile:
    | ((file: FileDescription, stream: Readable, submission: never, ...values: never[]) => unknown)
    | undefined
  /** Where files go when there is no `onFile`; set when there are file fields. */
  readonly storage: FileStorage | undefined
  readonly version: string | undefined
  readonly migrate: ((from: string | undefined, ...values: never[]) => unknown) | undefined
  /** Seconds. */
  readonly ttl: number
  readonly limits: Limits
  readonly path: boolean
  /** Where its submissions are claimed; set when each is to run once. */
  readonly store: ClaimStore | undefined
  /** Seconds. */
  readonly timeout: number | undefined
  readonly hooks: Hooks | undefined
}

/** A definition, the values bound to it so far, and the registry that it belongs to. */
export interface ActionDetails {
  readonly definition: Definition
  readonly registry: object
  readonly values: readonly unknown[]
}

const details = new WeakMap<object, ActionDetails>()

/** The details of an action, or `undefined` for any other value. */
export function detailsOf(value: unknown): ActionDetails | undefined {
  return typeof value === 'function' ? details.get(value) : undefined
}

/** Makes the function that represents a definition with these values bound. */
export function createAction<Input, State, Bound extends unknown[], Context>(
  own: ActionDetails,
): Action<Input, State, Bound, Context> {
  const { definition, registry, values } = own
  const call = async (submission: unknown, ...rest: unknown[]) =>
    Reflect.apply(definition.run, undefined, [submission, ...values, ...rest])
  Object.defineProperties(call, {
    name: { value: definition.name },
    bind: {
      value: (_self: null, ...more: unknown[]) =>
        createAction({ definition, registry, values: [...values, ...more] }),
    },
  })
  details.set(call, own)
  return call as unknown as Action<Input, State, Bound, Context>
}
