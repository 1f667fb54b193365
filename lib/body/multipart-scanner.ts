import { ByteBuffer } from '../base/byte-buffer.js'
import { parsePartHeaders } from './part-headers.js'
import { type BodyRefusal, malformed, type PartHeaders } from './reading.js'

/** Receives what the scanner finds, in the order of the body. */
export interface PartSink {
  part(headers: PartHeaders): void
  data(piece: Buffer): void
  partEnd(): void
  refuse(refusal: BodyRefusal): void
  /** No more parts have to be found. */
  readonly satisfied: boolean
}

/** The most bytes for the headers of one part. busboy has the same limit, but silently drops what exceeds it. */
const partHeaderBytes = 16 * 1024

// RFC 2046 section 5.1.1: 1 to 70 bchars; the last one must not be a space.
const validBoundary = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/

export function isBoundary(text: string): boolean {
  return validBoundary.test(text)
}

const headersEnd = Buffer.from('\r\n\r\n')
const cr = 0x0d
const lf = 0x0a
const dash = 0x2d

type State = 'start' | 'delimiter' | 'headers' | 'content' | 'data' | 'epilogue' | 'broken'

/**
 * Finds delimiters and part headers in a multipart body that arrives in chunks of any size. Refuses what browsers never
 * send: a preamble, text after a delimiter on its line, an epilogue, a missing closing delimiter.
 *
 * @see RFC 2046 section 5.1.1
 */
export class MultipartScanner {
  readonly #delimiter: Buffer
  readonly #sink: PartSink
  #state: State = 'start'
  #skipping = false
  #rest = new ByteBuffer()
  /** Offset of the first unread byte in the current buffer. */
  #unread = 0
  /** How many bytes of an incomplete header block were already searched for its end. */
  #searched = 0

  constructor(boundary: string, sink: PartSink) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#sink = sink
  }

  /** True when nothing more can be read, because the structure is malformed or reading was cut. */
  get broken(): boolean {
    return this.#state === 'broken'
  }

  push(chunk: Buffer): void {
    let buffer = chunk
    const waiting = this.#rest.length > 0
    if (waiting) {
      this.#rest.push(chunk)
      buffer = this.#rest.view()
    }
    for (let at = 0; at !== -1; ) at = this.#step(buffer, at)
    if (waiting && this.#unread === 0) return
    this.#rest = new ByteBuffer()
    this.#rest.push(buffer.subarray(this.#unread))
  }

  /** Ends the body. An incomplete last part is passed on as far as it goes. */
  end(): void {
    if (this.#state === 'epilogue' || this.#state === 'broken') return
    this.#sink.refuse(malformed('the multipart body ends before its closing delimiter'))
    this.cut()
  }

  /** Ends reading early. Passes on the part of the last field that has arrived. */
  cut(): void {
    if ((this.#state === 'content' || this.#state === 'data') && !this.#skipping) {
      if (this.#rest.length > 0) this.#sink.data(this.#rest.view())
      this.#sink.partEnd()
    }
    this.#rest = new ByteBuffer()
    this.#state = 'broken'
  }

  /** Parses one construct at `at`. Returns the offset of the next one, or -1 when more bytes are needed. */
  #step(buffer: Buffer, at: number): number {
    this.#unread = at
    if (at === buffer.length) return -1
    switch (this.#state) {
      case 'start':
        return this.#start(buffer, at)
      case 'delimiter':
        return this.#afterDelimiter(buffer, at)
      case 'headers':
        return this.#headers(buffer, at)
      case 'content':
        return this.#content(buffer, at)
      case 'data':
        return this.#data(buffer, at)
      case 'epilogue':
        return this.#epilogue(buffer, at)
      case 'broken':
        this.#unread = buffer.length
        return -1
    }
  }

  /** Parses the first delimiter, which has no line break before it. */
  #start(buffer: Buffer, at: number): number {
    const starts = this.#startsWithDelimiter(buffer, at)
    if (starts === 'no') return this.#fail('the multipart body does not start with its delimiter')
    if (starts === 'perhaps') return -1
    this.#state = 'delimiter'
    return at + this.#delimiter.length - 2
  }

  /**
   * Refuses content that starts with the delimiter, because parsers disagree about it. Some, such as busboy, count the
   * line break of the empty line as part of the delimiter and see an empty part; others see text.
   */
  #content(buffer: Buffer, at: number): number {
    const starts = this.#startsWithDelimiter(buffer, at)
    if (starts === 'perhaps') return -1
    this.#state = 'data'
    return starts === 'no' ? at : this.#fail('the content of a part starts with the delimiter')
  }

  /** Tells whether the delimiter, without its line break, is at this offset. */
  #startsWithDelimiter(buffer: Buffer, at: number): 'yes' | 'no' | 'perhaps' {
    const length = Math.min(buffer.length - at, this.#delimiter.length - 2)
    if (buffer[at] !== dash || this.#delimiter.compare(buffer, at, at + length, 2, 2 + length) !== 0)
      return 'no'
    return length < this.#delimiter.length - 2 ? 'perhaps' : 'yes'
  }

  #afterDelimiter(buffer: Buffer, at: number): number {
    if (buffer.length - at < 2) return -1
    const first = buffer[at]
    const second = buffer[at + 1]
    if (first === cr && second === lf) {
      this.#state = 'headers'
      return at + 2
    }
    if (first === dash && second === dash) {
      this.#state = 'epilogue'
      return at + 2
    }
    return this.#fail('a delimiter is followed by something other than a line break')
  }

  #headers(buffer: Buffer, at: number): number {
    const end = buffer.indexOf(headersEnd, at + Math.max(0, this.#searched - 3))
    const length = end === -1 ? buffer.length - at - 3 : end - at
    if (length > partHeaderBytes) {
      return this.#fail(`the headers of a part have more than ${partHeaderBytes} bytes`)
    }
    if (end === -1) {
      this.#searched = buffer.length - at
      return -1
    }
    this.#searched = 0
    const headers = parsePartHeaders(buffer.toString('latin1', at, end))
    this.#skipping = 'status' in headers
    if ('status' in headers) this.#sink.refuse(headers)
    else this.#sink.part(headers)
    this.#state = 'content'
    return end + 4
  }

  #data(buffer: Buffer, at: number): number {
    const found = buffer.indexOf(this.#delimiter, at)
    if (found !== -1) {
      if (!this.#skipping) {
        if (found > at) this.#sink.data(buffer.subarray(at, found))
        this.#sink.partEnd()
        if (this.#sink.satisfied) return this.#stop()
      }
      this.#state = 'delimiter'
      return found + this.#delimiter.length
    }
    const safe = this.#delimiterMayBegin(buffer, at)
    if (safe > at && !this.#skipping) this.#sink.data(buffer.subarray(at, safe))
    this.#unread = safe
    return -1
  }

  /**
   * Returns the offset in the last bytes where a delimiter may begin, or the end of the buffer. It compares exactly,
   * because bytes that are held back are copied together with the whole next chunk, and every second chunk of a text
   * file ends near a line break.
   */
  #delimiterMayBegin(buffer: Buffer, from: number): number {
    const { length } = buffer
    let at = buffer.indexOf(cr, Math.max(from, length - this.#delimiter.length + 1))
    while (at !== -1 && this.#delimiter.compare(buffer, at, length, 0, length - at) !== 0) {
      at = buffer.indexOf(cr, at + 1)
    }
    return at === -1 ? length : at
  }

  /**
   * Checks the bytes after the closing delimiter. Browsers send one line break. Only spaces and line breaks may follow.
   */
  #epilogue(buffer: Buffer, at: number): number {
    for (let i = at; i < buffer.length; i++) {
      const byte = buffer[i]
      if (byte !== cr && byte !== lf && byte !== 0x20 && byte !== 0x09) {
        return this.#fail('something follows the closing delimiter')
      }
    }
    this.#unread = buffer.length
    return -1
  }

  #fail(detail: string): -1 {
    this.#sink.refuse(malformed(detail))
    this.#rest = new ByteBuffer()
    this.cut()
    return this.#leaveUnread()
  }

  /** Stops after a part, although more may follow. */
  #stop(): -1 {
    this.#rest = new ByteBuffer()
    this.#state = 'broken'
    return this.#leaveUnread()
  }

  #leaveUnread(): -1 {
    this.#unread = Number.POSITIVE_INFINITY
    return -1
  }
}
