import type { ActionField } from '../base/action-field.js'
import type { Shutdown } from '../base/shutdown.js'
import type { Limits } from './limits.js'

// The types that body readers share with their callers.

/** The parsed headers of one multipart part. */
export interface PartHeaders {
  readonly name: string
  /** Present for a file input, empty when no file was chosen. */
  readonly filename: string | undefined
  /** The media type without parameters, in lower case. `text/plain` when the part has no Content-Type. */
  readonly type: string
  /** Whether the part names a charset, which is then UTF-8. */
  readonly charset: boolean
}

/** Takes files from the request, and may be slower than the request. */
export interface Consumer {
  /** True when the request has to pause. */
  readonly behind: boolean
  /** Bytes of files that have arrived. */
  readonly taken: number
  /** Set while the request is read. Called when the consumer has taken bytes or stops. */
  onProgress: (() => void) | undefined
}

/** The body of a submission. Only its beginning has been read so far. */
export interface Body {
  /** The value of the first field `sealform`. Undefined when it is too long or cannot be decoded. */
  readonly seal: string | undefined
  /** The whole body is already in memory. */
  readonly complete: boolean
  /** Reads the rest. Returns without a promise when there is nothing to wait for. Called at most once. */
  read(limits: Limits, options?: ReadingOptions): Reading | Promise<Reading>
}

export type ReadingMode = 'accept' | 'give-back' | 'unopened'

/** Options of `Body.read()`. */
export interface ReadingOptions {
  /**
   * `accept` reads a submission whose action will run. `give-back` reads the text fields of a refused submission, to show
   * them again. `unopened` does the same for a seal that did not open, from at most 64 KiB of the body.
   * @default 'accept'
   */
  readonly mode?: ReadingMode
  /** Takes the files. @default a file is refused */
  readonly files?: FileTaker | undefined
  /** Stops the reading when the process shuts down. @default none */
  readonly shutdown?: Shutdown | undefined
}

/** An encoding that Sealform reads. */
export type ReadableEncoding =
  | { readonly kind: 'urlencoded' }
  | { readonly kind: 'multipart'; readonly boundary: string }

/** The encoding of a submission's body. `unreadable`: Sealform cannot read it. */
export type Encoding = ReadableEncoding | { readonly kind: 'unreadable' }

/** Takes the files of a body as they arrive. */
export interface FileTaker extends Consumer {
  /** How many bytes larger than `limits.body` the body may be. */
  readonly allowance: number
  /** A consumer has failed or has returned an outcome. No more files are taken. */
  readonly halted: boolean
  /**
   * Begins a file.
   *
   * @param position the number of text fields before it
   */
  begin(part: PartHeaders, position: number): BodyRefusal | undefined
  data(piece: Buffer): BodyRefusal | undefined
  end(): void
  /** Drops all files, because the submission is refused or aborted. */
  abandon(): void
  /** Reports that the consumer took nothing for this many seconds. */
  stall(seconds: number): void
  /** Settles when every consumer is done, or has taken nothing for this many seconds. */
  settled(seconds: number): Promise<void>
}

export interface Reading {
  /** In document order, without Sealform's own fields. */
  readonly entries: readonly (readonly [name: string, value: string])[]
  /** The names of the fields whose controls were named as those of secrets; undefined when there are none. */
  readonly secrets: ReadonlySet<string> | undefined
  readonly own: {
    readonly form: string | undefined
    readonly state: string | undefined
    readonly submit: string | undefined
    /** Set when a button asks for validation only. */
    readonly validate: string | undefined
    /** A field that people do not see has been filled in. */
    readonly trapped: boolean
    /** Set when the seals are in the names of fields, as in a React page. */
    readonly named: NamedActions | undefined
  }
  /** References to files of an earlier submission; undefined when there are none. */
  readonly kept: KeptFields | undefined
  /** The first fault of the body. */
  readonly refusal: BodyRefusal | undefined
  /** The client has disconnected. */
  readonly aborted: boolean
  /** Some of the text that was sent is not in `entries`. */
  readonly cut: boolean
  /** The app's code has read a part of the body, which is lost. */
  readonly taken: boolean
}

/** The actions that the names of fields seal. */
export interface NamedActions {
  /** The form's own. */
  readonly form: ActionField
  /** That of the button that was pressed. */
  readonly pressed: ActionField | undefined
}

/** The references of a form to files from earlier submissions. */
export interface KeptFields {
  readonly references: readonly KeptReference[]
  /** The files that the visitor wants to remove, each as its field and mark. */
  readonly dropped: readonly { readonly field: string; readonly mark: string }[]
}

/** A reference to one file from an earlier submission. */
export interface KeptReference {
  readonly field: string
  readonly token: string
  /** The number of text fields before it. */
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
  /** Describes the fault for developers, with the limit and the number that exceeds it. Never holds a field's value. */
  readonly detail: string
  /** The exceeded limit: bytes, a count, or seconds. */
  readonly limit?: number
  /** The file field that caused the refusal. */
  readonly field?: string
}

/** Refuses a body that does not follow the grammar of its type. */
export function malformed(detail: string): BodyRefusal {
  return { status: 400, reason: 'malformed', detail }
}
