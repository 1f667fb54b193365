import type { ServerResponse } from 'node:http'
import { hasLeft, isTaken } from '../base/visitor-left.js'
import type { KeptFields, KeptReference } from '../body/reading.js'
import type { Outcome } from '../outcome/outcome.js'
import type { FileRules } from './file-rules.js'
import type { FileStorage } from './file-storage.js'
import type { KeptFile } from './kept-file-token.js'
import { type StoredFile, storedFile } from './stored-file.js'

/** What is wrong with the files of a field, beyond what refuses the whole submission. */
export interface FileProblem {
  readonly field: string
  readonly kind: 'missing' | 'type' | 'too-many' | 'gone'
}

/** What an action finds under the name of a file field. */
export interface UploadedValue {
  readonly field: string
  /** How many text fields came before it. */
  readonly position: number
  readonly value: StoredFile | string
}

/** A file that lies in the storage. */
interface Stored extends KeptFile {
  readonly field: string
  readonly position: number
  /** It came with an earlier submission. */
  readonly kept: boolean
  /** The visitor has removed it, or has chosen another in its place. */
  replaced: boolean
}

/** A kept file as a page shows it. */
export interface ShownFile extends KeptFile {
  readonly field: string
}

/**
 * What one submission has brought of files. They stay until both the action and the answer are over, and longer only
 * when the visitor has to correct something: then the next submission refers to them.
 */
export class Uploads {
  readonly problems: FileProblem[] = []
  readonly #rules: FileRules
  readonly #storage: FileStorage | undefined
  readonly #stored: Stored[] = []
  readonly #values: UploadedValue[] = []
  readonly #arrived = new Set<string>()
  readonly #res: ServerResponse
  /** The action and the answer. */
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

  /** In the order of the body. */
  get values(): readonly UploadedValue[] {
    return this.#values.sort((a, b) => a.position - b.position)
  }

  /** What a page offers again. */
  get shown(): readonly ShownFile[] {
    return this.#stored.filter((file) => this.#staysAfter(file, true))
  }

  /** A file has been stored under this id. */
  async stored(field: string, position: number, file: KeptFile): Promise<void> {
    this.#stored.push({ ...file, field, position, kept: false, replaced: false })
    // The client left while the last bytes were written.
    if (this.#holders === 0) await this.#remove(file.id)
  }

  /** A stored file is of no use after all. */
  async drop(id: string): Promise<void> {
    const at = this.#stored.findIndex((file) => file.id === id)
    if (at !== -1) this.#stored.splice(at, 1)
    await this.#remove(id)
  }

  /** A file has arrived, whoever has it now, and this is what the action gets of it. */
  arrived(field: string, position: number, value: StoredFile | string | undefined): void {
    this.#arrived.add(field)
    if (value !== undefined) this.#values.push({ field, position, value })
  }

  /**
   * Brings in the files that the form refers to.
   *
   * @param open gives what a reference stands for, when it is good for this form
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
      const content = file && !replaced ? await this.#storage?.open(file.id) : undefined
      if (file && (replaced || content)) kept.push({ ...file, field, position, kept: true, replaced })
      else if (!superseded) this.problems.push({ field, kind: 'gone' })
      if (file && content && this.#storage) {
        values.push({ field, position, value: storedFile(this.#storage, content, file) })
        this.#arrived.add(field)
      }
    }
    // What was there first comes first.
    this.#stored.unshift(...kept)
    this.#values.unshift(...values)
  }

  /** Holds the fields against what the action asks of them, once all files are there. */
  judge(): void {
    const counts = new Map<string, number>()
    for (const { field } of this.#values) counts.set(field, (counts.get(field) ?? 0) + 1)
    for (const { field, required, maxFiles } of this.#rules.values()) {
      if (this.problems.some((problem) => problem.field === field)) continue
      if ((counts.get(field) ?? 0) > maxFiles) this.problems.push({ field, kind: 'too-many' })
      else if (required && !this.#arrived.has(field)) this.problems.push({ field, kind: 'missing' })
    }
  }

  /** The action is over, or will not run. */
  conclude(outcome: Outcome['kind']): void {
    this.#outcome = outcome
    this.#release()
  }

  #release(): void {
    if (--this.#holders > 0) return
    for (const file of this.#stored) {
      if (!this.#staysAfter(file, isTaken(this.#res))) void this.#remove(file.id)
    }
  }

  /**
   * What was sent stays when the visitor has to correct something, and has been told; what was kept before stays until
   * the action is done.
   */
  #staysAfter({ kept, replaced }: Stored, told: boolean): boolean {
    if (this.#outcome === 'invalid') return told ? !replaced : kept
    return kept && this.#outcome !== 'done' && this.#outcome !== 'redirect'
  }

  /** What cannot be removed now is swept later. */
  async #remove(id: string): Promise<void> {
    await this.#storage?.remove(id).catch(() => {})
  }
}

/** What stands for a kept file in the choice to remove it. */
export function markOf({ id }: Pick<KeptFile, 'id'>): string {
  return id.slice(0, 8)
}
