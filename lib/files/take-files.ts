import { Readable } from 'node:stream'
import { SealformError } from '../base/errors.js'
import type { BodyRefusal, FileTaker, PartHeaders } from '../body/reading.js'
import { isOutcome } from '../outcome/outcome.js'
import { FileIntake } from './file-queue.js'
import { type FileRule, type FileRules, fileBytes, matchesTypes } from './file-rules.js'
import { type FileStorage, newFileId } from './file-storage.js'
import { safeFileName } from './safe-file-name.js'
import { matchesContent } from './sniff.js'
import { storedFile } from './stored-file.js'
import type { Uploads } from './uploads.js'

/** What the sender says of a file. */
export interface FileDescription {
  /** The name of the form's field. */
  readonly field: string
  /** A base name without control or separator characters, at most 255 bytes. */
  readonly name: string
  /** The sender's claim, in lower case. */
  readonly type: string
}

/** Where the files of an action go: to the storage, or to its own `onFile`. */
export type FileConsumer =
  | { readonly storage: FileStorage }
  | { readonly onFile: (file: FileDescription, stream: Readable) => unknown }

/** A file with all that is known of it, from its first byte on. */
interface Arriving {
  readonly rule: FileRule
  readonly said: FileDescription
  readonly position: number
  readonly intake: FileIntake
}

/** When this much waits for the consumers, the request pauses. */
const mostWaiting = 256 * 1024

/** RFC 6838 section 4.2: 127 characters on each side of the slash. A longer one would not fit into a reference. */
const longestType = 255
const unknownType = 'application/octet-stream'

/** How much of a file its type is told from, when it is not stored first. */
const sniffedBytes = 4100

/**
 * Hands the files of a request to their consumer while they arrive, one after the other. The consumer's pace is the
 * request's; a consumer that fails, or decides by an outcome, ends the taking.
 */
export class FileTaking implements FileTaker {
  onProgress: (() => void) | undefined
  taken = 0
  readonly allowance: number
  /** What a consumer threw, or the outcome that it gave. */
  verdict: { readonly thrown: unknown } | undefined
  readonly #rules: FileRules
  readonly #consumer: FileConsumer
  readonly #uploads: Uploads
  readonly #counts = new Map<string, number>()
  #arriving: Arriving | undefined
  #consumed: FileIntake | undefined
  #stream: Readable | undefined
  readonly #open = new Set<FileIntake>()
  #tail = Promise.resolve()
  #onHalt: (() => void) | undefined
  #over = false
  /** The present part is not wanted; its size still counts. */
  #skipped: { readonly rule: FileRule; size: number } | undefined

  constructor(rules: FileRules, consumer: FileConsumer, uploads: Uploads) {
    this.allowance = fileBytes(rules)
    this.#rules = rules
    this.#consumer = consumer
    this.#uploads = uploads
  }

  get behind(): boolean {
    let waiting = 0
    for (const intake of this.#open) waiting += intake.waiting
    return waiting >= mostWaiting
  }

  get halted(): boolean {
    return this.verdict !== undefined
  }

  begin({ name: field, filename = '', type }: PartHeaders, position: number): BodyRefusal | undefined {
    const rule = this.#rules.get(field)
    if (!rule) return unexpectedFile
    const count = (this.#counts.get(field) ?? 0) + 1
    if (count > rule.maxFiles) return tooMany(rule)
    this.#counts.set(field, count)
    const said = {
      field,
      name: safeFileName(filename),
      type: type.length <= longestType ? type : unknownType,
    }
    if (this.#over || this.halted) this.#skipped = { rule, size: 0 }
    else if (matchesTypes(rule, said)) this.#start({ rule, said, position, intake: this.#newIntake() })
    else {
      this.#uploads.problems.push({ field, kind: 'type' })
      this.#skipped = { rule, size: 0 }
    }
    return undefined
  }

  data(piece: Buffer): BodyRefusal | undefined {
    this.taken += piece.length
    if (this.#over) return undefined
    if (this.#skipped) {
      this.#skipped.size += piece.length
      return this.#skipped.size > this.#skipped.rule.maxSize ? tooLarge(this.#skipped.rule) : undefined
    }
    const arriving = this.#arriving
    if (!arriving) return undefined
    const { rule, intake } = arriving
    if (intake.size + piece.length > rule.maxSize) return tooLarge(rule)
    intake.push(piece)
    return undefined
  }

  end(): void {
    this.#arriving?.intake.end()
    this.#arriving = undefined
    this.#skipped = undefined
  }

  abandon(): void {
    if (this.#over) return
    this.#over = true
    this.#breakOff()
  }

  stall(seconds: number): void {
    const who = 'storage' in this.#consumer ? 'The storage' : 'onFile()'
    this.#halt(
      new SealformError(
        'ERR_FILE_UNREAD',
        `${who} took nothing of a file for ${seconds} s while more was waiting. Read the stream to its end, or return; a longer idleTime gives it more time.`,
      ),
    )
  }

  async settled(seconds: number): Promise<void> {
    if (this.halted) return
    let idle: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onHalt = resolve
      void this.#tail.then(resolve)
      // One that has read everything and still works is like an action that does.
      const look = () => (this.#hasAll() ? idle?.refresh() : this.stall(seconds))
      idle = setTimeout(look, seconds * 1000).unref()
      this.onProgress = () => idle?.refresh()
    })
    clearTimeout(idle)
    this.onProgress = undefined
  }

  #hasAll(): boolean {
    if (this.#stream) return this.#stream.readableEnded || this.#stream.destroyed
    return this.#consumed === undefined || this.#consumed.finished
  }

  #newIntake(): FileIntake {
    return new FileIntake(() => this.onProgress?.())
  }

  #start(arriving: Arriving): void {
    this.#skipped = undefined
    this.#arriving = arriving
    this.#open.add(arriving.intake)
    this.#tail = this.#tail.then(() => this.#consume(arriving))
  }

  async #consume(arriving: Arriving): Promise<void> {
    const { intake } = arriving
    this.#consumed = intake
    this.#stream = undefined
    try {
      if (this.#over || this.halted) return
      if ('storage' in this.#consumer) await this.#store(arriving, this.#consumer.storage)
      else await this.#handOver(arriving, this.#consumer.onFile)
    } catch (error) {
      this.#halt(error)
    } finally {
      this.#open.delete(intake)
      void intake.return()
    }
  }

  async #store({ rule, said, position, intake }: Arriving, storage: FileStorage): Promise<void> {
    const id = newFileId()
    await storage.put(id, intake)
    const { field, name, type } = said
    const file = { id, name, type, size: intake.size }
    await this.#uploads.stored(field, position, file)
    const content = await storage.open(id)
    if (!content) throw new Error('The storage has lost a file that it had just taken.')
    if (rule.sniff && !(await matchesContent(rule, said, content))) {
      this.#uploads.problems.push({ field, kind: 'type' })
      await this.#uploads.drop(id)
    } else this.#uploads.arrived(field, position, storedFile(storage, content, file))
  }

  async #handOver(
    { rule, said, position, intake }: Arriving,
    onFile: Extract<FileConsumer, { onFile: unknown }>['onFile'],
  ): Promise<void> {
    if (rule.sniff && !(await matchesContent(rule, said, await intake.head(sniffedBytes)))) {
      this.#uploads.problems.push({ field: said.field, kind: 'type' })
      return
    }
    const stream = Readable.from(intake, { objectMode: false, highWaterMark: mostWaiting / 4 })
    this.#stream = stream
    // Without a listener, an error that nobody waits for would end the process.
    stream.on('error', () => {})
    const result = await onFile(said, stream)
    stream.destroy()
    if (isOutcome(result)) throw result
    if (result !== undefined && typeof result !== 'string') {
      throw new SealformError(
        'ERR_FILE_RESULT',
        `onFile() returned ${result === null ? 'null' : `a ${typeof result}`}. Return a string for formData, an outcome such as invalid() to refuse, or nothing.`,
      )
    }
    this.#uploads.arrived(said.field, position, result)
  }

  #halt(thrown: unknown): void {
    if (this.#over || this.halted) return
    this.verdict = { thrown }
    this.#breakOff()
    this.#onHalt?.()
  }

  #breakOff(): void {
    for (const intake of this.#open) intake.fail(new DOMException('The file was broken off.', 'AbortError'))
    this.onProgress?.()
  }
}

const unexpectedFile: BodyRefusal = {
  status: 413,
  reason: 'files',
  detail: 'the body has a file in a field for which the action takes none',
  limit: 0,
}

function tooMany({ field, maxFiles }: FileRule): BodyRefusal {
  const detail = `the field "${field}" has more than ${maxFiles} files`
  return { status: 413, reason: 'files', detail, limit: maxFiles, field }
}

function tooLarge({ field, maxSize }: FileRule): BodyRefusal {
  const detail = `a file of the field "${field}" has more than ${maxSize} bytes`
  return { status: 413, reason: 'file-size', detail, limit: maxSize, field }
}
