import type { IncomingMessage } from 'node:http'
import { ByteBuffer } from '../base/byte-buffer.js'
import type { Shutdown } from '../base/shutdown.js'
import type { FieldCollector } from './field-collector.js'
import type { Limits } from './limits.js'
import { MultipartReader } from './multipart-reader.js'
import { type Demand, type ReadingEnd, readRequest } from './read-request.js'
import type { BodyRefusal, FileTaker, ReadableEncoding, Reading } from './reading.js'
import { readUrlencoded } from './urlencoded.js'

// Bytes that are read beyond the limit of a refused submission, to show its text fields again.
const beyondLimit = 1024 * 1024
/**
 * Bytes of the body that are read at most, to show its text fields again, when its seal did not open, or when it was refused
 * before it was read and does not declare a Content-Length within the limit.
 */
export const givenBackBytes = 64 * 1024
// The most bytes that are still read after a refused file, to show the text fields that follow it again.
const worthReading = 16 * 1024 * 1024

/** How a body is read into fields. */
interface BodyTerms {
  readonly encoding: ReadableEncoding
  readonly limits: Limits
  /** Takes the files. Without it a file is refused. */
  readonly files: FileTaker | undefined
}

/** A body that is still arriving. */
interface ArrivingBody {
  readonly req: IncomingMessage
  /** The bytes that have arrived. */
  readonly head: Buffer
  /** The Content-Length. */
  readonly declared: number | undefined
  /** True to read up to the limits; false to read only a little, to show the input again. */
  readonly accepted: boolean
  /** The Content-Length is within the limits. */
  readonly measured: boolean
  readonly shutdown: Shutdown | undefined
}

/** Reads a multipart body, or a body that is still arriving, into fields. */
export class BodyReader {
  readonly #fields: FieldCollector
  readonly #limits: Limits
  readonly #files: FileTaker | undefined
  readonly #reader: UrlencodedPieces | MultipartReader
  /** Bytes of the body that were read so far. */
  #taken = 0
  /** Bytes after which reading stops. */
  #most = Number.POSITIVE_INFINITY

  /** @param crossCheck whether busboy reads a multipart body, too */
  constructor(fields: FieldCollector, { encoding, limits, files }: BodyTerms, crossCheck: boolean) {
    this.#fields = fields
    this.#limits = limits
    this.#files = files
    this.#reader =
      encoding.kind === 'urlencoded'
        ? new UrlencodedPieces(fields)
        : new MultipartReader(encoding.boundary, fields, { limits, crossCheck, files })
  }

  async readWhole(bytes: Buffer): Promise<Reading> {
    this.#push(bytes)
    this.#reader.end()
    if (this.#files) await this.#settle(this.#files)
    return this.#fields.reading('whole')
  }

  async readArriving(body: ArrivingBody): Promise<Reading> {
    const end = await this.#readToEnd(body)
    if (end === 'aborted') {
      this.#files?.abandon()
      return this.#fields.reading('aborted')
    }
    const taken = end === 'taken' || (end === 'end' && this.#taken !== (body.declared ?? this.#taken))
    if (end === 'end') this.#reader.end()
    else {
      if (end === 'stalled') this.#files?.stall(this.#limits.idleTime)
      else if (end === 'shutdown') this.#fields.refuse(cutShort)
      else if (end !== 'stopped' && end !== 'taken') this.#fields.refuse(tooSlow(end, this.#limits))
      this.#reader.cut()
    }
    if (this.#files) await this.#settle(this.#files)
    if (taken) return this.#fields.reading('taken')
    return this.#fields.reading(end === 'end' ? 'whole' : 'cut')
  }

  #readToEnd(body: ArrivingBody): Promise<ReadingEnd> {
    const { bodyTime, idleTime, body: limit } = this.#limits
    this.#most = body.accepted ? limit + (this.#files?.allowance ?? 0) + beyondLimit : givenBackBytes
    const demand = this.#take(body.head, body)
    if (demand === 'stop') return Promise.resolve('stopped')
    return readRequest(body.req, {
      bodyTime,
      idleTime,
      hurry: demand === 'hurry',
      shutdown: body.shutdown,
      take: (chunk) => this.#take(chunk, body),
      consumer: this.#files,
    })
  }

  /** Reads a chunk and decides whether to read more. */
  #take(chunk: Buffer, { accepted, measured, declared }: ArrivingBody): Demand {
    const room = this.#most - this.#taken
    this.#push(chunk.length > room ? chunk.subarray(0, room) : chunk)
    const refused = this.#fields.refusal !== undefined
    if (chunk.length > room || this.#reader.broken) return 'stop'
    if (!accepted && this.#reader.file) return 'stop'
    if (!accepted) return measured ? 'more' : 'hurry'
    if (this.#files === undefined) return refused ? 'hurry' : 'more'
    if (!refused && !this.#files.halted) return 'more'
    // The text fields after the files are shown again too, when the rest of the body is short.
    if (declared !== undefined && declared - this.#taken <= worthReading) return 'more'
    this.#most = Math.min(this.#most, this.#taken + beyondLimit)
    return 'hurry'
  }

  #push(chunk: Buffer): void {
    this.#taken += chunk.length
    const limit = this.#limits.body
    if (this.#files === undefined && this.#taken > limit) this.#fields.refuse(tooLong(this.#taken, limit))
    this.#reader.push(chunk)
    if (this.#files) this.#checkText(this.#files)
  }

  /** Checks the bytes outside of files against the limit on the body. Files have their own limits. */
  #checkText(files: FileTaker): void {
    const text = this.#taken - files.taken
    if (text > this.#limits.body) this.#fields.refuse(tooLong(text, this.#limits.body))
    if (this.#fields.refusal) files.abandon()
  }

  async #settle(files: FileTaker): Promise<void> {
    if (this.#fields.refusal) files.abandon()
    else await files.settled(this.#limits.idleTime)
  }
}

/** Collects urlencoded chunks and reads them at the end. The limit on the body bounds their size. */
class UrlencodedPieces {
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

/** Returns the refusal of a body over its limit. */
export function tooLong(length: number, limit: number): BodyRefusal {
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
  detail: 'this process is shutting down, and the whole body had not arrived in time',
}

function tooSlow(end: Extract<ReadingEnd, 'body-time' | 'idle-time'>, limits: Limits): BodyRefusal {
  const limit = end === 'body-time' ? limits.bodyTime : limits.idleTime
  const what =
    end === 'body-time' ? 'took longer than the bodyTime of' : 'paused for longer than the idleTime of'
  return { status: 413, reason: 'time', detail: `the body ${what} ${limit} s`, limit }
}
