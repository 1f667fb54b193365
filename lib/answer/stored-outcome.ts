import type { CookieChange } from '../action/cookies.js'
import type { Registry } from '../action/registry.js'
import type { Issue } from '../outcome/outcome.js'
import {
  Answered,
  Done,
  Failed,
  Invalid,
  type Outcome,
  Redirect,
  type RefusalReason,
  Refused,
} from '../outcome/outcome.js'
import { decodeValues, encodeValues } from '../seal/bound-values.js'
import type { KeyRing } from '../seal/key-ring.js'
import { nonceLength, takeNonce } from '../seal/nonce.js'
import { boxOffset, macLength, messageOffset, Secretbox } from '../seal/secretbox.js'

/** The outcome of a run, for later copies of the submission. */
interface StoredOutcome {
  readonly outcome: Outcome
  readonly cookies: readonly CookieChange[]
}

/**
 * Encodes and encrypts an outcome for the store of one-time submissions. A state can hold private data, and an attacker
 * who can write to the store must not be able to forge answers.
 *
 * @throws SealformError `ERR_VALUE_UNSUPPORTED` on a state that cannot be encoded
 */
export function writeOutcome(registry: Registry, id: string, { outcome, cookies }: StoredOutcome): string {
  const values = [id, ...partsOf(outcome), cookies.map(({ name, value, header }) => [name, value, header])]
  return encryptText(registry.keys, encodeValues(values, 'the outcome of a one-time action', registry))
}

/** Reads what `writeOutcome` wrote for the same submission. Returns `undefined` for anything else. */
export function readOutcome(registry: Registry, id: string, record: string): StoredOutcome | undefined {
  const text = decryptText(registry.keys, record)
  if (text === undefined) return undefined
  try {
    const [owner, ...parts] = decodeValues(text, registry)
    const cookies = parts.pop()
    const outcome = outcomeOf(parts)
    if (owner !== id || !outcome || !Array.isArray(cookies)) return undefined
    return { outcome, cookies: cookies.map(([name, value, header]) => ({ name, value, header })) }
  } catch {
    // For example, the state refers to an action that is not registered here.
    return undefined
  }
}

function partsOf(outcome: Outcome): unknown[] {
  switch (outcome.kind) {
    case 'redirect':
      return ['redirect', outcome.to, outcome.flash && { state: outcome.flash.state }, outcome.external]
    case 'invalid':
      return ['invalid', outcome.status, [...outcome.issues]]
    case 'done':
      return ['done', outcome.status, outcome.state]
    case 'refused':
      return ['refused', outcome.status, outcome.reason, outcome.detail, [...outcome.issues]]
    case 'failed':
      return ['failed', outcome.reference, outcome.timedOut]
    case 'answered':
      return ['answered', outcome.status]
  }
}

/** Decodes the parts that `partsOf` made. The types hold because only text that our own keys encrypted gets here. */
function outcomeOf([kind, ...parts]: readonly unknown[]): Outcome | undefined {
  switch (kind) {
    case 'redirect': {
      const [to, flash, external] = parts as [string, Redirect['flash'], boolean]
      return new Redirect(to, { flash, external })
    }
    case 'invalid': {
      const [status, issues] = parts as [number, Issue[]]
      return new Invalid(issues, status)
    }
    case 'done': {
      const [status, state] = parts as [number, unknown]
      return new Done(state, status)
    }
    case 'refused': {
      const [status, reason, detail, issues] = parts as [number, RefusalReason, string, Issue[]]
      return new Refused(reason, status, detail).withIssues(issues)
    }
    case 'failed':
      return new Failed(undefined, ...(parts as [string, boolean]))
    case 'answered':
      return new Answered(...(parts as [number]))
  }
  return undefined
}

/** The first plaintext byte. No seal content starts with it, so a seal and a record cannot be confused. */
const recordVersion = 2
const boxStart = 4 + nonceLength

/** Encrypts a text as: key id (4) ‖ nonce (24) ‖ secretbox(version byte, text), in base64url. */
function encryptText({ sealing: key }: KeyRing, text: string): string {
  const length = 1 + Buffer.byteLength(text)
  const message = Buffer.alloc(messageOffset + length)
  message[messageOffset] = recordVersion
  message.write(text, messageOffset + 1)
  const nonce = new Uint8Array(nonceLength)
  takeNonce(nonce)
  const box = Buffer.alloc(messageOffset + length)
  new Secretbox(box, message, nonce).encrypt(length, key.subkey('state'))
  const id = Buffer.alloc(4)
  id.writeUInt32BE(key.number)
  return Buffer.concat([id, nonce, box.subarray(boxOffset)]).toString('base64url')
}

function decryptText(ring: KeyRing, record: string): string | undefined {
  const bytes = Buffer.from(record, 'base64url')
  const length = bytes.length - boxStart - macLength
  const key = length < 1 ? undefined : ring.find(bytes.readUInt32BE(0))
  if (!key) return undefined
  const box = Buffer.alloc(messageOffset + length)
  bytes.copy(box, boxOffset, boxStart)
  const message = Buffer.alloc(messageOffset + length)
  const nonce = new Uint8Array(bytes.subarray(4, boxStart))
  if (!new Secretbox(box, message, nonce).decrypt(length, key.subkey('state'))) return undefined
  return message[messageOffset] === recordVersion ? message.toString('utf8', messageOffset + 1) : undefined
}
