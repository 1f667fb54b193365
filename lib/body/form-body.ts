import type { IncomingMessage } from 'node:http'
import { ByteBuffer } from '../base/byte-buffer.js'
import type { Shutdown } from '../base/shutdown.js'
import { FieldCollector } from './field-collector.js'
import type { Limits } from './limits.js'
import { MultipartReader } from './multipart-reader.js'
import { type Demand, type ReadingEnd, readRequest } from './read-request.js'
import type { Body, BodyRefusal, FileTaker, Reading } from './reading.js'
import { readUrlencoded } from './urlencoded.js'

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
    shutdown?: Shutdown,
  ): Reading | Promise<Reading> {
    const fields = new FieldCollector(limits)
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
    return this.#readParts(encoding, fields, limits, accept ? 'accept' : 'unmeasured', files, shutdown)
  }

  async #readParts(
    encoding: Exclude<Encoding, { readonly kind: 'unreadable' }>,
    fields: FieldCollector,
    limits: Limits,
    how: 'accept' | 'unmeasured',
    files: FileTaker | undefined,
    shutdown: Shutdown | undefined,
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
    const end = await this.#readRest(reader, fields, limits, how, files, shutdown)
    if (end === 'aborted') {
      files?.abandon()
      return fields.reading(true)
    }
    if (end === 'end') reader.end()
    else {
      if (end === 'stalled') files?.stall(limits.idleTime)
      else if (end === 'shutdown') fields.refuse(cutShort)
      else if (end !== 'stopped') fields.refuse(tooSlow(end, limits))
      reader.cut()
    }
    if (files) await settle(files, fields, limits)
    return fields.reading(false)
  }

  #readRest(
    reader: UrlencodedReader | MultipartReader,
    fields: FieldCollector,
    limits: Limits,
    how: 'accept' | 'unmeasured',
    files: FileTaker | undefined,
    shutdown: Shutdown | undefined,
  ): Promise<ReadingEnd> {
    let most = how === 'accept' ? limits.body + (files?.allowance ?? 0) + beyondLimit : giveBackUnmeasured
    let taken = 0
    const take = (chunk: Buffer): Demand => {
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
    const demand = take(this.#head)
    if (demand === 'stop') return Promise.resolve('stopped')
    return readRequest(this.#req, { ...limits, hurry: demand === 'hurry', shutdown }, take, files)
  }
}

/** Files have their own limits; what is left of the body is held at the limit on the body. */
function checkText(taken: number, files: FileTaker, fields: FieldCollector, limits: Limits): void {
  const text = taken - files.taken
  if (text > limits.body) fields.refuse(tooLong(text, limits.body))
  if (fields.refusal) files.abandon()
}

async function settle(files: FileTaker, fields: FieldCollector, limits: Limits): Promise<void> {
  if (fields.refusal) files.abandon()
  else await files.settled(limits.idleTime)
}

/** Urlencoded pieces are put together and read at the end: the limit on the body bounds them. */
class UrlencodedReader {
  readonly broken = false
  readonly file = false
  readonly #fields: FieldCollector
  readonly #bytes = new ByteBuffer()

  constructor(fields: FieldCollector) {
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
  reason: 'shutdown',
  detail: 'this process was about to end before the whole body had arrived',
}

function tooSlow(end: Extract<ReadingEnd, 'body-time' | 'idle-time'>, limits: Limits): BodyRefusal {
  const limit = end === 'body-time' ? limits.bodyTime : limits.idleTime
  const what =
    end === 'body-time' ? 'took longer than the bodyTime of' : 'paused for longer than the idleTime of'
  return { status: 413, reason: 'time', detail: `the body ${what} ${limit} s`, limit }
}
