import { createHmac, timingSafeEqual } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import type { Key, KeyRing } from './key-ring.js'
import { nonceLength, takeNonce } from './nonce.js'
import {
  bucket,
  contentLength,
  decodeContent,
  encodeContent,
  isUint32,
  type SealContent,
  type SealPurpose,
} from './seal-content.js'
import { boxOffset, decrypt, encrypt, macLength, messageOffset } from './secretbox.js'

declare const brand: unique symbol

/** The encrypted token in a form: base64url without padding, so that it is safe in HTML, URLs and cookies. */
export type Seal = string & { readonly [brand]: true }

/** What an authentic seal holds. Whether it still applies is for others to judge. */
export interface Opened {
  readonly content: SealContent
  /** The seal itself. Nobody can spell it in a second way: others do not open. */
  readonly token: string
  /** Eight hexadecimal characters: the key that sealed. */
  readonly keyId: string
}

/** Characters. */
export const maxSealLength = 8192

/** Envelope: version (1), key id (4), nonce (24), authenticator (16), encrypted content. */
const envelopeVersion = 1
const nonceStart = 5
const boxStart = nonceStart + nonceLength
const claimsStart = boxStart + macLength
const maxEnvelope = Math.floor((maxSealLength * 3) / 4)
const maxClaims = Math.floor((maxEnvelope - claimsStart) / bucket) * bucket
/** Characters. */
export const minSealLength = tokenLength(bucket)

/**
 * Sealing and opening are synchronous, so that all calls can share their memory. `message` holds plain content and is
 * wiped after each use; its first 32 bytes stay zero. `box` is the part of the envelope that NaCl writes.
 */
const envelope = Buffer.alloc(maxEnvelope)
const box = new Uint8Array(envelope.buffer, envelope.byteOffset + boxStart - boxOffset)
const message = Buffer.alloc(messageOffset + maxClaims)
const nonce = new Uint8Array(nonceLength)

/**
 * Seals a content with the first key of the ring.
 *
 * @throws SealformError `ERR_SEAL_TOO_LARGE` when the token would be longer than 8192 characters
 */
export function seal(ring: KeyRing, purpose: SealPurpose, content: SealContent): Seal {
  const key = ring.sealing
  const end = encodeContent(content, key.number, purpose, message, messageOffset)
  if (end < 0) {
    message.fill(0)
    throw cannotSeal(content)
  }
  const length = end - messageOffset
  takeNonce(nonce)
  encrypt(box, message, length, nonce, key.subkey(purpose))
  message.fill(0, messageOffset, end)
  envelope[0] = envelopeVersion
  envelope[1] = key.number >>> 24
  envelope[2] = key.number >>> 16
  envelope[3] = key.number >>> 8
  envelope[4] = key.number
  for (let i = 0; i < nonceLength; i++) envelope[nonceStart + i] = nonce[i]!
  return envelope.toString('base64url', 0, claimsStart + length) as Seal
}

/**
 * Opens a token. Whatever is wrong with it, the answer is the same `undefined`; it costs one decryption at most,
 * however many keys there are.
 */
export function open(ring: KeyRing, purpose: SealPurpose, token: string): Opened | undefined {
  const size = decodeToken(token)
  if (size === undefined || envelope[0] !== envelopeVersion) return undefined
  const key = ring.find(
    ((envelope[1]! << 24) | (envelope[2]! << 16) | (envelope[3]! << 8) | envelope[4]!) >>> 0,
  )
  if (!key) return undefined
  for (let i = 0; i < nonceLength; i++) nonce[i] = envelope[nonceStart + i]!
  const length = size - claimsStart
  if (!decrypt(message, box, length, nonce, key.subkey(purpose))) return undefined
  const end = messageOffset + length
  const content = decodeContent(message, messageOffset, end, key.number, purpose)
  message.fill(0, messageOffset, end)
  return content && { content, token, keyId: key.id }
}

/** What tells this seal from every other: its nonce in base64url, 32 characters. */
export function idOf({ token }: Opened): string {
  decodeToken(token)
  return envelope.toString('base64url', nonceStart, boxStart)
}

/**
 * The id of the key that a token says it was sealed with, for logs. It stands there in clear, so that nothing says
 * that it is true.
 *
 * @returns eight hexadecimal characters, or `undefined` when the token is no envelope
 */
export function keyIdOf(token: string): string | undefined {
  if (decodeToken(token) === undefined || envelope[0] !== envelopeVersion) return undefined
  return envelope.toString('hex', 1, nonceStart)
}

/** What stands for a session value in a seal: 16 bytes from which nobody can tell or guess the value. */
export function sessionBinding(ring: KeyRing, value: string): Uint8Array {
  return bindingWith(ring.sealing, value)
}

/**
 * Whether a seal belongs to this session, compared in constant time with the key that sealed it. A seal without a
 * session matches no session only.
 */
export function matchesSession(ring: KeyRing, opened: Opened, value: string | undefined): boolean {
  const bound = opened.content.session
  if (bound === undefined || value === undefined) return bound === value
  const key = ring.find(Number.parseInt(opened.keyId, 16))
  return key !== undefined && timingSafeEqual(bound, bindingWith(key, value))
}

/** UTF-16, since UTF-8 would make one value of all that differ in their lone surrogates. */
function bindingWith(key: Key, value: string): Uint8Array {
  return new Uint8Array(
    createHmac('sha256', key.subkey('session')).update(value, 'utf16le').digest().subarray(0, 16),
  )
}

/**
 * Decodes a token into `envelope`. Node's decoder skips what it does not know and takes several spellings of the same
 * bytes, so the bytes are spelled again and compared.
 *
 * @returns the number of bytes, or `undefined` unless they have the size of an envelope and one spelling
 */
function decodeToken(token: unknown): number | undefined {
  if (typeof token !== 'string' || token.length < minSealLength || token.length > maxSealLength)
    return undefined
  const size = envelope.write(token, 'base64url')
  if ((size - claimsStart) % bucket !== 0) return undefined
  return envelope.toString('base64url', 0, size) === token ? size : undefined
}

/** Characters that a token has for so many bytes of padded content. */
function tokenLength(claimBytes: number): number {
  return Math.ceil(((claimsStart + claimBytes) * 4) / 3)
}

function cannotSeal(content: SealContent): SealformError {
  const { action, issued, expires } = content
  if (![issued, expires].every(isUint32)) {
    return new SealformError(
      'ERR_OPTION_INVALID',
      `The seal of "${action}" would be valid from ${issued} to ${expires}; a seal holds whole seconds since 1970, up to the year 2106. Choose a shorter "ttl".`,
    )
  }
  const length = tokenLength(Math.ceil(contentLength(content) / bucket) * bucket)
  if (length > maxSealLength) {
    return new SealformError(
      'ERR_SEAL_TOO_LARGE',
      `The seal of "${action}" would have ${length} characters; the limit is ${maxSealLength}. Bind an id, and look up the rest when the action runs.`,
    )
  }
  return new SealformError(
    'ERR_OPTION_INVALID',
    `The seal of "${action}" cannot hold its texts: audience, name and version take at most 255 bytes each, and all text must be well-formed Unicode.`,
  )
}
