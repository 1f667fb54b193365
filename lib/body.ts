import type { IncomingMessage } from 'node:http'
import { Bytes } from './bytes.js'
import { Fields } from './fields.js'
import { type Appetite, type Consumer, type IntakeEnd, readOn } from './intake.js'
import type { LastCall } from './last-call.js'
import type { Limits } from './limits.js'
import { MultipartReader } from './multipart.js'
import type { PartHeaders } from './part-headers.js'
import { readUrlencoded } from './urlencoded.js'

/** The body of a submission, of which only the beginning was read so far. */
export interface Body {
  /** The value of the first field `sealform`; undefined when it is over-long or cannot be decoded. */
  readonly seal: string | undefined
  /** The whole body is already in memory. */
  readonly complete: boolean
  /**
   * Reads the rest; answers at once when there is nothing to wait for. Called at most once.
   *
   * @param mode `accept` for a submission that is to run; `give-back` when it is already refused, and only the text
   * that a person typed is wanted
   * @param files where files go; without it none are taken
   * @param lastCall ends the reading before its time
   */
  read(
    limits: Limits,
    mode?: 'accept' | 'give-back',
    files?: FileTaker,
    lastCall?: LastCall,
  ): Reading | Promise<Reading>
}

/** Takes the files of a body as they arrive. */
export interface FileTaker extends Consumer {
  /** How many bytes larger than `limits.body` the body may be. */
  readonly allowance: number
  /** A consumer has failed or has decided: no more files are taken. */
  readonly halted: boolean
  /**
   * A file begins.
   *
   * @param position how many text fields came before it
   */
  begin(part: PartHeaders, position: number): BodyRefusal | undefined
  data(piece: Buffer): BodyRefusal | undefined
  end(): void
  /** The submission is refused or broken off: no file of it will be used. */
  abandon(): void
  /** The consumers have stopped taking. */
  stall(seconds: number): void
  /** Settles when every consumer is done, or has taken nothing for so many seconds. */
  settled(seconds: number): Promise<void>
}

export interface Reading {
  /** In the order of the document, without our own fields. */
  readonly entries: readonly (readonly [name: string, value: string])[]
  readonly own: {
    readonly form: string | undefined
    readonly state: string | undefined
    readonly submit: string | undefined
    /** Set when a button asks what is wrong with the form, and for nothing else. */
    readonly validate: string | undefined
  }
  /** References to files of an earlier submission; undefined when there are none. */
  readonly kept: KeptFields | undefined
  /** The first thing that was wrong. */
  readonly refusal: BodyRefusal | undefined
  /** The client has left. */
  readonly aborted: boolean
}

/** What a form carries of files that were received before. */
export interface KeptFields {
  readonly references: readonly {
    readonly field: string
    readonly token: string
    /** How many text fields came before it. */
    readonly position: number
  }[]
  /** Which of them the visitor wants to be removed, each as field and reference. */
  readonly dropped: readonly { readonly field: string; readonly mark: string }[]
}

export interface BodyRefusal {
  readonly status: 400 | 413 | 415 | 503
  readonly reason:
    | 'malformed'
    | 'charset'
    | 'encoding'
    | 'nested'
    | 'boundary'
    | 'duplicate'
    | 'reserved'
    | 'body'
    | 'fields'
    | 'field-name'
    | 'field-value'
    | 'files'
    | 'file-size'
    | 'time'
    | 'last-call'
  /** For developers: what was wrong, with the limit and the number that passed it; never a field's value. */
  readonly detail: string
  /** The limit that was passed: bytes, a count, or seconds. */
  readonly limit?: number
  /** The file field that it is about. */
  readonly field?: string
}

/** How a body is to be read. */
export type Encoding =
  | { readonly kind: 'urlencoded' }
  | { readonly kind: 'multipart'; readonly boundary: string }
  /** Ours, but there is no way to read it. */
  | { readonly kind: 'unreadable' }

// What is read of a refused submission beyond the limit, to give the text in it back.
const beyondLimit = 1024 * 1024
// The same for one that is refused already and does not say how long it is, or says too much.
const giveBackUnmeasured = 64 * 1024
// When a file was refused on its way: the most bytes that are still read to give back the text behind it.
const worthReading = 16 * 1024 * 1024

/** A body recognised as ours. */
export class FormBody implements Body {
  readonly seal: string | undefined
  readonly complete: boolean
  readonly #req: IncomingMessage
  readonly #head: Buffer
  readonly #encoding: Encoding
  readonly #refusal: BodyRefusal | undefined

  constructor(
    req: IncomingMessage,
    head: Buffer,
    complete: boolean,
    encoding: Encoding,
    seal: string | undefined,
    refusal: BodyRefusal | undefined,
  ) {
    this.#req = req
    this.#head = head
    this.#encoding = encoding
    this.#refusal = refusal
    this.seal = seal
    this.complete = complete
  }

  read(
    limits: Limits,
    mode: 'accept' | 'give-back' = 'accept',
    taker?: FileTaker,
    lastCall?: LastCall,
  ): Reading | Promise<Reading> {
    const fields = new Fields(limits)
    if (this.#refusal) fields.refuse(this.#refusal)
    const encoding = this.#encoding
    const files = encoding.kind === 'multipart' ? taker : undefined
    const declared = declaredLength(this.#req)
    const length = this.complete ? this.#head.length : declared
    const allowed = limits.body + (files?.allowance ?? 0)
    if (length !== undefined && length > allowed) fields.refuse(tooLong(length, allowed))
    if (encoding.kind === 'unreadable') return fields.reading(false)
    if (this.complete && encoding.kind === 'urlencoded') {
      readUrlencoded(this.#head, fields)
      return fields.reading(false)
    }
    // A body that says that it is too long for its files is refused before the first of them.
    const measured = declared !== undefined && declared <= allowed
    const accept = measured || (mode === 'accept' && (files === undefined || declared === undefined))
    return this.#readParts(encoding, fields, limits, accept ? 'accept' : 'unmeasured', files, lastCall)
  }

  async #readParts(
    encoding: Exclude<Encoding, { readonly kind: 'unreadable' }>,
    fields: Fields,
    limits: Limits,
    how: 'accept' | 'unmeasured',
    files: FileTaker | undefined,
    lastCall: LastCall | undefined,
  ): Promise<Reading> {
    const reader =
      encoding.kind === 'urlencoded'
        ? new UrlencodedReader(fields)
        : new MultipartReader(encoding.boundary, fields, limits, !this.complete, files)
    if (this.complete) {
      reader.push(this.#head)
      if (files) checkText(this.#head.length, files, fields, limits)
      reader.end()
      if (files) await settle(files, fields, limits)
      return fields.reading(false)
    }
    const end = await this.#readRest(reader, fields, limits, how, files, lastCall)
    if (end === 'aborted') {
      files?.abandon()
      return fields.reading(true)
    }
    if (end === 'end') reader.end()
    else {
      if (end === 'stalled') files?.stall(limits.idleTime)
      else if (end === 'last-call') fields.refuse(cutShort)
      else if (end !== 'stopped') fields.refuse(tooSlow(end, limits))
      reader.cut()
    }
    if (files) await settle(files, fields, limits)
    return fields.reading(false)
  }

  #readRest(
    reader: UrlencodedReader | MultipartReader,
    fields: Fields,
    limits: Limits,
    how: 'accept' | 'unmeasured',
    files: FileTaker | undefined,
    lastCall: LastCall | undefined,
  ): Promise<IntakeEnd> {
    let most = how === 'accept' ? limits.body + (files?.allowance ?? 0) + beyondLimit : giveBackUnmeasured
    let taken = 0
    const take = (chunk: Buffer): Appetite => {
      taken += chunk.length
      if (files === undefined && taken > limits.body) fields.refuse(tooLong(taken, limits.body))
      reader.push(chunk)
      if (files) checkText(taken, files, fields, limits)
      if (taken >= most || reader.broken) return 'stop'
      if (how === 'unmeasured') return reader.file ? 'stop' : 'hurry'
      if (files === undefined) return fields.refusal ? 'hurry' : 'more'
      if (!fields.refusal && !files.halted) return 'more'
      // The text behind the files is given back too, when it is not far.
      const length = declaredLength(this.#req)
      if (length !== undefined && length - taken <= worthReading) return 'more'
      most = Math.min(most, taken + beyondLimit)
      return 'hurry'
    }
    const appetite = take(this.#head)
    if (appetite === 'stop') return Promise.resolve('stopped')
    return readOn(this.#req, { ...limits, hurry: appetite === 'hurry', lastCall }, take, files)
  }
}

/** Files have their own limits; what is left of the body is held at the limit on the body. */
function checkText(taken: number, files: FileTaker, fields: Fields, limits: Limits): void {
  const text = taken - files.taken
  if (text > limits.body) fields.refuse(tooLong(text, limits.body))
  if (fields.refusal) files.abandon()
}

async function settle(files: FileTaker, fields: Fields, limits: Limits): Promise<void> {
  if (fields.refusal) files.abandon()
  else await files.settled(limits.idleTime)
}

/** Urlencoded pieces are put together and read at the end: the limit on the body bounds them. */
class UrlencodedReader {
  readonly broken = false
  readonly file = false
  readonly #fields: Fields
  readonly #bytes = new Bytes()

  constructor(fields: Fields) {
    this.#fields = fields
  }

  push(chunk: Buffer): void {
    this.#bytes.push(chunk)
  }

  end(): void {
    readUrlencoded(this.#bytes.view(), this.#fields)
  }

  cut(): void {
    this.end()
  }
}

/** Node has checked that the header is a number, and that the body is as long as it says. */
export function declaredLength(req: IncomingMessage): number | undefined {
  const header = req.headers['content-length']
  return header === undefined ? undefined : Number(header)
}

function tooLong(length: number, limit: number): BodyRefusal {
  return {
    status: 413,
    reason: 'body',
    detail: `the body has ${length} bytes or more; body allows ${limit}`,
    limit,
  }
}

const cutShort: BodyRefusal = {
  status: 503,
  reason: 'last-call',
  detail: 'this process was about to end before the whole body had arrived',
}

function tooSlow(end: Extract<IntakeEnd, 'body-time' | 'idle-time'>, limits: Limits): BodyRefusal {
  const limit = end === 'body-time' ? limits.bodyTime : limits.idleTime
  const what =
    end === 'body-time' ? 'took longer than the bodyTime of' : 'paused for longer than the idleTime of'
  return { status: 413, reason: 'time', detail: `the body ${what} ${limit} s`, limit }
}
