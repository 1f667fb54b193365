import type { IncomingMessage } from 'node:http'
import { BodyReader, givenBackBytes, tooLong } from './body-reader.js'
import { FieldCollector } from './field-collector.js'
import type { Limits } from './limits.js'
import { shownPart } from './printed-size.js'
import type { Body, BodyRefusal, Encoding, Reading, ReadingOptions } from './reading.js'
import { readUrlencoded } from './urlencoded.js'

/** The beginning of a body that was recognised as a submission. */
interface BodyStart {
  /** The bytes that were read to recognise it. */
  readonly head: Buffer
  /** Whether `head` is the whole body. */
  readonly complete: boolean
  readonly encoding: Encoding
  /** The value of the first field `sealform`. Undefined when it is too long or cannot be decoded. */
  readonly seal: string | undefined
  /** A fault in the headers or the seal field that refuses the body. */
  readonly refusal: BodyRefusal | undefined
}

/** The body of a submission. */
export class FormBody implements Body {
  readonly #req: IncomingMessage
  readonly #start: BodyStart

  constructor(req: IncomingMessage, start: BodyStart) {
    this.#req = req
    this.#start = start
  }

  get seal(): string | undefined {
    return this.#start.seal
  }

  get complete(): boolean {
    return this.#start.complete
  }

  read(
    limits: Limits,
    { mode = 'accept', files: taker, shutdown }: ReadingOptions = {},
  ): Reading | Promise<Reading> {
    const { head, complete, encoding, refusal } = this.#start
    const fields = new FieldCollector(limits, mode)
    if (refusal) fields.refuse(refusal)
    const files = encoding.kind === 'multipart' ? taker : undefined
    const declared = declaredLength(this.#req)
    const length = complete ? head.length : declared
    const allowed = limits.body + (files?.allowance ?? 0)
    if (length !== undefined && length > allowed) fields.refuse(tooLong(length, allowed))
    if (encoding.kind === 'unreadable') return fields.reading('whole')
    const short = mode !== 'unopened' || (length !== undefined && length <= givenBackBytes)
    if (encoding.kind === 'urlencoded') {
      const enough = mode === 'unopened' ? shownPart(head) : head.length
      const filled = enough < head.length && enough < givenBackBytes
      if (filled || (complete && short)) {
        readUrlencoded(enough < head.length ? head.subarray(0, enough) : head, fields)
        return fields.reading(filled ? 'cut' : 'whole')
      }
    }
    // The second parser protects actions. Where none will run, it is not needed.
    const reader = new BodyReader(fields, { encoding, limits, files }, mode === 'accept' && !complete)
    if (complete && short) return reader.readWhole(head)
    // A body whose Content-Length is over the limit with files is refused before its first file.
    const measured = declared !== undefined && declared <= allowed
    const accepted =
      short && (measured || (mode === 'accept' && (files === undefined || declared === undefined)))
    return reader.readArriving({ req: this.#req, head, declared, accepted, measured, shutdown })
  }
}

/** Returns the Content-Length. Node has checked that it is a number and that the body has this length. */
export function declaredLength(req: IncomingMessage): number | undefined {
  const header = req.headers['content-length']
  return header === undefined ? undefined : Number(header)
}
