import type { ServerResponse } from 'node:http'
import { hasLeft, isTaken } from '../base/visitor-left.js'
import type { KeptFields, KeptReference } from '../body/reading.js'
import type { Outcome } from '../outcome/outcome.js'
import type { FileRules } from './file-rules.js'
import type { FileStorage } from './file-storage.js'
import type { KeptFile } from './kept-file-token.js'
import { removeContent } from './pieces.js'
import { openStored, type StoredFile } from './stored-file.js'

/** A problem with the files of one field that becomes an issue of the form. */
export interface FileProblem {
  readonly field: string
  readonly kind: 'missing' | 'type' | 'size' | 'too-many' | 'gone'
}

/** A value of a file field, as the action receives it. */
interface UploadedValue {
  readonly field: string
  /** The number of text fields before it. */
  readonly position: number
  readonly value: StoredFile | string
}

/** A file in the storage. */
interface Stored extends KeptFile {
  readonly field: string
  readonly position: number
  /** Whether it came with an earlier submission. */
  readonly kept: boolean
  /** Whether the visitor has removed it or has chosen another file in its place. */
  replaced: boolean
}

/** A kept file as a page shows it. */
export interface ShownFile extends KeptFile {
  readonly field: string
}

/**
 * The files of one submission. They stay in the storage until both the action and the answer have ended. When the visitor
 * has to correct the form, they stay longer, and the next submission refers to them.
 */
export class Uploads {
  readonly problems: FileProblem[] = []
  readonly #rules: FileRules
  readonly #storage: FileStorage | undefined
  readonly #stored: Stored[] = []
  readonly #values: UploadedValue[] = []
  readonly #arrived = new Set<string>()
  readonly #res: ServerResponse
  /** How many of the two, the action and the answer, have not ended yet. */
  #holders = 2
  #outcome: Outcome['kind'] = 'failed'

  constructor(rules: FileRules, storage: FileStorage | undefined, res: ServerResponse) {
    this.#rules = rules
    this.#storage = storage
    this.#res = res
    const release = () => this.#release()
    if (hasLeft(res)) release()
    else res.once('close', release)
  }

  /** The values of the file fields, in the order of the body. */
  get values(): readonly UploadedValue[] {
    return this.#values.sort((a, b) => a.position - b.position)
  }

  /** The kept files that a page shows. */
  get shown(): readonly ShownFile[] {
    return this.#stored.filter((file) => this.#staysAfter(file, true))
  }

  /** Records a file that has been stored. */
  async stored(field: string, position: number, file: KeptFile): Promise<void> {
    this.#stored.push({ ...file, field, position, kept: false, replaced: false })
    // The client disconnected while the last bytes were written.
    if (this.#holders === 0) await this.#remove(file)
  }

  /** Drops a stored file that is not needed. */
  async drop(id: string): Promise<void> {
    const at = this.#stored.findIndex((file) => file.id === id)
    if (at !== -1) this.#stored.splice(at, 1)
    await this.#remove({ id })
  }

  /** Records that a file has arrived, and the value that the action receives for it, if any. */
  arrived(field: string, position: number, value: StoredFile | string | undefined): void {
    this.#arrived.add(field)
    if (value !== undefined) this.#values.push({ field, position, value })
  }

  /**
   * Loads the kept files that the form refers to.
   *
   * @param open opens a reference, or returns `undefined` when it is not valid for this form
   */
  async refer(
    { references, dropped }: KeptFields,
    open: (reference: KeptReference) => KeptFile | undefined,
  ): Promise<void> {
    const fresh = new Set(this.#stored.map(({ field }) => field))
    const kept: Stored[] = []
    const values: UploadedValue[] = []
    for (const reference of references) {
      const { field, position } = reference
      const superseded = fresh.has(field) && this.#rules.get(field)?.maxFiles === 1
      const file = open(reference)
      if (file && kept.some(({ id }) => id === file.id)) continue
      const unwanted = file && dropped.some((drop) => drop.field === field && drop.mark === markOf(file))
      const replaced = superseded || unwanted === true
      const value = file && this.#storage && !replaced ? await openStored(this.#storage, file) : undefined
      if (file && (replaced || value)) kept.push({ ...file, field, position, kept: true, replaced })
      else if (!superseded) this.problems.push({ field, kind: 'gone' })
      if (value) {
        values.push({ field, position, value })
        this.#arrived.add(field)
      }
    }
    // Files of earlier submissions come first.
    this.#stored.unshift(...kept)
    this.#values.unshift(...values)
  }

  /** Whether a file of this field has arrived, or was kept, and its consumer has taken it. */
  hasArrived(field: string): boolean {
    return this.#arrived.has(field)
  }

  /** Checks how many files the fields have, after all files have arrived. */
  judge(rules: FileRules): readonly FileProblem[] {
    const counts = new Map<string, number>()
    for (const { field } of this.#values) counts.set(field, (counts.get(field) ?? 0) + 1)
    const problems: FileProblem[] = []
    for (const { field, required, maxFiles } of rules.values()) {
      if (this.problems.some((problem) => problem.field === field)) continue
      if ((counts.get(field) ?? 0) > maxFiles) problems.push({ field, kind: 'too-many' })
      else if (required && !this.#arrived.has(field)) problems.push({ field, kind: 'missing' })
    }
    return problems
  }

  /** Records that the action has ended, or will not run. */
  conclude(outcome: Outcome['kind']): void {
    this.#outcome = outcome
    this.#release()
  }

  #release(): void {
    if (--this.#holders > 0) return
    for (const file of this.#stored) {
      if (!this.#staysAfter(file, isTaken(this.#res))) void this.#remove(file)
    }
  }

  /**
   * Tells whether a file stays in the storage. A new file stays when the visitor has to correct the form and has received
   * the answer. A kept file stays until the action has succeeded.
   */
  #staysAfter({ kept, replaced }: Stored, answered: boolean): boolean {
    if (this.#outcome === 'invalid') return answered ? !replaced : kept
    return kept && this.#outcome !== 'done' && this.#outcome !== 'redirect'
  }

  /** Removes a file. When that fails, a later sweep removes it. */
  async #remove(file: Pick<KeptFile, 'id' | 'pieces'>): Promise<void> {
    if (this.#storage) await removeContent(this.#storage, file).catch(() => {})
  }
}

/** Returns the mark of a kept file, which its "remove" checkbox sends. */
export function markOf({ id }: Pick<KeptFile, 'id'>): string {
  return id.slice(0, 8)
}
