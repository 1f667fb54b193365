import type { IncomingMessage } from 'node:http'
import { BodyReader, tooLong } from './body-reader.js'
import { FieldCollector } from './field-collector.js'
import type { Limits } from './limits.js'
import type { Body, BodyRefusal, Encoding, Reading, ReadingOptions } from './reading.js'
import { readUrlencoded } from './urlencoded.js'

/** How a body begins that was recognised as ours. */
export interface BodyStart {
  /** What was read of it to recognise it. */
  readonly head: Buffer
  /** That is the whole body. */
  readonly complete: boolean
  readonly encoding: Encoding
  /** The value of the first field `sealform`; undefined when it is over-long or cannot be decoded. */
  readonly seal: string | undefined
  /** What is wrong with it already. */
  readonly refusal: BodyRefusal | undefined
}

/** A body recognised as ours. */
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
    const fields = new FieldCollector(limits)
    if (refusal) fields.refuse(refusal)
    const files = encoding.kind === 'multipart' ? taker : undefined
    const declared = declaredLength(this.#req)
    const length = complete ? head.length : declared
    const allowed = limits.body + (files?.allowance ?? 0)
    if (length !== undefined && length > allowed) fields.refuse(tooLong(length, allowed))
    if (encoding.kind === 'unreadable') return fields.reading(false)
    if (complete && encoding.kind === 'urlencoded') {
      readUrlencoded(head, fields)
      return fields.reading(false)
    }
    const reader = new BodyReader(fields, { encoding, limits, files }, !complete)
    if (complete) return reader.readWhole(head)
    // A body that says that it is too long for its files is refused before the first of them.
    const measured = declared !== undefined && declared <= allowed
    const accepted = measured || (mode === 'accept' && (files === undefined || declared === undefined))
    return reader.readArriving({ req: this.#req, head, declared, accepted, shutdown })
  }
}

/** Node has checked that the header is a number, and that the body is as long as it says. */
export function declaredLength(req: IncomingMessage): number | undefined {
  const header = req.headers['content-length']
  return header === undefined ? undefined : Number(header)
}
