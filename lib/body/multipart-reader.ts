import { isUtf8 } from 'node:buffer'
import type busboy from 'busboy'
import { ByteBuffer } from '../base/byte-buffer.js'
import { lazyPackage } from '../base/lazy-package.js'
import { type FieldCollector, ownFieldLength } from './field-collector.js'
import type { Limits } from './limits.js'
import { MultipartScanner, type PartSink } from './multipart-scanner.js'
import type { FileTaker, PartHeaders } from './reading.js'

// Bytes of a value over its limit that are kept, to show the value again.
const beyondLimit = 1024 * 1024

/** How a multipart body is read. */
interface MultipartTerms {
  readonly limits: Limits
  /** Whether busboy reads the body, too. */
  readonly crossCheck: boolean
  /** Takes the files. Without it a file is refused. */
  readonly files: FileTaker | undefined
}

/**
 * Reads a `multipart/form-data` body into fields. Sealform's scanner parses it, and busboy cross-checks the same bytes: it
 * must find the same number of fields with the same lengths, or the body is refused. busboy does not check
 *
 * - a body that is complete in memory: creating and feeding a busboy takes about 30 µs, more than the rest of the work for
 *   a small form;
 * - a body that is only read to show its text again, because no action will run;
 * - the contents of files, which would double the work: it gets only the bytes around them;
 * - anything after the first refusal, because the scanner skips the part that it refuses.
 */
export class MultipartReader implements PartSink {
  /** A file arrived and was refused. */
  file = false
  readonly #fields: FieldCollector
  readonly #scanner: MultipartScanner
  readonly #kept: number
  #second: SecondReader | undefined
  readonly #files: FileTaker | undefined
  #part: PartHeaders | undefined
  /** The current part is a file that goes to the file taker. */
  #taking = false
  #value = new ByteBuffer()
  #valueBytes = 0
  #chunk: Buffer | undefined
  /** Offsets in the current chunk where file contents begin and end, alternating. */
  #contents: number[] = []

  constructor(boundary: string, fields: FieldCollector, { limits, crossCheck, files }: MultipartTerms) {
    this.#fields = fields
    this.#files = files
    this.#scanner = new MultipartScanner(boundary, this)
    this.#kept = Math.max(limits.fieldValue, ownFieldLength * 3) + beyondLimit
    if (crossCheck) this.#second = new SecondReader(boundary)
  }

  get broken(): boolean {
    return this.#scanner.broken
  }

  get satisfied(): boolean {
    return this.#fields.satisfied
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
      detail: 'two multipart parsers read the body differently',
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
    // A file input without a chosen file sends an empty filename and no content. It counts as absent.
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

  /** Notes which bytes of the chunk are file content. Bytes held back from the previous chunk are in another buffer. */
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
      detail: 'the body has a file, but the action takes no files',
      limit: 0,
    })
  }

  #drop(): void {
    this.#second?.close()
    this.#second = undefined
  }
}

/** Tells whether a part is a file. As in busboy, `application/octet-stream` is a file even without a filename. */
function isFile(part: PartHeaders): boolean {
  return part.filename !== undefined || part.type === 'application/octet-stream'
}

/** An odd number of backslashes: each pair is one for busboy. */
const escapesQuote = /(?<!\\)(?:\\\\)*\\$/

const createBusboy = lazyPackage<typeof busboy>('busboy')

/** Counts the fields of a body and their bytes with busboy. busboy processes each write synchronously. */
class SecondReader {
  readonly #busboy: busboy.Busboy
  /** Lengths of the fields that busboy must find next. -1 for a part with a charset: its length there is in characters. */
  #expected: number[] = []
  #found = 0
  #failed = false

  constructor(boundary: string) {
    this.#busboy = createBusboy()({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // With latin1 the number of characters is the number of bytes.
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

  /**
   * Announces a field that the scanner has found. For busboy an empty filename means no filename. It drops a part whose
   * name ends in a backslash: browsers send one as it is, and busboy takes it for an escape of the quote that follows.
   */
  expect(part: PartHeaders, bytes: number): void {
    if (part.filename || part.type === 'application/octet-stream' || escapesQuote.test(part.name)) return
    this.#expected.push(part.charset ? -1 : bytes)
  }

  /**
   * Feeds a chunk to busboy. Returns false when busboy does not find the announced fields. A file looks empty to busboy,
   * because it gets only the delimiters around it.
   *
   * @param contents offsets in the chunk where file contents begin and end, alternating
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
