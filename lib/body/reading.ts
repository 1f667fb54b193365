import type { Shutdown } from '../base/shutdown.js'
import type { Limits } from './limits.js'

// What the readers of bodies, and those who use them, tell each other.

/** What the header block of one multipart part says. */
export interface PartHeaders {
  readonly name: string
  /** Present for a file input, empty when no file was chosen. */
  readonly filename: string | undefined
  /** The media type without parameters, lower case; `text/plain` when the part does not say. */
  readonly type: string
  /** The part names its charset, which is then UTF-8. */
  readonly charset: boolean
}

/** Somebody who takes files out of the request, and can be slower than it. */
export interface Consumer {
  /** The request has to pause. */
  readonly behind: boolean
  /** Bytes of files that have come. */
  readonly taken: number
  /** Set while the request is read; called whenever the consumer has taken something or wants no more. */
  onProgress: (() => void) | undefined
}

/** The body of a submission, of which only the beginning was read so far. */
export interface Body {
  /** The value of the first field `sealform`; undefined when it is over-long or cannot be decoded. */
  readonly seal: string | undefined
  /** The whole body is already in memory. */
  readonly complete: boolean
  /** Reads the rest; answers at once when there is nothing to wait for. Called at most once. */
  read(limits: Limits, options?: ReadingOptions): Reading | Promise<Reading>
}

/** What `read()` of a body takes. */
export interface ReadingOptions {
  /**
   * `accept` for a submission that is to run; `give-back` when it is already refused, and only the text that a person
   * typed is wanted. @default 'accept'
   */
  readonly mode?: 'accept' | 'give-back'
  /** Where files go. @default none are taken */
  readonly files?: FileTaker | undefined
  /** Ends the reading before its time. @default nothing does */
  readonly shutdown?: Shutdown | undefined
}

/** An encoding that Sealform reads. */
export type ReadableEncoding =
  | { readonly kind: 'urlencoded' }
  | { readonly kind: 'multipart'; readonly boundary: string }

/** How a body is to be read. `unreadable`: ours, but there is no way to read it. */
export type Encoding = ReadableEncoding | { readonly kind: 'unreadable' }

/** Takes the files of a body as they arrive. */
export interface FileTaker extends Consumer {
  /** How many bytes larger than `limits.body` the body may be. */
  readonly allowance: number
  /** A consumer has failed or has decided: no more files are taken. */
  readonly halted: boolean
  /**
   * A file begins.
   *
   * @param position how many text fields came before it
   */
  begin(part: PartHeaders, position: number): BodyRefusal | undefined
  data(piece: Buffer): BodyRefusal | undefined
  end(): void
  /** The submission is refused or broken off: no file of it will be used. */
  abandon(): void
  /** The consumers have stopped taking. */
  stall(seconds: number): void
  /** Settles when every consumer is done, or has taken nothing for so many seconds. */
  settled(seconds: number): Promise<void>
}

export interface Reading {
  /** In the order of the document, without our own fields. */
  readonly entries: readonly (readonly [name: string, value: string])[]
  /** The names of the fields whose controls were named as those of secrets; undefined when there are none. */
  readonly secrets: ReadonlySet<string> | undefined
  readonly own: {
    readonly form: string | undefined
    readonly state: string | undefined
    readonly submit: string | undefined
    /** Set when a button asks what is wrong with the form, and for nothing else. */
    readonly validate: string | undefined
  }
  /** References to files of an earlier submission; undefined when there are none. */
  readonly kept: KeptFields | undefined
  /** The first thing that was wrong. */
  readonly refusal: BodyRefusal | undefined
  /** The client has left. */
  readonly aborted: boolean
}

/** What a form carries of files that were received before. */
export interface KeptFields {
  readonly references: readonly KeptReference[]
  /** Which of them the visitor wants to be removed, each as field and reference. */
  readonly dropped: readonly { readonly field: string; readonly mark: string }[]
}

/** A reference to one file that was received before. */
export interface KeptReference {
  readonly field: string
  readonly token: string
  /** How many text fields came before it. */
  readonly position: number
}

export interface BodyRefusal {
  readonly status: 400 | 413 | 415 | 503
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
    | 'file-size'
    | 'time'
    | 'shutdown'
  /** For developers: what was wrong, with the limit and the number that passed it; never a field's value. */
  readonly detail: string
  /** The limit that was passed: bytes, a count, or seconds. */
  readonly limit?: number
  /** The file field that it is about. */
  readonly field?: string
}

/** Refuses a body that does not follow the grammar of its type. */
export function malformed(detail: string): BodyRefusal {
  return { status: 400, reason: 'malformed', detail }
}
