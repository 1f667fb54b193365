import type { StandardSchemaV1 } from '@standard-schema/spec'
import { callSiteOf } from '../base/call-site.js'
import { checkOptions, kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { judgeMode, type Mode } from '../base/mode.js'
import { Shutdown } from '../base/shutdown.js'
import { parseTimer } from '../base/units.js'
import { defaultLimits, type LimitOptions, type Limits, resolveLimits } from '../body/limits.js'
import type { ClaimStore } from '../claims/claim-store.js'
import { memoryStore } from '../claims/memory-claims.js'
import { defaultDirectory } from '../files/default-directory.js'
import { directoryStorage } from '../files/directory-storage.js'
import type { FileStorage } from '../files/file-storage.js'
import { keptTime } from '../files/kept-file-token.js'
import { type Quota, type QuotaOptions, resolveQuota } from '../files/quota.js'
import { QuotaStorage } from '../files/quota-storage.js'
import { sweepRegularly } from '../files/sweep-storage.js'
import type { Inspection } from '../inspect/inspection.js'
import type { DeclaredState } from '../outcome/returned-state.js'
import { decodeValues } from '../seal/bound-values.js'
import { createKeyRing, type KeyRing, type Keys } from '../seal/key-ring.js'
import { RecentSeals } from '../seal/recent-seals.js'
import { parseSealLife } from '../seal/seal-life.js'
import type { SealingContext } from '../seal/sealing-context.js'
import {
  type Action,
  type ActionDetails,
  type ActionOptions,
  type AskedAction,
  createAction,
  type Definition,
  detailsOf,
  type InputOf,
  type Submittable,
} from './action.js'
import type { SchemaNames } from './field-names.js'
import { type HookOptions, type Hooks, hookNames, resolveHooks } from './hooks.js'
import { describeAction } from './resolve-action.js'
import { checkRevalidator, type Revalidator } from './revalidator.js'
import type { SecretFields } from './secrets.js'
import type { SpamSign } from './spam.js'
import type { Submission } from './submission.js'

/** Options of `createActions()`. */
export interface ActionsOptions<Context = unknown> extends HookOptions<Context> {
  /**
   * The key ring: base64 or base64url values of 16, 24 or 32 bytes, as an array or separated by commas. The first key seals
   * forms; every key opens them.
   * @default the environment variable SEALFORM_KEYS, or the file that SEALFORM_KEYS_FILE names
   */
  keys?: string | readonly string[]
  /** The name of the app (the audience). A seal of another app is refused, even with the same key. @default '' */
  app?: string
  /**
   * Whether developers look at the pages. Then pages that refuse a form for its origin name both origins and the setting to
   * change, answers have a `Server-Timing` header, and without a key the app starts with a random one. Everybody who can reach
   * the server sees this.
   * @default true when NODE_ENV is `development` or `test`, otherwise false. A random key is also made when NODE_ENV is not set
   */
  development?: boolean
  /**
   * How long a rendered form stays valid, in seconds or as `'90s'`, `'24h'`. Forms of one-time actions stay valid for 1 h at
   * most, unless the action has a `ttl` of its own.
   * @default '24h'
   */
  ttl?: number | string
  /** Limits on one submission. @default those of `LimitOptions` */
  limits?: LimitOptions
  /**
   * The store that claims one-time submissions. Several servers need a shared store, such as `redisClaims()`.
   * @default `memoryStore()`, which works for one server
   */
  store?: ClaimStore
  /**
   * Asked about every submission, before the `authorize` of its action: is the visitor signed in? Runs after the seal opens,
   * before the rest of the body is read. An outcome, returned or thrown, refuses the submission; returning nothing admits it.
   * A button with an action of its own is asked about as well.
   *
   * @param submission as in `authorize` of an action: without the fields
   * @param asked the action's name and bound values, to make an exception
   * @default every submission is admitted
   * @example
   * ```ts
   * const actions = createActions<Koa.Context>({
   *   authorize({ context }, { action }) {
   *     if (!context.session?.user && action !== 'sign-in') return unauthorized()
   *   },
   * })
   * ```
   */
  authorize?(submission: Submission<undefined, unknown, Context>, asked: AskedAction): unknown
  /** Where the files of submissions are stored, and for how long. @default those of `UploadOptions` */
  uploads?: UploadOptions
  /** The cache that `createCache()` from `sealform/cache` returned, for `cachePage()` and revalidation. @default none */
  cache?: Revalidator
}

/** Options of `createActions({ uploads })`. */
export interface UploadOptions {
  /**
   * The storage of files. Servers that answer each other's forms need a shared one.
   * @default `directoryStorage()` in a directory of this app under the system's temporary one
   */
  storage?: FileStorage
  /**
   * How much all files in the storage may be together: of every action and visitor, waiting or arriving. What would be more is
   * refused with 507. Needs a storage that can list its files, as those of this package can.
   * @default no limit
   */
  quota?: QuotaOptions
  /** How long a file waits for the corrected submission, in seconds or as `'30m'`. @default '1h' */
  keep?: number | string
}

/** The registered actions of an app: the only code that a submission can reach. */
export interface Actions<Context = unknown> {
  /** The keys that seal and open the forms of this app. Gives their ids for logs, and can replace them at run time. */
  readonly keys: Keys
  /** How many submissions of this process a program seems to have filled in, by the sign that gave them away. */
  readonly caught: Readonly<Record<SpamSign, number>>
  /**
   * Announces that this process is about to end. Call it together with `server.close()`. Submissions that are still
   * arriving get this much time. Then they are refused with 503, and the page shows the input that had arrived. Running
   * actions continue.
   *
   * @param within seconds, or a string such as `'5s'`. @default '5s'
   * @throws SealformError `ERR_OPTION_INVALID`
   * @example
   * ```ts
   * process.once('SIGTERM', () => actions.drain('5s'))
   * ```
   */
  drain(within?: number | string): void
  /**
   * Registers an action under a stable name.
   *
   * @param name `[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}`. Keep it the same in every build, because open pages refer to it
   * @throws SealformError `ERR_ACTION_NAME` on a malformed or taken name, `ERR_OPTION_INVALID` on bad options
   * @example
   * ```ts
   * export const removeTodo = actions.define('todos.remove', async (submission, id: string) => {
   *   await db.remove(id)
   * })
   * ```
   */
  define<State, Bound extends unknown[], Returned>(
    name: string,
    run: (submission: Submission<undefined, State, Context>, ...bound: Bound) => Returned,
  ): Action<undefined, DeclaredState<State, Returned>, Bound, Context, string, State>
  define<
    State,
    Bound extends unknown[],
    Returned,
    Schema extends StandardSchemaV1 | undefined = undefined,
    Depth extends number = number,
    File extends string = never,
  >(
    name: string,
    options: ActionOptions<Schema, State, Bound, Context, Returned, Depth, File>,
  ): Action<
    InputOf<Schema>,
    DeclaredState<State, Returned>,
    Bound,
    Context,
    SchemaNames<Schema, Depth, File>,
    State
  >
}

/**
 * Makes a registry of actions.
 *
 * @typeParam Context the type of `submission.context`, which depends on the framework: Koa's `Context`, for example
 * @throws SealformError `ERR_KEY_MISSING` in production without a key, `ERR_KEY_INVALID` on a malformed key,
 *   `ERR_OPTION_INVALID` on misspelt options and bad values
 * @example
 * ```ts
 * export const actions = createActions<Koa.Context>({ app: 'shop', ttl: '12h' })
 * ```
 */
export function createActions<Context = unknown>(options: ActionsOptions<Context> = {}): Actions<Context> {
  return new Registry(options as ActionsOptions<never>)
}

const defaultTtl = '24h'
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/
const longestAudience = 64

/** The registry with the methods that the library itself uses. */
export class Registry implements SealingContext, SecretFields {
  readonly keys: KeyRing
  readonly recentSeals = new RecentSeals()
  readonly shutdown = new Shutdown()
  readonly audience: string
  readonly mode: Mode
  /** What the app itself says about the mode. */
  readonly development: boolean | undefined
  /** Seconds for which a rendered form stays valid, and what else a page prints for its visitor. */
  readonly ttl: number
  readonly limits: Limits
  /** Seconds that received files are kept for a corrected submission. */
  readonly keptTime: number
  readonly cache: Revalidator | undefined
  readonly #storage: FileStorage | undefined
  #opened: FileStorage | undefined
  readonly #quota: Quota | undefined
  #store: ClaimStore | undefined
  /** Whether at least one action is one-time. */
  hasOneTime = false
  /** Whether uploads of at least one action can be resumed. */
  hasResumable = false
  /** Whether browsers must not store the pages of at least one action. */
  hasForgotten = false
  readonly caught: Record<SpamSign, number> = { honeypot: 0, 'too-fast': 0 }
  /** Set in development, when a middleware has an inspector. */
  inspection: Inspection | undefined
  /** Where each action was defined, by its name. Empty outside of development. */
  readonly places = new Map<string, string | undefined>()
  /** The secret fields of all actions, for a form whose action is not known. */
  readonly secrets = new Set<string>()
  readonly #authorize: Definition['authorizeAll']
  readonly hooks: Hooks | undefined
  readonly #definitions = new Map<string, Definition>()

  constructor(options: ActionsOptions<never>) {
    checkOptions('createActions()', options, [
      'keys',
      'app',
      'development',
      'ttl',
      'limits',
      'store',
      'uploads',
      'cache',
      'authorize',
      ...hookNames,
    ])
    checkOptions('createActions({ uploads })', options.uploads, ['storage', 'quota', 'keep'])
    const { development } = options
    if (development !== undefined && typeof development !== 'boolean') {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `createActions({ development }) must be true or false, not ${kindOf(development)}.`,
      )
    }
    this.development = development
    this.mode = judgeMode(development, process.env.NODE_ENV)
    this.keys = createKeyRing(options.keys, process.env, development)
    this.audience = audience(options.app)
    this.ttl = parseSealLife(options.ttl === undefined ? defaultTtl : options.ttl, 'createActions({ ttl })')
    this.limits = resolveLimits(options.limits, defaultLimits, 'createActions({ limits })')
    this.keptTime = keptTime(options.uploads?.keep, 'createActions({ uploads: { keep } })')
    this.cache = checkRevalidator(options.cache)
    this.#quota = resolveQuota(options.uploads?.quota, 'createActions({ uploads: { quota } })')
    const storage = checkStorage(options.uploads?.storage)
    this.#storage = storage && this.#within(storage)
    this.#store = checkStore(options.store)
    this.#authorize = checkAuthorize(options)
    this.hooks = resolveHooks(options, undefined, 'createActions()')
  }

  define<Made extends Submittable>(name: string, runOrOptions: unknown): Made {
    if (typeof name !== 'string') {
      throw new SealformError(
        'ERR_ACTION_NAME',
        `actions.define() needs a name as its first argument, not ${name === null ? 'null' : `a value of the type ${typeof name}`}: actions.define('todos.add', …).`,
      )
    }
    if (!namePattern.test(name)) {
      throw new SealformError(
        'ERR_ACTION_NAME',
        `${JSON.stringify(name)} is not a valid action name: start with a letter or digit, then use letters, digits, "_", ".", ":" or "-", at most 128 characters.`,
      )
    }
    if (this.#definitions.has(name)) {
      throw new SealformError(
        'ERR_ACTION_NAME',
        `The action "${name}" is defined twice. A name must be unique in its registry; give the second action another name.`,
      )
    }
    const definition = describeAction(name, runOrOptions, {
      ttl: this.ttl,
      limits: this.limits,
      openStorage: () => this.#openStorage(),
      openStore: () => this.#openStore(),
      authorizeAll: this.#authorize,
      hooks: this.hooks,
      advises: this.mode !== 'production',
      find: (action) => this.#ownDetails(action)?.definition,
    })
    this.#definitions.set(name, definition)
    if (this.mode === 'development') this.places.set(name, callSiteOf(this.define))
    if (definition.forgotten) this.hasForgotten = true
    for (const { resumable } of definition.files.values()) if (resumable) this.hasResumable = true
    for (const secret of definition.secrets) this.secrets.add(secret)
    return createAction({ definition, registry: this, values: [] })
  }

  drain(within: number | string = '5s'): void {
    this.shutdown.announce(parseTimer(within, 'actions.drain()'))
  }

  get names(): readonly string[] {
    return [...this.#definitions.keys()]
  }

  find(name: string): Definition | undefined {
    return this.#definitions.get(name)
  }

  /** Returns the details of an action. Throws when the action is not from this registry. */
  detailsOf(action: unknown): ActionDetails {
    const own = detailsOf(action)
    if (!own) {
      throw new SealformError(
        'ERR_ACTION_UNKNOWN',
        'A form needs an action that actions.define() or bind() returned.',
      )
    }
    if (own.registry !== this) {
      throw new SealformError(
        'ERR_ACTION_UNKNOWN',
        `The action "${own.definition.name}" does not belong to the registry that was passed to the middleware.`,
      )
    }
    return own
  }

  #ownDetails(value: unknown): ActionDetails | undefined {
    const own = detailsOf(value)
    return own?.registry === this ? own : undefined
  }

  describe(value: unknown): { name: string; values: readonly unknown[] } | undefined {
    const own = this.#ownDetails(value)
    return own && { name: own.definition.name, values: own.values }
  }

  restore(name: string, values: readonly unknown[]): unknown {
    const definition = this.#definitions.get(name)
    if (!definition) {
      throw new SealformError('ERR_ACTION_UNKNOWN', `No action "${name}" is registered here.`)
    }
    return createAction({ definition, registry: this, values })
  }

  decode(text: string): readonly unknown[] | undefined {
    try {
      return decodeValues(text, this)
    } catch {
      return undefined
    }
  }

  /** Opens the store at the first one-time action, so that an app without one has no store. */
  #openStore(): ClaimStore {
    this.hasOneTime = true
    this.#store ??= memoryStore()
    return this.#store
  }

  #directory(): string {
    const key = this.keys.isRandom ? undefined : this.keys.ids[0]
    return defaultDirectory({ app: this.audience, key, keep: this.keptTime })
  }

  /** Opens the storage at the first action with files, so that an app without files has no directory. */
  #openStorage(): FileStorage {
    this.#opened ??= this.#sweptStorage()
    return this.#opened
  }

  #sweptStorage(): FileStorage {
    const storage = this.#storage ?? this.#within(directoryStorage({ directory: this.#directory() }))
    const every = Math.min(Math.max(this.keptTime / 2, 1), 3600)
    sweepRegularly(storage, { age: this.keptTime + sweepAllowance, every }, warnOfSweep)
    return storage
  }

  #within(storage: FileStorage): FileStorage {
    return this.#quota ? new QuotaStorage(storage, this.#quota) : storage
  }
}

/** Seconds added for an action that works on its files, and for clock differences between servers. */
const sweepAllowance = 600

function warnOfSweep(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.emitWarning(`Old uploads could not be swept: ${reason}`, {
    type: 'SealformWarning',
    code: 'SEALFORM_SWEEP',
  })
}

function checkStorage(storage: FileStorage | undefined): FileStorage | undefined {
  return checkMethods(storage, 'createActions({ uploads: { storage } })', ['put', 'open', 'remove', 'sweep'])
}

function checkAuthorize(options: ActionsOptions<never>): Definition['authorizeAll'] {
  const { authorize } = options
  if (authorize === undefined || typeof authorize === 'function') return authorize?.bind(options)
  throw new SealformError('ERR_OPTION_INVALID', 'createActions(): "authorize" must be a function.')
}

function checkStore(store: ClaimStore | undefined): ClaimStore | undefined {
  return checkMethods(store, 'createActions({ store })', ['claim', 'renew', 'settle', 'release', 'outcome'])
}

function checkMethods<Given extends object>(
  given: Given | undefined,
  where: string,
  methods: readonly (keyof Given & string)[],
): Given | undefined {
  if (given === undefined) return undefined
  const missing = methods.find((method) => typeof given?.[method] !== 'function')
  if (missing === undefined) return given
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where} needs the methods ${methods.join(', ')}; ${missing} is missing.`,
  )
}

/** Returns the argument `actions` as a `Registry`, or throws when it is not one. */
export function asRegistry(actions: unknown, where: string): Registry {
  if (actions instanceof Registry) return actions
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where} needs the result of createActions() as its first argument.`,
  )
}

function audience(app: unknown): string {
  if (app === undefined) return ''
  if (typeof app === 'string' && Buffer.byteLength(app) <= longestAudience) return app
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `createActions({ app }) must be a name of at most ${longestAudience} bytes.`,
  )
}
