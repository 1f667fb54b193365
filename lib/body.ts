import type { IncomingMessage } from 'node:http'
import { Bytes } from './bytes.js'
import { Fields } from './fields.js'
import { type Appetite, type IntakeEnd, readOn } from './intake.js'
import type { Limits } from './limits.js'
import { MultipartReader } from './multipart.js'
import { readUrlencoded } from './urlencoded.js'

/** The body of a submission, of which only the beginning was read so far. */
export interface Body {
  /** The value of the first field `sealform`; undefined when it is over-long or cannot be decoded. */
  readonly seal: string | undefined
  /** The whole body is already in memory. */
  readonly complete: boolean
  /**
   * Reads the rest. Called at most once.
   *
   * @param mode `accept` for a submission that is to run; `give-back` when it is already refused, and only the text
   * that a person typed is wanted
   */
  read(limits: Limits, mode?: 'accept' | 'give-back'): Promise<Reading>
}

export interface Reading {
  /** In the order of the document, without our own fields. */
  readonly entries: readonly (readonly [name: string, value: string])[]
  readonly own: {
    readonly form: string | undefined
    readonly state: string | undefined
    readonly submit: string | undefined
  }
  /** The first thing that was wrong. */
  readonly refusal: BodyRefusal | undefined
  /** The client has left. */
  readonly aborted: boolean
}

export interface BodyRefusal {
  readonly status: 400 | 413 | 415
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
    | 'time'
  /** For developers: what was wrong, with the limit and the number that passed it; never a field's value. */
  readonly detail: string
  /** The limit that was passed: bytes, a count, or seconds. */
  readonly limit?: number
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

  async read(limits: Limits, mode: 'accept' | 'give-back' = 'accept'): Promise<Reading> {
    const fields = new Fields(limits)
    if (this.#refusal) fields.refuse(this.#refusal)
    const declared = declaredLength(this.#req)
    const length = this.complete ? this.#head.length : declared
    if (length !== undefined && length > limits.body) fields.refuse(tooLong(length, limits.body))
    if (this.#encoding.kind === 'unreadable') return fields.reading(false)
    if (this.complete && this.#encoding.kind === 'urlencoded') {
      readUrlencoded(this.#head, fields)
      return fields.reading(false)
    }
    const reader =
      this.#encoding.kind === 'urlencoded'
        ? new UrlencodedReader(fields)
        : new MultipartReader(this.#encoding.boundary, fields, limits, !this.complete)
    if (this.complete) {
      reader.push(this.#head)
      reader.end()
      return fields.reading(false)
    }
    const measured = declared !== undefined && declared <= limits.body
    const end = await this.#readRest(
      reader,
      fields,
      limits,
      mode === 'accept' || measured ? 'accept' : 'unmeasured',
    )
    if (end === 'aborted') return fields.reading(true)
    if (end === 'end') reader.end()
    else {
      if (end !== 'stopped') fields.refuse(tooSlow(end, limits))
      reader.cut()
    }
    return fields.reading(false)
  }

  #readRest(
    reader: UrlencodedReader | MultipartReader,
    fields: Fields,
    limits: Limits,
    how: 'accept' | 'unmeasured',
  ): Promise<IntakeEnd> {
    const most = how === 'accept' ? limits.body + beyondLimit : giveBackUnmeasured
    let taken = 0
    const take = (chunk: Buffer): Appetite => {
      taken += chunk.length
      if (taken > limits.body) fields.refuse(tooLong(taken, limits.body))
      reader.push(chunk)
      if (taken >= most || reader.broken) return 'stop'
      if (how === 'unmeasured') return reader.file ? 'stop' : 'hurry'
      return fields.refusal ? 'hurry' : 'more'
    }
    const appetite = take(this.#head)
    if (appetite === 'stop') return Promise.resolve('stopped')
    return readOn(this.#req, { ...limits, hurry: appetite === 'hurry' }, take)
  }
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

function tooSlow(end: 'body-time' | 'idle-time', limits: Limits): BodyRefusal {
  const limit = end === 'body-time' ? limits.bodyTime : limits.idleTime
  const what =
    end === 'body-time' ? 'took longer than the bodyTime of' : 'paused for longer than the idleTime of'
  return { status: 413, reason: 'time', detail: `the body ${what} ${limit} s`, limit }
}
