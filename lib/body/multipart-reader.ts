import { isUtf8 } from 'node:buffer'
import type busboy from 'busboy'
import { ByteBuffer } from '../base/byte-buffer.js'
import { lazyPackage } from '../base/lazy-package.js'
import { type FieldCollector, ownFieldLength } from './field-collector.js'
import type { Limits } from './limits.js'
import { MultipartScanner, type PartSink } from './multipart-scanner.js'
import type { FileTaker, PartHeaders } from './reading.js'

// How much of a value over its limit is kept, to be given back.
const beyondLimit = 1024 * 1024

/** On what terms a multipart body is read. */
export interface MultipartTerms {
  readonly limits: Limits
  /** The body does not come whole. */
  readonly pieces: boolean
  /** Where files go; without it they are refused. */
  readonly files: FileTaker | undefined
}

/**
 * Reads a `multipart/form-data` body into fields. The scanner reads it, and busboy reads the same bytes again: it must find
 * as many fields with as many bytes, or the body is refused. busboy does not look
 *
 * - at a body that is whole in memory: to make and feed a busboy takes some 30 µs, more than everything else that a small
 *   form needs;
 * - at the contents of files, which would take as much as everything else: it gets the bytes around them;
 * - at anything that follows the first refusal, since the scanner passes over what it refuses.
 */
export class MultipartReader implements PartSink {
  /** A file was sent that is not taken. */
  file = false
  readonly #fields: FieldCollector
  readonly #scanner: MultipartScanner
  readonly #kept: number
  #second: SecondReader | undefined
  readonly #files: FileTaker | undefined
  #part: PartHeaders | undefined
  /** The present part is a file that is taken. */
  #taking = false
  #value = new ByteBuffer()
  #valueBytes = 0
  #chunk: Buffer | undefined
  /** Where in the present chunk the contents of files begin and end, in turns. */
  #contents: number[] = []

  constructor(boundary: string, fields: FieldCollector, { limits, pieces, files }: MultipartTerms) {
    this.#fields = fields
    this.#files = files
    this.#scanner = new MultipartScanner(boundary, this)
    this.#kept = Math.max(limits.fieldValue, ownFieldLength * 3) + beyondLimit
    if (pieces) this.#second = new SecondReader(boundary)
  }

  get broken(): boolean {
    return this.#scanner.broken
  }

  push(chunk: Buffer): void {
    this.#chunk = chunk
    this.#scanner.push(chunk)
    this.#chunk = undefined
    if (this.#fields.refusal !== undefined) this.#drop()
    if (this.#second === undefined || this.#second.agrees(chunk, this.#contents)) {
      if (this.#contents.length > 0) this.#contents = []
      return
    }
    this.refuse({
      status: 400,
      reason: 'malformed',
      detail: 'two readers understand the multipart body differently',
    })
  }

  end(): void {
    this.#scanner.end()
    this.#drop()
  }

  cut(): void {
    this.#scanner.cut()
    this.#drop()
  }

  part(headers: PartHeaders): void {
    this.#part = headers
    this.#value = new ByteBuffer()
    this.#valueBytes = 0
    this.#taking = false
    if (headers.filename) this.#beginFile(headers)
  }

  data(piece: Buffer): void {
    this.#valueBytes += piece.length
    if (this.#part && isFile(this.#part)) this.#fileData(piece)
    else if (this.#value.length < this.#kept) this.#value.push(piece)
  }

  partEnd(): void {
    const part = this.#part
    if (part === undefined) return
    this.#part = undefined
    this.#second?.expect(part, this.#valueBytes)
    // A file input in which nothing was chosen is sent with an empty name and no content: it is absent.
    if (isFile(part)) {
      if (this.#taking && !this.#fields.refusal) this.#files?.end()
      return
    }
    const bytes = this.#value.view()
    if (!isUtf8(bytes)) {
      this.refuse({ status: 400, reason: 'malformed', detail: 'a field is not UTF-8' })
    }
    this.#fields.add(part.name, bytes.toString('utf8'), this.#valueBytes)
  }

  refuse(refusal: Parameters<PartSink['refuse']>[0]): void {
    this.#fields.refuse(refusal)
  }

  #beginFile(part: PartHeaders): void {
    if (!this.#files) this.#refuseFile()
    else if (!this.#fields.refusal) {
      const refusal = this.#files.begin(part, this.#fields.entries.length)
      if (refusal) this.refuse(refusal)
      else this.#taking = true
    }
  }

  #fileData(piece: Buffer): void {
    if (!this.#files || !this.#part?.filename) {
      this.#refuseFile()
      return
    }
    this.#markContent(piece)
    const refusal = this.#files.data(piece)
    if (refusal) this.refuse(refusal)
  }

  /** Notes which bytes of the chunk are content; what was held back from the chunk before lies elsewhere. */
  #markContent(piece: Buffer): void {
    const chunk = this.#chunk
    if (chunk === undefined || piece.buffer !== chunk.buffer) return
    const from = piece.byteOffset - chunk.byteOffset
    if (from >= 0 && from + piece.length <= chunk.length) this.#contents.push(from, from + piece.length)
  }

  #refuseFile(): void {
    this.file = true
    this.refuse({
      status: 413,
      reason: 'files',
      detail: 'the body has a file, and the action takes none',
      limit: 0,
    })
  }

  #drop(): void {
    this.#second?.close()
    this.#second = undefined
  }
}

/** busboy takes a part of this type for a file even without a filename; so do we. */
function isFile(part: PartHeaders): boolean {
  return part.filename !== undefined || part.type === 'application/octet-stream'
}

const createBusboy = lazyPackage<typeof busboy>('busboy')

/** Counts the fields of a body and their bytes with busboy, which takes every write to its end before it returns. */
class SecondReader {
  readonly #busboy: busboy.Busboy
  /** The lengths of fields that busboy has yet to find; -1 where it counts in characters, for a part with a charset. */
  #expected: number[] = []
  #found = 0
  #failed = false

  constructor(boundary: string) {
    this.#busboy = createBusboy()({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // latin1, so that characters count bytes.
      defCharset: 'latin1',
      limits: { fieldSize: Number.POSITIVE_INFINITY },
    })
    this.#busboy.on('field', (_name, value) => {
      const expected = this.#expected[this.#found++]
      if (expected !== -1 && expected !== value.length) this.#failed = true
    })
    this.#busboy.on('error', () => {
      this.#failed = true
    })
  }

  /** Announces a field that the scanner has found. busboy takes an empty filename for none. */
  expect(part: PartHeaders, bytes: number): void {
    if (part.filename || part.type === 'application/octet-stream') return
    this.#expected.push(part.charset ? -1 : bytes)
  }

  /**
   * Reads on; false when it does not find what was announced. It reads the delimiters around a file as those of an empty one.
   *
   * @param contents where the contents of files begin and end in the chunk, in turns
   */
  agrees(chunk: Buffer, contents: readonly number[]): boolean {
    let at = 0
    for (let i = 0; i < contents.length; i += 2) {
      if (contents[i]! > at) this.#busboy.write(chunk.subarray(at, contents[i]))
      at = contents[i + 1]!
    }
    if (at < chunk.length) this.#busboy.write(at === 0 ? chunk : chunk.subarray(at))
    const agreed = !this.#failed && this.#found === this.#expected.length
    this.#expected = []
    this.#found = 0
    return agreed
  }

  close(): void {
    this.#busboy.destroy()
  }
}
