import { SealformError } from '../base/errors.js'
import { judgeMode } from '../base/mode.js'
import { Key } from '../seal/key-ring.js'
import { judgeKeys } from '../seal/parse-keys.js'
import { keysIn } from '../seal/read-keys.js'
import { table } from './command.js'

/** One part of the output of `sealform check`. */
export interface CheckReport {
  readonly text: string
  /** Whether an app would not start with these settings, or would refuse its own visitors. */
  readonly wrong: boolean
}

type Row = readonly [label: string, text: string]

/** Describes the keys that an app would have in this environment. */
export function checkKeys(env: NodeJS.ProcessEnv): CheckReport {
  const production = judgeMode(undefined, env.NODE_ENV) === 'production'
  const mode: Row = ['NODE_ENV', nodeEnv(env.NODE_ENV)]
  try {
    const given = keysIn(env)
    if (!given) return { text: table([mode, ['keys', noKeys(production)]]), wrong: production }
    const judged = judgeKeys(given.keys, given.source)
    const ids = new Map<string, number>()
    const rows = judged.map((key, i) => [`key ${i + 1}`, keyLine(key, i, ids)] as const)
    const wrong = judged.some((key) => key instanceof SealformError) || ids.size < judged.length
    return { text: table([mode, ['keys', given.source.replace('The', 'the')], ...rows]), wrong }
  } catch (error) {
    if (!(error instanceof SealformError)) throw error
    return { text: table([mode, ['keys', wrongKey(error)]]), wrong: true }
  }
}

function keyLine(key: Uint8Array | SealformError, index: number, ids: Map<string, number>): string {
  if (key instanceof SealformError) return wrongKey(key)
  const { id } = new Key(key)
  const twin = ids.get(id)
  if (twin !== undefined)
    return `wrong: it has the same id as key ${twin} (${id}), so a seal would not show which of them to use.`
  ids.set(id, index + 1)
  const use = index === 0 ? 'seals, opens' : 'opens'
  return `${id}, ${use}, ${key.length} bytes${isText(key) ? textWarning : ''}`
}

function wrongKey({ code, message }: SealformError): string {
  return `wrong [${code}]: ${message}`
}

const textWarning =
  '\nWarning: its bytes are readable text, so it is probably a password and not random. Make a key with: npx sealform keygen'

/** Says whether all bytes are printable ASCII. For 16 or more random bytes, the chance is one in ten million. */
function isText(key: Uint8Array): boolean {
  return key.every((byte) => byte >= 0x20 && byte < 0x7f)
}

function noKeys(production: boolean): string {
  return production
    ? 'none: the app does not start. Make a key with `npx sealform keygen` and give it to every server as SEALFORM_KEYS, or in a file that SEALFORM_KEYS_FILE names.'
    : 'none: each process uses a random key, so forms stop working after a restart and on other servers.'
}

const modes = {
  development: 'development mode; pages show advice for developers, and a random key is used without another',
  unset: 'production mode, but a random key is used without another',
  production: 'production mode; the app needs a key, and visitors see nothing of development',
} as const

function nodeEnv(value: string | undefined): string {
  return `${value === undefined || value === '' ? 'not set' : value}: ${modes[judgeMode(undefined, value)]}`
}
