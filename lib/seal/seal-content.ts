/**
 * The byte layout of a seal's content. Numbers are big-endian. Text is UTF-8 with its length before it.
 *
 * | bytes  | field           |                                                                     |
 * |--------|-----------------|---------------------------------------------------------------------|
 * | 1      | layout version  | 1                                                                   |
 * | 4      | key id          | again: the key id of the envelope is not authenticated              |
 * | 1      | purpose         | 1 action, 2 state, 3 upload, 4 button, 5 live region, 6 resuming    |
 * | 1      | flags           | which optional fields follow: 1, 2, 4, 8, 16; others are zero       |
 * | 4      | issued          | seconds since the epoch                                             |
 * | 4      | expires         | seconds since the epoch                                             |
 * | 1 + n  | audience        |                                                                     |
 * | 1 + n  | action          |                                                                     |
 * | 1 + n  | input version   | flag 1                                                              |
 * | 16     | session binding | flag 2                                                              |
 * | 2 + n  | path            | flag 4                                                              |
 * | 1 + n  | owner           | flag 16; the form of a button                                       |
 * | 2 + n  | bound values    | flag 8; never empty                                                 |
 * | 0 – 63 | padding         | zeros, up to a multiple of 64, so that sizes reveal less            |
 */
import { isUtf8 } from 'node:buffer'
import type { SealPurpose } from './purpose.js'

export interface SealContent {
  audience: string
  action: string
  /** The input version that the action declared. */
  version: string | undefined
  /** Whole seconds since the epoch. */
  issued: number
  /** Whole seconds since the epoch. */
  expires: number
  /** 16 bytes that stand for a session. */
  session: Uint8Array | undefined
  /** What stands for the path of the page. In a state, what stands for its form. */
  path: string | undefined
  /** The form that a button stands in, from `ownerOf()`. */
  owner: string | undefined
  /** The encoded bound values, or `''` when there are none. */
  values: string
}

/** The content is padded to a multiple of this many bytes. */
export const bucket = 64
const layoutVersion = 1
const sessionLength = 16
const fixedLength = 15
const hasVersion = 1
const hasSession = 2
const hasPath = 4
const hasValues = 8
const hasOwner = 16
const knownFlags = hasVersion | hasSession | hasPath | hasValues | hasOwner
const purposeCodes: Record<SealPurpose, number> = {
  action: 1,
  state: 2,
  upload: 3,
  button: 4,
  live: 5,
  resume: 6,
}

/** The facts that a content repeats, so that it opens only with the right key and for the right purpose. */
export interface SealLabel {
  keyNumber: number
  purpose: SealPurpose
}

/** A part of a buffer. */
export interface Span {
  readonly buffer: Buffer
  readonly start: number
  end: number
}

/** A position in a buffer. */
interface Cursor {
  at: number
  readonly end: number
}

/** The buffer and position of the call that writes. Calls are synchronous, so one object serves them all. */
const writer: { buffer: Buffer; at: number; end: number } = { buffer: Buffer.alloc(0), at: 0, end: 0 }

/**
 * Writes a content and its padding into a span.
 *
 * @returns where the padding ends, or -1 when the content does not fit or cannot be written exactly
 */
export function encodeContent(content: SealContent, { keyNumber, purpose }: SealLabel, span: Span): number {
  const { buffer: target, start } = span
  const { version, session, path, owner, values } = content
  if (!isUint32(content.issued) || !isUint32(content.expires)) return -1
  target[start] = layoutVersion
  writeUint32(target, start + 1, keyNumber)
  target[start + 5] = purposeCodes[purpose]
  target[start + 6] =
    (version === undefined ? 0 : hasVersion) |
    (session === undefined ? 0 : hasSession) |
    (path === undefined ? 0 : hasPath) |
    (owner === undefined ? 0 : hasOwner) |
    (values === '' ? 0 : hasValues)
  writeUint32(target, start + 7, content.issued)
  writeUint32(target, start + 11, content.expires)
  writer.buffer = target
  writer.at = start + fixedLength
  writer.end = span.end
  const fits =
    writeText(1, content.audience) &&
    writeText(1, content.action) &&
    (version === undefined || writeText(1, version)) &&
    (session === undefined || writeSession(session)) &&
    (path === undefined || writeText(2, path)) &&
    (owner === undefined || writeText(1, owner)) &&
    (values === '' || writeText(2, values))
  if (!fits) return -1
  const end = start + Math.ceil((writer.at - start) / bucket) * bucket
  if (end > span.end) return -1
  target.fill(0, writer.at, end)
  return end
}

/** Reads a content. Returns `undefined` unless every byte is as `encodeContent` writes it. */
export function decodeContent({ keyNumber, purpose }: SealLabel, span: Span): SealContent | undefined {
  const { buffer: source, start, end } = span
  if (end - start < bucket || source[start] !== layoutVersion) return undefined
  if (readUint32(source, start + 1) !== keyNumber || source[start + 5] !== purposeCodes[purpose])
    return undefined
  const flags = source[start + 6]!
  if (flags & ~knownFlags) return undefined
  const reader: Cursor = { at: start + fixedLength, end }
  const audience = readText(source, reader, 1)
  const action = readText(source, reader, 1)
  const version = flags & hasVersion ? readText(source, reader, 1) : ''
  const session = flags & hasSession ? readSession(source, reader) : undefined
  const path = flags & hasPath ? readText(source, reader, 2) : ''
  const owner = flags & hasOwner ? readText(source, reader, 1) : ''
  const values = flags & hasValues ? readText(source, reader, 2) : ''
  if (audience === undefined || action === undefined || version === undefined) return undefined
  if (path === undefined || owner === undefined) return undefined
  if (values === undefined || (flags & hasValues && values === '')) return undefined
  if (flags & hasSession && session === undefined) return undefined
  if (end - reader.at >= bucket) return undefined
  for (let i = reader.at; i < end; i++) if (source[i] !== 0) return undefined
  return {
    audience,
    action,
    version: flags & hasVersion ? version : undefined,
    issued: readUint32(source, start + 7),
    expires: readUint32(source, start + 11),
    session,
    path: flags & hasPath ? path : undefined,
    owner: flags & hasOwner ? owner : undefined,
    values,
  }
}

/** Returns the number of bytes of a content without padding. */
export function contentLength(content: SealContent): number {
  const { audience, action, version, session, path, owner, values } = content
  const texts = [audience, action, version ?? '', path ?? '', owner ?? '', values]
  const optional =
    (version === undefined ? 0 : 1) +
    (session === undefined ? 0 : sessionLength) +
    (path === undefined ? 0 : 2) +
    (owner === undefined ? 0 : 1) +
    (values === '' ? 0 : 2)
  return fixedLength + 2 + optional + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}

/** Up to this length a loop is faster than a call out of JavaScript: 15 ns against 115 ns for an action's name. */
const shortText = 48

/**
 * Writes a text, with its length in `prefix` bytes before it, and moves the writer behind it.
 *
 * @returns false when it does not fit, or is not well-formed Unicode
 */
function writeText(prefix: 1 | 2, text: string): boolean {
  const target = writer.buffer
  const from = writer.at + prefix
  const room = Math.min(writer.end - from, prefix === 1 ? 0xff : 0xffff)
  if (text.length > room) return false
  let length = text.length <= shortText ? writeAscii(target, from, text) : -1
  if (length < 0) {
    length = Buffer.byteLength(text)
    if (length > room || (length !== text.length && /\p{Surrogate}/u.test(text))) return false
    target.write(text, from, length, 'utf8')
  }
  if (prefix === 2) target[from - 2] = length >> 8
  target[from - 1] = length & 0xff
  writer.at = from + length
  return true
}

/** @returns the number of bytes, or -1 when a character is not ASCII */
function writeAscii(target: Buffer, from: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return -1
    target[from + i] = code
  }
  return text.length
}

function writeSession(session: Uint8Array): boolean {
  if (session.length !== sessionLength || writer.at + sessionLength > writer.end) return false
  writer.buffer.set(session, writer.at)
  writer.at += sessionLength
  return true
}

/** Reads a text at the cursor, and moves the cursor behind it. Returns `undefined` when it is cut off or not UTF-8. */
function readText(source: Buffer, cursor: Cursor, prefix: 1 | 2): string | undefined {
  const from = cursor.at + prefix
  const length = source[from - 1]! | (prefix === 2 ? source[from - 2]! << 8 : 0)
  const to = from + length
  if (to > cursor.end) return undefined
  cursor.at = to
  if (length === 0) return ''
  if (length <= shortText && isAsciiBetween(source, from, to)) return source.toString('latin1', from, to)
  return isUtf8(source.subarray(from, to)) ? source.toString('utf8', from, to) : undefined
}

function isAsciiBetween(source: Buffer, from: number, to: number): boolean {
  let bits = 0
  for (let i = from; i < to; i++) bits |= source[i]!
  return bits < 0x80
}

function readSession(source: Buffer, cursor: Cursor): Uint8Array | undefined {
  const from = cursor.at
  cursor.at += sessionLength
  return cursor.at > cursor.end ? undefined : new Uint8Array(source.subarray(from, cursor.at))
}

/** Says whether a time fits into four bytes. */
export function isUint32(value: number): boolean {
  return value >>> 0 === value
}

function writeUint32(target: Buffer, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
}

function readUint32(source: Buffer, at: number): number {
  return ((source[at]! << 24) | (source[at + 1]! << 16) | (source[at + 2]! << 8) | source[at + 3]!) >>> 0
}
