import type { Readable } from 'node:stream'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'
import type { LimitOptions, Limits } from '../body/limits.js'
import type { ClaimStore } from '../claims/claim-store.js'
import type { FileOptions, FileRules } from '../files/file-rules.js'
import type { FileStorage } from '../files/file-storage.js'
import type { FileDescription } from '../files/hand-over.js'
import type { Plan } from '../input/coerce.js'
import type { Constraints } from '../input/constraints.js'
import type { Check } from './checked.js'
import type { FormTypes } from './form-types.js'
import type { HookOptions, Hooks } from './hooks.js'
import type { Labels } from './labels.js'
import type { Migration } from './migration.js'
import type { SecretFields } from './secrets.js'
import type { SpamEvent, SpamRules } from './spam.js'
import type { Submission } from './submission.js'

/**
 * A registered async function that a form can submit to. You can also call it directly, with a submission as its first
 * argument.
 *
 * @typeParam Input the type of `submission.input`
 * @typeParam State the type of `form.state`
 * @typeParam Bound the values that are still to be bound
 * @typeParam Name the names of the fields of its form
 * @typeParam Previous the type of `submission.previous`, as `run` declares it
 */
export interface Action<
  Input = unknown,
  State = unknown,
  Bound extends unknown[] = [],
  Context = unknown,
  Name extends string = string,
  Previous = State,
> extends FormTypes<State, Name> {
  (submission: Submission<Input, Previous, Context>, ...bound: Bound): Promise<unknown>
  /** The stable name from `define()`. */
  readonly name: string
  /**
   * Binds values to the action. They travel encrypted in the seal, and `run` receives them after the submission, in order.
   *
   * @param self always `null`, as in `Function.prototype.bind`
   * @param values values that a seal can carry; others throw `ERR_VALUE_UNSUPPORTED` when the page is rendered
   * @example
   * ```ts
   * ctx.form(addTodo.bind(null, list.id))
   * ```
   */
  bind<Head extends unknown[], Tail extends unknown[]>(
    this: Action<Input, State, [...Head, ...Tail], Context, Name, Previous>,
    self: null,
    ...values: Head
  ): Action<Input, State, Tail, Context, Name, Previous>
}

/** An action with all of its bound values, so that a form can carry it. By default its form has any state and any names. */
export interface Submittable<State = unknown, Name extends string = string> extends FormTypes<State, Name> {
  (submission: never): Promise<unknown>
  readonly name: string
}

/** An action that has a state of this type. Values need not be bound to it. */
interface StateOwner<State> extends FormTypes<State, string> {
  (submission: never, ...bound: never[]): Promise<unknown>
}

/** Options of `actions.define(name, options)`. */
export interface ActionOptions<
  Schema extends StandardSchemaV1 | undefined,
  State,
  Bound extends unknown[],
  Context,
  Returned = unknown,
  Depth extends number = number,
  File extends string = string,
> extends HookOptions<Context> {
  /** Runs the action with the submission and the bound values. The value that it returns or throws gives the outcome. */
  run(submission: Submission<InputOf<Schema>, State, Context>, ...bound: Bound): Returned
  /** A schema of any Standard Schema library; its output is `submission.input`. @default none */
  input?: Schema
  /**
   * Runs after the seal opens, before the rest of the body is read, and after the `authorize` of `createActions()`. An
   * outcome, returned or thrown, refuses the submission; returning nothing admits it. The submission has no fields yet:
   * `formData` and `input` throw `ERR_NOT_READ_YET`.
   * @default every submission is admitted
   */
  authorize?(submission: Submission<undefined, State, Context>, ...bound: Bound): unknown
  /**
   * The file fields of the form, by name. Without them the action takes no files. Files stay in the storage until the
   * answer has been sent; `persist()` keeps one.
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
  files?: { readonly [Field in File]: FileOptions }
  /**
   * Receives each file while it arrives, in place of the storage. Files come one after the other, after `authorize` and
   * before `formData` is available. Read the stream to its end, or return early to skip the rest. A returned string becomes
   * the value of the field in `formData`. An outcome, returned or thrown, refuses the submission. When it returns nothing,
   * the field is not in `formData`.
   *
   * @param file the field, and the name and type that the sender claims
   * @param stream a Node stream; `Readable.toWeb(stream)` converts it to a web stream. Fails when the client leaves, or
   *   the file exceeds `maxSize`
   * @default files go to the storage
   */
  onFile?(
    file: FileDescription,
    stream: Readable,
    submission: Submission<undefined, State, Context>,
    ...bound: Bound
  ): unknown
  /**
   * Runs the same submission only once, even when several servers receive it several times: after a double click, a
   * reload, a retry by a proxy, or the back button. Every later copy gets the outcome of the first, and waits while that
   * one runs. A submission with the same seal and other fields or files gets a 409 page with its input and a fresh seal.
   * Several servers need a shared `store`.
   * @default false
   */
  once?: boolean
  /**
   * `'forget'` keeps browsers from storing pages with this form and answers to it: they say `Cache-Control: private,
   * no-store`. On a shared computer the next person cannot go back to what was typed, and neither can the person who typed
   * it. With `'keep'`, answers say `private, no-cache`, so that Back shows a corrected text again.
   * @default 'keep'
   */
  history?: 'keep' | 'forget'
  /**
   * How long `run` may take, in seconds or as `'30s'`. After that `submission.signal` aborts, and the visitor gets a page
   * with status 500 that says that the result is not known. `run` itself cannot be stopped; its result is ignored.
   * @default no limit
   */
  timeout?: number | string
  /**
   * The least time between the moment when the page was made and the submission, in seconds or as `'3s'`, to the second. A
   * faster one is taken for a program's. A form that comes back for correction may be sent at once.
   * @default none
   */
  minFillTime?: number | string
  /**
   * Answers a submission that a program seems to have filled in, in place of the action: it was faster than `minFillTime`, or
   * has text in the field of `form.honeypot()`. An outcome, returned or thrown, is the answer, such as the redirect that the
   * action gives after success. When it returns nothing, the visitor gets 422 and the input.
   * @default 422 with the input
   * @example
   * ```ts
   * actions.define('contact.send', {
   *   minFillTime: '3s',
   *   onSpam: () => redirect('/thanks'),
   *   run: async () => redirect('/thanks'),
   * })
   * ```
   */
  onSpam?(event: SpamEvent<Context>): unknown
  /**
   * The version of the fields and bound values. Change it when their meaning changes. A page of another version then gets
   * a 409 page that keeps the input, unless `migrate` converts it.
   * @default none
   */
  version?: string | number
  /**
   * Converts submissions of pages that were rendered for another version. Runs before `authorize`, which receives the new
   * bound values. The fields are converted before they are validated.
   *
   * @param from the version of the page, as text; `undefined` when the action had none
   * @param bound the values that were bound when the page was rendered
   * @returns the new bound values and a function that converts the fields. `undefined` refuses with 409. An outcome is
   *   the answer
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
   * Secret fields, whose values are never sent back in an answer. Fields with names such as `password`, and fields that
   * the schema marks, are secret without this option. A page can print a password input only for a secret field. `'card'`
   * includes `card.number`, and `'rows[].key'` means the field in every row.
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
  /**
   * What the fields are called for people, by field name; `'items[].qty'` means the field in every row. `form.field()` prints
   * these labels, and so does the built-in page.
   * @default none: the built-in page shows the names of the fields
   */
  labels?: Readonly<Record<string, string>>
  /**
   * How long a rendered form stays valid, in seconds or as `'15m'`, `'24h'`. The claim of a one-time submission is kept as
   * long.
   * @default the registry's, 24 h; for a one-time action 1 h at most
   */
  ttl?: number | string
  /** Limits on one submission of this action. @default the registry's */
  limits?: LimitOptions<Depth>
  /**
   * The action whose carried state this one shares. On a button in a form of that action, `submission.previous` is the state
   * that the form carries. Other actions do not get the state of a form in which they are buttons.
   * @default none
   * @example
   * ```ts
   * import { createActions, type Submission } from 'sealform'
   *
   * const actions = createActions()
   * const count = actions.define('count', ({ previous = 0 }: Submission<undefined, number>) => previous + 1)
   * const double = actions.define('count.double', {
   *   stateOf: count,
   *   run: ({ previous = 0 }: Submission<undefined, number>) => previous * 2,
   * })
   * ```
   */
  stateOf?: StateOwner<State>
  /**
   * Whether a form is valid only on the path of the page that printed it. So what guards the page guards the action.
   * Sent to another path, it is refused with 403, and the page there shows the input. `false` is for forms that one page
   * prints and another one sends, such as a fragment that a script loads into other pages.
   * @default true
   */
  path?: boolean
}

/** The type of `submission.input`: the schema's output, or `undefined` without one. */
export type InputOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : undefined

/** The action that `createActions({ authorize })` is asked about. */
export interface AskedAction {
  /** The action's name. */
  readonly action: string
  /** The values bound to the action. */
  readonly values: readonly unknown[]
}

/** An action with its resolved options. */
export interface Definition extends SecretFields {
  readonly name: string
  readonly run: (submission: never, ...values: never[]) => unknown
  /** The registry's, which is asked first. */
  readonly authorizeAll: ((submission: never, asked: AskedAction) => unknown) | undefined
  readonly authorize: ((submission: never, ...values: never[]) => unknown) | undefined
  readonly input: StandardSchemaV1 | undefined
  /** Validates in place of the schema. */
  readonly validates: Check | undefined
  /** The types that the texts of the form are converted to; `undefined` when the schema declares none. */
  readonly coercion: Plan | undefined
  /** The constraints that controls print; `undefined` when the schema declares none. */
  readonly constraints: Constraints | undefined
  readonly files: FileRules
  readonly onFile:
    | ((file: FileDescription, stream: Readable, submission: never, ...values: never[]) => unknown)
    | undefined
  /** The option `onFile` as it was given. Two actions with the same function can share what it returns. */
  readonly givenOnFile: unknown
  /** The storage of files. Set when the action has file fields and no `onFile`. */
  readonly storage: FileStorage | undefined
  readonly version: string | undefined
  readonly migrate: ((from: string | undefined, ...values: never[]) => unknown) | undefined
  /** Seconds. */
  readonly ttl: number
  readonly limits: Limits
  readonly path: boolean
  /** The action whose state this one gets as a button in its form. */
  readonly stateOf: Definition | undefined
  /** Browsers must not store pages with the form, or answers to it. */
  readonly forgotten: boolean
  /** The store that claims submissions. Set when `once` is true. */
  readonly store: ClaimStore | undefined
  /** Seconds. */
  readonly timeout: number | undefined
  readonly spam: SpamRules
  readonly labels: Labels
  readonly hooks: Hooks | undefined
  /** The developer gets advice on the console: the app is not in production. */
  readonly advises: boolean
}

/** A definition, the values bound to it so far, and the registry that it belongs to. */
export interface ActionDetails {
  readonly definition: Definition
  readonly registry: object
  readonly values: readonly unknown[]
}

/**
 * Returns the function that it is given, so that a class can extend it and add a private field to that function. Nobody else can
 * read or forge the field. A WeakMap would do the same, but V8 keeps its entries until a full collection, and a list that binds
 * an action in each row has hundreds on every page.
 */
const Given = function given(call: object): object {
  return call
} as unknown as new (
  call: object,
) => object

/** A function that stands for an action, as the field shows that it has. */
class Marked extends Given {
  #own: ActionDetails

  constructor(call: object, own: ActionDetails) {
    super(call)
    this.#own = own
  }

  static set(call: object, own: ActionDetails): void {
    if (#own in call) call.#own = own
    else new Marked(call, own)
  }

  static get(call: object): ActionDetails | undefined {
    return #own in call ? call.#own : undefined
  }
}

/** Returns the details of an action, or `undefined` for any other value. */
export function detailsOf(value: unknown): ActionDetails | undefined {
  return typeof value === 'function' ? Marked.get(value) : undefined
}

/** Makes the function that represents a definition with these values bound. */
export function createAction<Made extends Submittable>(own: ActionDetails): Made {
  const { definition, values } = own
  const { name } = definition
  // The key names the function. Object.defineProperty() would make all of this take four times as long.
  const named = {
    [name]: async (submission: unknown, ...rest: unknown[]) =>
      Reflect.apply(definition.run, undefined, [submission, ...values, ...rest]),
  }
  const call = named[name]!
  Marked.set(call, own)
  Object.setPrototypeOf(call, actionMethods)
  return call as unknown as Made
}

/** React asks a function in a form for this. An action that came into its tree past `renderReact()` has no seal. */
const unsealed = {
  value(this: { readonly name: string }) {
    return { name: fieldNames.unsealed + this.name, method: 'POST', data: null }
  },
}

/** What all actions have. As properties of each, they took most of the time that a `bind()` takes. */
const actionMethods: object = Object.create(
  Object.getPrototypeOf(async () => {}),
  {
    bind: {
      value(this: unknown, self: null, ...more: unknown[]) {
        const own = detailsOf(this)
        if (!own) throw new TypeError('bind() has to be called as a method of an action.')
        refuseLostValue(own, self)
        return createAction({ ...own, values: [...own.values, ...more] })
      },
    },
    $$FORM_ACTION: unsealed,
  },
)

/** Throws when the first argument of `bind()`, which JavaScript keeps for `this`, is a value such as an id. It would be lost. */
function refuseLostValue({ definition }: ActionDetails, self: unknown): void {
  if (self === null || self === undefined || typeof self === 'object' || typeof self === 'function') return
  throw new SealformError(
    'ERR_VALUE_UNSUPPORTED',
    `${definition.name}: the first argument of bind() is a ${typeof self}, and would not be bound. Write null before the values: bind(null, id).`,
  )
}

/** Makes a function stand for an action wherever the library takes one. */
export function standFor(own: ActionDetails, call: object): void {
  Marked.set(call, own)
}
