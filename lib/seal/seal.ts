import { createHmac, timingSafeEqual } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import type { Key, KeyRing } from './key-ring.js'
import { nonceLength, takeNonce } from './nonce.js'
import type { Opened } from './opened-seals.js'
import type { SealPurpose } from './purpose.js'
import {
  bucket,
  contentLength,
  decodeContent,
  encodeContent,
  isUint32,
  type SealContent,
  type SealLabel,
  type Span,
} from './seal-content.js'
import { boxOffset, macLength, messageOffset, Secretbox } from './secretbox.js'

declare const brand: unique symbol

/** The encrypted token in a form. It is base64url without padding, so it is safe in HTML, URLs and cookies. */
export type Seal = string & { readonly [brand]: true }

/** The longest seal, in characters. */
export const maxSealLength = 8192

/** Envelope: version (1), key id (4), nonce (24), authenticator (16), encrypted content. */
const envelopeVersion = 1
const nonceStart = 5
const boxStart = nonceStart + nonceLength
const contentStart = boxStart + macLength
const maxEnvelope = Math.floor((maxSealLength * 3) / 4)
const maxContent = Math.floor((maxEnvelope - contentStart) / bucket) * bucket
/** The shortest seal, in characters. */
export const minSealLength = tokenLength(bucket)

/**
 * Sealing and opening are synchronous, so all calls share this memory. `message` holds the plain content, and is erased
 * after each use; its first 32 bytes are always zero. `box` is the part of the envelope that NaCl reads and writes.
 */
const envelope = Buffer.alloc(maxEnvelope)
const box = new Uint8Array(envelope.buffer, envelope.byteOffset + boxStart - boxOffset)
const message = Buffer.alloc(messageOffset + maxContent)
const nonce = new Uint8Array(nonceLength)
const secretbox = new Secretbox(box, message, nonce)
const label: SealLabel = { keyNumber: 0, purpose: 'action' }
/** The content within `message`. */
const span: Span = { buffer: message, start: messageOffset, end: message.length }

/**
 * Encrypts a content with the first key of the ring.
 *
 * @throws SealformError `ERR_SEAL_TOO_LARGE` when the token would be longer than 8192 characters
 */
export function seal(ring: KeyRing, purpose: SealPurpose, content: SealContent): Seal {
  const key = ring.sealing
  span.end = message.length
  label.keyNumber = key.number
  label.purpose = purpose
  const end = encodeContent(content, label, span)
  if (end < 0) {
    message.fill(0)
    throw cannotSeal(content)
  }
  const length = end - messageOffset
  takeNonce(nonce)
  secretbox.encrypt(length, key.subkey(purpose))
  message.fill(0, messageOffset, end)
  envelope[0] = envelopeVersion
  envelope[1] = key.number >>> 24
  envelope[2] = key.number >>> 16
  envelope[3] = key.number >>> 8
  envelope[4] = key.number
  for (let i = 0; i < nonceLength; i++) envelope[nonceStart + i] = nonce[i]!
  return envelope.toString('base64url', 0, contentStart + length) as Seal
}

/**
 * Opens a token. Returns `undefined` for every kind of fault. It decrypts at most once, however many keys there are.
 */
export function open(ring: KeyRing, purpose: SealPurpose, token: string): Opened | undefined {
  const recent = ring.opened(purpose)
  const known = recent?.find(token)
  if (known !== undefined) return known
  const opened = decrypt(ring, purpose, token)
  if (opened !== undefined) recent?.keep(opened)
  return opened
}

function decrypt(ring: KeyRing, purpose: SealPurpose, token: string): Opened | undefined {
  const size = decodeToken(token)
  if (size === undefined || envelope[0] !== envelopeVersion) return undefined
  const key = ring.find(
    ((envelope[1]! << 24) | (envelope[2]! << 16) | (envelope[3]! << 8) | envelope[4]!) >>> 0,
  )
  if (!key) return undefined
  for (let i = 0; i < nonceLength; i++) nonce[i] = envelope[nonceStart + i]!
  const length = size - contentStart
  if (!secretbox.decrypt(length, key.subkey(purpose))) return undefined
  span.end = messageOffset + length
  label.keyNumber = key.number
  label.purpose = purpose
  const content = decodeContent(label, span)
  message.fill(0, messageOffset, span.end)
  return content && { content, token, keyId: key.id }
}

/** Returns the unique id of a seal: its nonce in base64url, 32 characters. */
export function idOf({ token }: Opened): string {
  decodeToken(token)
  return envelope.toString('base64url', nonceStart, boxStart)
}

/**
 * Reads the key id that a token names, for logs. It is not encrypted and not authenticated: a forger can write any id.
 *
 * @returns eight hexadecimal characters, or `undefined` when the token is not an envelope
 */
export function keyIdOf(token: string): string | undefined {
  if (decodeToken(token) === undefined || envelope[0] !== envelopeVersion) return undefined
  return envelope.toString('hex', 1, nonceStart)
}

/** Returns the 16 bytes that stand for a session value in a seal. The value cannot be derived from them, nor guessed. */
export function sessionBinding(ring: KeyRing, value: string): Uint8Array {
  return bindingWith(ring.sealing, value)
}

/**
 * Says whether a seal belongs to this session. It compares in constant time, with the key that sealed. A seal without a
 * session matches only a request without a session.
 */
export function matchesSession(ring: KeyRing, opened: Opened, value: string | undefined): boolean {
  const bound = opened.content.session
  if (bound === undefined || value === undefined) return bound === value
  const key = ring.find(Number.parseInt(opened.keyId, 16))
  return key !== undefined && timingSafeEqual(bound, bindingWith(key, value))
}

/**
 * Returns 22 characters that stand for what was sent with a seal. They are keyed, so they show nothing of it, and every
 * server that can open the seal makes the same.
 *
 * @param parts well-formed Unicode. A length stands before each of them, so no two lists give the same text
 * @returns `undefined` when the key of the seal has left the ring since the seal was opened
 */
export function copyDigest(ring: KeyRing, opened: Opened, parts: Iterable<string>): string | undefined {
  const key = ring.find(Number.parseInt(opened.keyId, 16))
  if (!key) return undefined
  const hmac = createHmac('sha256', key.subkey('copy')).update(idOf(opened))
  for (const part of parts) hmac.update(`${part.length}:${part}`)
  return hmac.digest().toString('base64url', 0, 16)
}

/** Hashes as UTF-16. In UTF-8, all values that differ only in lone surrogates would become one. */
function bindingWith(key: Key, value: string): Uint8Array {
  return new Uint8Array(
    createHmac('sha256', key.subkey('session')).update(value, 'utf16le').digest().subarray(0, 16),
  )
}

/**
 * Decodes a token into `envelope`. Node's decoder skips unknown characters and accepts several spellings of the same
 * bytes. So the bytes are encoded again and compared with the token.
 *
 * @returns the number of bytes, or `undefined` when the size is not that of an envelope or the spelling is another
 */
function decodeToken(token: unknown): number | undefined {
  if (typeof token !== 'string' || token.length < minSealLength || token.length > maxSealLength)
    return undefined
  const size = envelope.write(token, 'base64url')
  if ((size - contentStart) % bucket !== 0) return undefined
  return envelope.toString('base64url', 0, size) === token ? size : undefined
}

/** Returns the number of characters of a token with this many bytes of padded content. */
function tokenLength(paddedLength: number): number {
  return Math.ceil(((contentStart + paddedLength) * 4) / 3)
}

function cannotSeal(content: SealContent): SealformError {
  const { action, issued, expires } = content
  if (![issued, expires].every(isUint32)) {
    return new SealformError(
      'ERR_OPTION_INVALID',
      `The seal of "${action}" would be valid from ${issued} to ${expires}; a seal can hold times in whole seconds up to the year 2106. Choose a shorter "ttl".`,
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
    `The seal of "${action}" cannot hold its texts: audience, name and version may have at most 255 bytes each, and all text must be well-formed Unicode.`,
  )
}
