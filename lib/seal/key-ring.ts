import { hkdfSync, randomBytes } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import { givenSecrets, type Secrets } from './read-keys.js'

/** What a subkey is for; a token made for one purpose is noise under the key of another. */
export type Purpose = 'action' | 'state' | 'upload' | 'session'

const purposes: readonly Purpose[] = ['action', 'state', 'upload', 'session']

/** The keys of a running app, as it sees them itself. */
export interface Keys {
  /** Eight hexadecimal characters for each key, in order: the first seals. They give nothing away and are meant for logs. */
  readonly ids: readonly string[]
  /**
   * Replaces all keys at once. The next page is sealed with the first of the new ones, the next submission opened with
   * any of them. Keys that are not taken up again are forgotten. When it throws, everything stays as it was.
   *
   * @param keys as in `createActions({ keys })`. @default what SEALFORM_KEYS or the file that SEALFORM_KEYS_FILE names
   *   holds at this moment
   * @throws SealformError `ERR_KEY_INVALID` on anything that is no key, `ERR_KEY_MISSING` when there is none
   * @example
   * ```ts
   * process.on('SIGHUP', () => actions.keys.reload(readFileSync('/run/secrets/sealform', 'utf8')))
   * ```
   */
  reload(keys?: string | readonly string[]): void
}

/** What a ring holds at one moment: replaced as a whole, so that nobody sees half a change. */
interface Ring {
  readonly ids: readonly string[]
  readonly sealing: Key
  readonly keys: ReadonlyMap<number, Key>
}

/**
 * The ordered keys of a deployment: the first seals, every one opens. Secrets are in private fields only, so that
 * printing, cloning or serializing a ring shows its key ids and nothing else.
 */
export class KeyRing implements Keys {
  #ring: Ring

  constructor(secrets: Secrets) {
    this.#ring = ringOf(secrets)
  }

  get ids(): readonly string[] {
    return this.#ring.ids
  }

  /** The key that seals. */
  get sealing(): Key {
    return this.#ring.sealing
  }

  /** The key with this number, whatever its place in the ring. */
  find(number: number): Key | undefined {
    return this.#ring.keys.get(number)
  }

  reload(keys?: string | readonly string[]): void {
    this.#ring = ringOf(givenSecrets(keys, process.env) ?? noKey())
  }

  toJSON(): Pick<Keys, 'ids'> {
    return { ids: this.ids }
  }
}

function ringOf(secrets: Secrets): Ring {
  const keys = new Map<number, Key>()
  const [first, ...rest] = secrets
  const sealing = add(first, 1)
  return { ids: [sealing.id, ...rest.map((secret, i) => add(secret, i + 2).id)], sealing, keys }

  function add(secret: Uint8Array, place: number): Key {
    const key = new Key(secret)
    if (keys.has(key.number)) {
      throw new SealformError(
        'ERR_KEY_INVALID',
        `Key ${place} has the same id as an earlier key (${key.id}), so that seals could not tell them apart. Make another with: npx sealform keygen`,
      )
    }
    keys.set(key.number, key)
    return key
  }
}

/** One key of a ring: its public id, and what is derived from its secret, which itself is not kept. */
export class Key {
  /** Eight hexadecimal characters. */
  readonly id: string
  /** The id as an unsigned 32-bit number, as it is looked up. */
  readonly number: number
  readonly #action: Uint8Array
  readonly #state: Uint8Array
  readonly #upload: Uint8Array
  readonly #session: Uint8Array

  constructor(secret: Uint8Array) {
    const id = derive(secret, 4, 'key id')
    this.id = Buffer.from(id).toString('hex')
    this.number = Number.parseInt(this.id, 16)
    const [action, state, upload, session] = purposes.map((purpose) => derive(secret, 32, 'subkey', purpose))
    this.#action = action!
    this.#state = state!
    this.#upload = upload!
    this.#session = session!
  }

  /** The 32-byte subkey for this purpose. Never write to it. */
  subkey(purpose: Purpose): Uint8Array {
    if (purpose === 'action') return this.#action
    if (purpose === 'state') return this.#state
    return purpose === 'upload' ? this.#upload : this.#session
  }
}

/**
 * Makes the key ring of a deployment.
 *
 * @param keys base64 or base64url values of 16, 24 or 32 bytes, as a list or separated by commas; the first seals
 * @param env where SEALFORM_KEYS, SEALFORM_KEYS_FILE and NODE_ENV are read when there is no `keys`. @default process.env
 * @throws SealformError `ERR_KEY_INVALID` on anything that is no key, `ERR_KEY_MISSING` in production without one
 * @example
 * ```ts
 * const ring = createKeyRing(process.env.MY_KEYS)
 * ```
 */
export function createKeyRing(
  keys?: string | readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): KeyRing {
  const secrets = givenSecrets(keys, env)
  if (secrets) return new KeyRing(secrets)
  if (env.NODE_ENV === 'production') noKey()
  warnOnce()
  return new KeyRing([randomBytes(32)])
}

function noKey(): never {
  throw new SealformError(
    'ERR_KEY_MISSING',
    'There is no key to seal forms with. Make one with `npx sealform keygen` and give it to every server as the environment variable SEALFORM_KEYS, or in a file that SEALFORM_KEYS_FILE names.',
  )
}

let warned = false

function warnOnce(): void {
  if (warned) return
  warned = true
  process.emitWarning(
    'SEALFORM_KEYS is not set, so forms are sealed with a key that ends with this process: pages rendered before a restart, or by another server, will not work. Make a key with `npx sealform keygen`. In production this is an error.',
    { type: 'SealformWarning', code: 'SEALFORM_DEVELOPMENT_KEY' },
  )
}

/** HKDF-SHA256 (RFC 5869). Each part of the info has its length before it, so that no two lists of parts look alike. */
function derive(secret: Uint8Array, length: number, ...parts: string[]): Uint8Array {
  const info = ['sealform', '1', ...parts].map((part) => [
    Buffer.of(part.length),
    Buffer.from(part, 'latin1'),
  ])
  return new Uint8Array(hkdfSync('sha256', secret, '', Buffer.concat(info.flat()), length))
}
