import { SealformError } from '../base/errors.js'
import type { FileStorage, ListedFile, StoredContent } from './file-storage.js'
import { describeQuota, type Quota } from './quota.js'
import { storageError } from './storage-error.js'

/** A file that this process has put into the storage. */
interface OwnFile {
  size: number
  complete: boolean
}

/**
 * A storage that holds no more than a quota. What this process stores is counted byte by byte. What other servers have stored is known
 * from a list of the storage, and looked at once more when a file is complete: were it too much then, the file is removed. So files
 * that are complete are never more than the quota, whatever the servers do at the same time.
 */
export class QuotaStorage implements FileStorage {
  readonly path?: (id: string) => string
  readonly list: () => AsyncIterable<ListedFile>
  readonly #storage: FileStorage
  readonly #quota: Quota
  readonly #own = new Map<string, OwnFile>()
  #ownSize = 0
  /** What others have stored, as of the last look. */
  #others: { readonly size: number; readonly files: number } | undefined
  #looking: Promise<void> | undefined
  #nextLook: Promise<void> | undefined

  /** @throws SealformError `ERR_OPTION_INVALID` when the storage cannot list its files */
  constructor(storage: FileStorage, quota: Quota) {
    const { list, path } = storage
    if (!list) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        'createActions({ uploads: { quota } }) needs a storage with the method list().',
      )
    }
    this.list = () => list.call(storage)
    this.#storage = storage
    this.#quota = quota
    if (path) this.path = (id) => path.call(storage, id)
  }

  async put(id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.#others) await this.#look()
    // One that is there already is not ours to forget.
    if (this.#own.has(id)) return this.#storage.put(id, content)
    const file: OwnFile = { size: 0, complete: false }
    await this.#reserve(0, 1, () => this.#own.set(id, file))
    try {
      await this.#storage.put(id, this.#counted(file, content))
    } catch (error) {
      this.#forget(id)
      throw error
    }
    file.complete = true
    try {
      await this.#look()
      if (!this.#fits(0, 0)) throw this.#full()
    } catch (error) {
      // What cannot be removed now is swept later.
      await this.remove(id).catch(() => {})
      throw error
    }
  }

  open(id: string): Promise<StoredContent | undefined> {
    return this.#storage.open(id)
  }

  async remove(id: string): Promise<void> {
    await this.#storage.remove(id)
    this.#forget(id)
  }

  sweep(olderThan: Date): Promise<number> {
    return this.#storage.sweep(olderThan)
  }

  async *#counted(file: OwnFile, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      await this.#reserve(piece.length, 0, () => {
        file.size += piece.length
        this.#ownSize += piece.length
      })
      yield piece
    }
  }

  /** Takes room at the moment in which there is enough. Others may have removed files since the last look. */
  async #reserve(size: number, files: number, take: () => void): Promise<void> {
    if (!this.#fits(size, files)) {
      await this.#look()
      if (!this.#fits(size, files)) throw this.#full()
    }
    take()
  }

  #fits(size: number, files: number): boolean {
    const others = this.#others ?? { size: 0, files: 0 }
    return (
      others.size + this.#ownSize + size <= this.#quota.size &&
      others.files + this.#own.size + files <= this.#quota.files
    )
  }

  #forget(id: string): void {
    this.#ownSize -= this.#own.get(id)?.size ?? 0
    this.#own.delete(id)
  }

  #full(): Error {
    return storageError('EDQUOT', describeQuota(this.#quota))
  }

  /** Lists the storage, beginning no sooner than now. Those who ask while a list is being read share the next one. */
  #look(): Promise<void> {
    this.#nextLook ??= (this.#looking ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        this.#looking = this.#nextLook
        this.#nextLook = undefined
        return this.#list()
      })
    return this.#nextLook
  }

  async #list(): Promise<void> {
    // What is removed or completed while the list is read may stand in it or not. We know better.
    const before = new Map([...this.#own].map(([id, { complete }]) => [id, complete]))
    const seen = new Set<string>()
    let size = 0
    let files = 0
    for await (const listed of this.list()) {
      seen.add(listed.id)
      if (before.has(listed.id) || this.#own.has(listed.id)) continue
      size += listed.size
      files++
    }
    this.#others = { size, files }
    // Swept, or removed by another server that has shown the form.
    for (const [id, complete] of before) if (complete && !seen.has(id)) this.#forget(id)
  }
}
