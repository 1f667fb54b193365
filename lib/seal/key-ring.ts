import { hkdfSync, randomBytes } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import { explainMode, judgeMode } from '../base/mode.js'
import { OpenedSeals } from './opened-seals.js'
import { type Purpose, purposes } from './purpose.js'
import { givenSecrets, type Secrets } from './read-keys.js'

/** The keys of a running app. */
export interface Keys {
  /** The ids of the keys, in order: eight hexadecimal characters each. The first key seals. Ids are safe in logs. */
  readonly ids: readonly string[]
  /**
   * Replaces all keys at once. The first of the new keys seals the next page; all of them open the next submission. Old
   * keys that are not in the list are forgotten. When it throws, the old keys stay.
   *
   * @param keys as in `createActions({ keys })`. @default the present content of SEALFORM_KEYS, or of the file that
   *   SEALFORM_KEYS_FILE names
   * @throws SealformError `ERR_KEY_INVALID` when a key is not valid, `ERR_KEY_MISSING` when there is none
   * @example
   * ```ts
   * process.on('SIGHUP', () => actions.keys.reload(readFileSync('/run/secrets/sealform', 'utf8')))
   * ```
   */
  reload(keys?: string | readonly string[]): void
}

/** The keys of a ring at one moment. `reload()` replaces the whole object, so a request never sees half a change. */
interface Ring {
  readonly ids: readonly string[]
  readonly sealing: Key
  readonly keys: ReadonlyMap<number, Key>
  /** What these keys have opened of the seals that several visitors may have. */
  readonly opened: Readonly<Partial<Record<Purpose, OpenedSeals>>>
}

/**
 * The ordered keys of a deployment: the first seals, all of them open. Secrets are in private fields only, so printing,
 * cloning or serializing a ring shows nothing but the key ids.
 */
export class KeyRing implements Keys {
  /** The ring began with a random key, which no other process and no later start has. */
  readonly isRandom: boolean
  #ring: Ring

  constructor(secrets: Secrets, isRandom = false) {
    this.#ring = ringOf(secrets)
    this.isRandom = isRandom
  }

  get ids(): readonly string[] {
    return this.#ring.ids
  }

  /** The key that seals. */
  get sealing(): Key {
    return this.#ring.sealing
  }

  /** Finds a key by its number. */
  find(number: number): Key | undefined {
    return this.#ring.keys.get(number)
  }

  /** The seals of this purpose that the present keys have opened, where they are kept. */
  opened(purpose: Purpose): OpenedSeals | undefined {
    return this.#ring.opened[purpose]
  }

  reload(keys?: string | readonly string[]): void {
    this.#ring = ringOf(givenSecrets(keys, process.env) ?? noKey(''))
  }

  toJSON(): Pick<Keys, 'ids'> {
    return { ids: this.ids }
  }
}

function ringOf(secrets: Secrets): Ring {
  const keys = new Map<number, Key>()
  const [first, ...rest] = secrets
  const sealing = add(first, 1)
  const ids = [sealing.id, ...rest.map((secret, i) => add(secret, i + 2).id)]
  return { ids, sealing, keys, opened: { action: new OpenedSeals(), button: new OpenedSeals() } }

  function add(secret: Uint8Array, place: number): Key {
    const key = new Key(secret)
    if (keys.has(key.number)) {
      throw new SealformError(
        'ERR_KEY_INVALID',
        `Key ${place} has the same id as an earlier key (${key.id}), so a seal would not show which of them to use. Make another with: npx sealform keygen`,
      )
    }
    keys.set(key.number, key)
    return key
  }
}

/** One key of a ring: its public id and the subkeys derived from its secret. The secret itself is not kept. */
export class Key {
  /** Eight hexadecimal characters. */
  readonly id: string
  /** The id as an unsigned 32-bit number, for lookups. */
  readonly number: number
  readonly #action: Uint8Array
  readonly #button: Uint8Array
  readonly #state: Uint8Array
  readonly #upload: Uint8Array
  readonly #session: Uint8Array
  readonly #path: Uint8Array
  readonly #copy: Uint8Array
  readonly #live: Uint8Array
  readonly #resume: Uint8Array

  constructor(secret: Uint8Array) {
    const id = derive(secret, 4, 'key id')
    this.id = Buffer.from(id).toString('hex')
    this.number = Number.parseInt(this.id, 16)
    const subkeys = purposes.map((purpose) => derive(secret, 32, 'subkey', purpose))
    const [action, button, state, upload, session, path, copy, live, resume] = subkeys
    this.#action = action!
    this.#button = button!
    this.#state = state!
    this.#upload = upload!
    this.#session = session!
    this.#path = path!
    this.#copy = copy!
    this.#live = live!
    this.#resume = resume!
  }

  /** Returns the 32-byte subkey for a purpose. Do not write to it. */
  subkey(purpose: Purpose): Uint8Array {
    if (purpose === 'action') return this.#action
    if (purpose === 'button') return this.#button
    if (purpose === 'state') return this.#state
    if (purpose === 'upload') return this.#upload
    if (purpose === 'session') return this.#session
    if (purpose === 'path') return this.#path
    if (purpose === 'copy') return this.#copy
    return purpose === 'live' ? this.#live : this.#resume
  }
}

/**
 * Creates the key ring of a deployment. Without a key it uses a random one and warns once, except in production.
 *
 * @param keys base64 or base64url values of 16, 24 or 32 bytes, as a list or separated by commas; the first seals
 * @param env has SEALFORM_KEYS or SEALFORM_KEYS_FILE, read when there is no `keys`, and NODE_ENV. @default process.env
 * @param development whether the app says that it runs in development. @default NODE_ENV says it
 * @throws SealformError `ERR_KEY_INVALID` when a key is not valid, `ERR_KEY_MISSING` in production without a key
 * @example
 * ```ts
 * const ring = createKeyRing(process.env.MY_KEYS)
 * ```
 */
export function createKeyRing(
  keys?: string | readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  development?: boolean,
): KeyRing {
  const secrets = givenSecrets(keys, env)
  if (secrets) return new KeyRing(secrets)
  if (judgeMode(development, env.NODE_ENV) === 'production') {
    noKey(` This is ${explainMode(development, env.NODE_ENV)}, so none is made up.`)
  }
  warnOnce()
  return new KeyRing([randomBytes(32)], true)
}

function noKey(mode: string): never {
  throw new SealformError(
    'ERR_KEY_MISSING',
    `There is no key to seal forms with.${mode} Make one with \`npx sealform keygen\` and give it to every server as the environment variable SEALFORM_KEYS, or in a file that SEALFORM_KEYS_FILE names.`,
  )
}

let warned = false

function warnOnce(): void {
  if (warned) return
  warned = true
  process.emitWarning(
    'SEALFORM_KEYS is not set, so this process seals forms with a random key. Forms stop working when it restarts, and other servers cannot open them. Make a key with `npx sealform keygen`. With NODE_ENV=production this is an error.',
    { type: 'SealformWarning', code: 'SEALFORM_DEVELOPMENT_KEY' },
  )
}

/** Derives bytes with HKDF-SHA256 (RFC 5869). A length stands before each part of the info, so no two lists are equal. */
function derive(secret: Uint8Array, length: number, ...parts: string[]): Uint8Array {
  const info = ['sealform', '1', ...parts].map((part) => [
    Buffer.of(part.length),
    Buffer.from(part, 'latin1'),
  ])
  return new Uint8Array(hkdfSync('sha256', secret, '', Buffer.concat(info.flat()), length))
}
