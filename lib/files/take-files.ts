import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { SealformError } from '../base/errors.js'
import type { BodyRefusal, FileTaker, PartHeaders } from '../body/reading.js'
import { FileIntake } from './file-queue.js'
import { type FileRule, type FileRules, fileBytes, matchesTypes } from './file-rules.js'
import { type FileStorage, newFileId } from './file-storage.js'
import { type FileDescription, handOver, type OnFile, streamed } from './hand-over.js'
import { safeFileName } from './safe-file-name.js'
import { matchesContent } from './sniff.js'
import { storageRefusal } from './storage-fault.js'
import { openStored } from './stored-file.js'
import type { Uploads } from './uploads.js'

/** A file as it came, whatever became of it: to tell a copy of a submission from another one. */
export interface FileDigest extends FileDescription {
  /** The number of text fields before it. */
  readonly position: number
  /** The SHA-256 of its bytes. */
  readonly sha256: string
}

/** The consumer of an action's files: the storage, or the action's `onFile`. */
export type FileConsumer = { readonly storage: FileStorage } | { readonly onFile: OnFile }

/** A file that has begun to arrive. */
interface Arriving {
  readonly rule: FileRule
  readonly description: FileDescription
  readonly position: number
  readonly intake: FileIntake
}

/** The request pauses when this many bytes wait for the consumers. */
const mostWaiting = 4 * streamed

/** RFC 6838, section 4.2: 127 characters on each side of the slash. A longer type would not fit into a reference. */
const longestType = 255
const unknownType = 'application/octet-stream'

/** Bytes from which the type of a file is sniffed when the file is not stored first. */
const sniffedBytes = 4100

/**
 * Passes the files of a request to their consumer while they arrive, one after the other. The request is read as fast as
 * the consumer takes the bytes. After a consumer fails or returns an outcome, no more files are taken.
 */
export class FileTaking implements FileTaker {
  onProgress: (() => void) | undefined
  taken = 0
  readonly allowance: number
  /** The error that a consumer threw, or the outcome that it returned or threw. */
  verdict: { readonly thrown: unknown } | undefined
  /** The digests of the files; undefined when nobody needs them, because they cost half a millisecond for each MiB. */
  digests: FileDigest[] | undefined
  #digesting: (Omit<FileDigest, 'sha256'> & { readonly hash: Hash }) | undefined
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
  /** Set when the current file is skipped. Its size is still checked against the limit. */
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
    const description = {
      field,
      name: safeFileName(filename),
      type: type.length <= longestType ? type : unknownType,
    }
    if (this.digests) this.#digesting = { ...description, position, hash: createHash('sha256') }
    if (this.#over || this.halted) this.#skipped = { rule, size: 0 }
    else if (matchesTypes(rule, description)) {
      this.#start({ rule, description, position, intake: this.#newIntake() })
    } else {
      this.#uploads.problems.push({ field, kind: 'type' })
      this.#skipped = { rule, size: 0 }
    }
    return undefined
  }

  data(piece: Buffer): BodyRefusal | undefined {
    this.taken += piece.length
    this.#digesting?.hash.update(piece)
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
    if (!this.#digesting) return
    const { hash, ...file } = this.#digesting
    this.digests?.push({ ...file, sha256: hash.digest('base64url') })
    this.#digesting = undefined
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
        `${who} took no bytes of a file for ${seconds} s while some were waiting. Read the stream to its end, or return early; raise idleTime to allow more time.`,
      ),
    )
  }

  async settled(seconds: number): Promise<void> {
    if (this.halted) return
    let idle: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onHalt = resolve
      void this.#tail.then(resolve)
      // A consumer that has read everything and still works is not stalled, so it has no time limit.
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
      this.#halt(('storage' in this.#consumer && storageRefusal(error)) || error)
    } finally {
      this.#open.delete(intake)
      void intake.return()
    }
  }

  async #store({ rule, description, position, intake }: Arriving, storage: FileStorage): Promise<void> {
    const id = newFileId()
    await storage.put(id, intake)
    const { field, name, type } = description
    const file = { id, name, type, size: intake.size }
    await this.#uploads.stored(field, position, file)
    const stored = await openStored(storage, file)
    if (!stored) throw new Error('The storage has lost a file that it has just stored.')
    if (rule.sniff && !(await matchesContent(rule, description, stored))) {
      this.#uploads.problems.push({ field, kind: 'type' })
      await this.#uploads.drop(id)
    } else this.#uploads.arrived(field, position, stored)
  }

  async #handOver({ rule, description, position, intake }: Arriving, onFile: OnFile): Promise<void> {
    if (rule.sniff && !(await matchesContent(rule, description, await intake.head(sniffedBytes)))) {
      this.#uploads.problems.push({ field: description.field, kind: 'type' })
      return
    }
    const stream = Readable.from(intake, { objectMode: false, highWaterMark: streamed })
    this.#stream = stream
    const value = await handOver(onFile, description, stream)
    this.#uploads.arrived(description.field, position, value)
  }

  #halt(thrown: unknown): void {
    if (this.#over || this.halted) return
    this.verdict = { thrown }
    this.#breakOff()
    this.#onHalt?.()
  }

  #breakOff(): void {
    for (const intake of this.#open) intake.fail(new DOMException('The file was aborted.', 'AbortError'))
    this.onProgress?.()
  }
}

const unexpectedFile: BodyRefusal = {
  status: 413,
  reason: 'files',
  detail: 'the body has a file in a field that is not a file field of the action',
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
