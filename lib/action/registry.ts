import type { StandardSchemaV1 } from '@standard-schema/spec'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { Shutdown } from '../base/shutdown.js'
import { parseDuration, parseTimer } from '../base/units.js'
import { defaultLimits, type LimitOptions, type Limits, resolveLimits } from '../body/limits.js'
import type { ClaimStore } from '../claims/claim-store.js'
import { memoryStore } from '../claims/memory-claims.js'
import { directoryStorage } from '../files/directory-storage.js'
import type { FileStorage } from '../files/file-storage.js'
import { keptTime } from '../files/kept-file-token.js'
import { sweepRegularly } from '../files/sweep-storage.js'
import { decodeValues } from '../seal/bound-values.js'
import { createKeyRing, type KeyRing, type Keys } from '../seal/key-ring.js'
import type { SealingContext } from '../seal/sealing-context.js'
import {
  type Action,
  type ActionDetails,
  type ActionOptions,
  createAction,
  type Definition,
  detailsOf,
} from './action.js'
import { type HookOptions, type Hooks, hookNames, resolveHooks } from './hooks.js'
import { describeAction } from './resolve-action.js'
import { checkRevalidator, type Revalidator } from './revalidator.js'
import type { SecretFields } from './secrets.js'
import type { Submission } from './submission.js'

/** What `createActions()` takes. */
export interface ActionsOptions<Context = unknown> extends HookOptions<Context> {
  /**
   * The key ring: base64 or base64url values of 16, 24 or 32 bytes, as a list or separated by commas.
   * The first seals, every one opens.
   * @default the environment variable SEALFORM_KEYS, else the file that SEALFORM_KEYS_FILE names
   */
  keys?: string | readonly string[]
  /** The audience: a seal made for another app is refused, even under the same key. @default '' */
  app?: string
  /** How long a rendered form stays valid, in seconds or as `'90s'`, `'24h'`. @default '24h' */
  ttl?: number | string
  /** What one submission may hold. */
  limits?: LimitOptions
  /**
   * Where one-time submissions are claimed. Several servers need a common one, such as `redisClaims()`.
   * @default `memoryStore()`, good for one server
   */
  store?: ClaimStore
  /** Where the files of submissions lie, and for how long. */
  uploads?: UploadOptions
  /** What `createCache()` from `sealform/cache` returned, for `cachePage()` and for revalidation by actions. @default none */
  cache?: Revalidator
}

/** What `createActions({ uploads })` takes. */
export interface UploadOptions {
  /** Servers that answer each other's forms need a common one. @default `directoryStorage()` in the system's temporary directory */
  storage?: FileStorage
  /** How long a file waits for the corrected submission, in seconds or as `'30m'`. @default '1h' */
  keep?: number | string
}

/** The registered actions of an app: the only code that a submission can reach. */
export interface Actions<Context = unknown> {
  /** The keys that seal and open the forms of this app: their ids for logs, and a way to replace them while it runs. */
  readonly keys: Keys
  /**
   * Says that this process is about to end, beside `server.close()`: submissions that are still arriving have this much
   * time left. Then they are refused with 503, and what had arrived is on the page. Actions that run are not touched.
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
   * @param name `[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}`, the same in every build, since open pages name it
   * @throws SealformError `ERR_ACTION_NAME` on a malformed or taken name, `ERR_OPTION_INVALID` on bad options
   * @example
   * ```ts
   * export const removeTodo = actions.define('todos.remove', async (submission, id: string) => {
   *   await db.remove(id)
   * })
   * ```
   */
  define<State, Bound extends unknown[]>(
    name: string,
    run: (submission: Submission<undefined, State, Context>, ...bound: Bound) => unknown,
  ): Action<undefined, State, Bound, Context>
  define<State, Bound extends unknown[], Schema extends StandardSchemaV1 | undefined = undefined>(
    name: string,
    options: ActionOptions<Schema, State, Bound, Context>,
  ): Action<
    Schema extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<Schema> : undefined,
    State,
    Bound,
    Context
  >
}

/**
 * Makes a registry of actions.
 *
 * @typeParam Context what the framework's adapter gives as `submission.context`: Koa's `Context`, for example
 * @throws SealformError `ERR_KEY_MISSING` in production without a key, `ERR_KEY_INVALID` on a key that is no key,
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

/** The registry as the library itself sees it. */
export class Registry implements SealingContext, SecretFields {
  readonly keys: KeyRing
  readonly shutdown = new Shutdown()
  readonly audience: string
  readonly #ttl: number
  readonly limits: Limits
  /** Seconds for which received files wait for the corrected submission. */
  readonly keptTime: number
  readonly cache: Revalidator | undefined
  #storage: FileStorage | undefined
  #swept = false
  #store: ClaimStore | undefined
  /** One of the actions at least runs once for each seal. */
  hasOneTime = false
  /** What any of the actions declares as secret, for a form whose action is not known. */
  readonly secrets = new Set<string>()
  readonly #hooks: Hooks | undefined
  readonly #definitions = new Map<string, Definition>()

  constructor(options: ActionsOptions<never>) {
    checkOptions('createActions()', options, [
      'keys',
      'app',
      'ttl',
      'limits',
      'store',
      'uploads',
      'cache',
      ...hookNames,
    ])
    checkOptions('createActions({ uploads })', options.uploads, ['storage', 'keep'])
    this.keys = createKeyRing(options.keys)
    this.audience = audience(options.app)
    this.#ttl = parseDuration(options.ttl ?? defaultTtl, 'createActions({ ttl })')
    this.limits = resolveLimits(options.limits, defaultLimits, 'createActions({ limits })')
    this.keptTime = keptTime(options.uploads?.keep, 'createActions({ uploads: { keep } })')
    this.cache = checkRevalidator(options.cache)
    this.#storage = checkStorage(options.uploads?.storage)
    this.#store = checkStore(options.store)
    this.#hooks = resolveHooks(options, undefined, 'createActions()')
  }

  define<Input, State, Bound extends unknown[], Context>(
    name: string,
    runOrOptions: unknown,
  ): Action<Input, State, Bound, Context> {
    if (typeof name !== 'string' || !namePattern.test(name)) {
      throw new SealformError(
        'ERR_ACTION_NAME',
        `${JSON.stringify(name)} cannot name an action: start with a letter or digit, go on with letters, digits, "_", ".", ":" or "-", 128 characters at most.`,
      )
    }
    if (this.#definitions.has(name)) {
      throw new SealformError(
        'ERR_ACTION_NAME',
        `The action "${name}" is defined twice. Names are looked up in one registry; give the second another name.`,
      )
    }
    const definition = describeAction(name, runOrOptions, {
      ttl: this.#ttl,
      limits: this.limits,
      openStorage: () => this.#openStorage(),
      openStore: () => this.#openStore(),
      hooks: this.#hooks,
    })
    this.#definitions.set(name, definition)
    for (const secret of definition.secrets) this.secrets.add(secret)
    return createAction({ definition, registry: this, values: [] })
  }

  drain(within: number | string = '5s'): void {
    this.shutdown.announce(parseTimer(within, 'actions.drain()'))
  }

  find(name: string): Definition | undefined {
    return this.#definitions.get(name)
  }

  /** The details of an action of this registry. */
  detailsOf(action: unknown): ActionDetails {
    const own = detailsOf(action)
    if (!own) {
      throw new SealformError(
        'ERR_ACTION_UNKNOWN',
        'A form takes an action that actions.define() has made, or what its bind() returned.',
      )
    }
    if (own.registry !== this) {
      throw new SealformError(
        'ERR_ACTION_UNKNOWN',
        `The action "${own.definition.name}" belongs to another registry than the one given to the middleware.`,
      )
    }
    return own
  }

  describe(value: unknown): { name: string; values: readonly unknown[] } | undefined {
    const own = detailsOf(value)
    return own?.registry === this ? { name: own.definition.name, values: own.values } : undefined
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

  /** Made for the first one-time action, so that an app without any has no store. */
  #openStore(): ClaimStore {
    this.hasOneTime = true
    this.#store ??= memoryStore()
    return this.#store
  }

  /** Made for the first action with files, so that an app without them has no directory. */
  #openStorage(): FileStorage {
    this.#storage ??= directoryStorage({ app: this.audience })
    if (!this.#swept) {
      const every = Math.min(Math.max(this.keptTime / 2, 1), 3600)
      sweepRegularly(this.#storage, { age: this.keptTime + sweepAllowance, every }, warnOfSweep)
      this.#swept = true
    }
    return this.#storage
  }
}

/** Seconds that an action may take over its files, and that the clocks of two servers may be apart. */
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

/** Takes what a user passes as `actions` for the registry that it is. */
export function asRegistry(actions: unknown, where: string): Registry {
  if (actions instanceof Registry) return actions
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where} takes what createActions() returned as its first argument.`,
  )
}

function audience(app: unknown): string {
  if (app === undefined) return ''
  if (typeof app === 'string' && Buffer.byteLength(app) <= longestAudience) return app
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `createActions({ app }) takes a short name of at most ${longestAudience} bytes.`,
  )
}
