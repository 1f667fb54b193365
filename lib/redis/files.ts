import { SealformError } from '../base/errors.js'
import { type FileStorage, isFileId, type StoredContent } from '../files/file-storage.js'
import { splitContent } from '../files/split-content.js'
import { codeOf, storageError } from '../files/storage-error.js'
import { isFull, type RedisConnection, script } from './connection.js'

interface RedisFilesOptions {
  readonly prefix: string
  /** Milliseconds. */
  readonly timeout: number
  /** Bytes of one file. */
  readonly maxSize: number
  /** Milliseconds. */
  readonly keep: number
}

/** Bytes of one command. While Redis works on a larger one, all other clients wait longer. */
const pieceSize = 256 * 1024

/**
 * Stores a piece of a file. A file is a hash: its pieces by number, and `size` when it is complete. Arguments: number,
 * piece, milliseconds to keep, and the size with the last piece.
 */
const putScript = script(`
local exists = redis.call('EXISTS', KEYS[1]) == 1
if ARGV[1] == '0' and exists then return 'taken' end
if ARGV[1] ~= '0' and not exists then return 'gone' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'size', ARGV[4]) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 'stored'
`)

/** Returns the size of a file and renews its expiry. Argument: milliseconds to keep from now on. */
const sizeScript = script(`
local size = redis.call('HGET', KEYS[1], 'size')
if size then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return size
`)

/** A storage of files in Redis. */
export class RedisFiles implements FileStorage {
  readonly #redis: RedisConnection
  readonly #options: RedisFilesOptions

  constructor(redis: RedisConnection, options: RedisFilesOptions) {
    this.#redis = redis
    this.#options = options
  }

  async put(id: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (!isFileId(id)) {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        'A file needs an id of 32 lower-case hexadecimal characters. Use one from newFileId().',
      )
    }
    let number = 0
    let size = 0
    try {
      for await (const { piece, last } of splitContent(content, pieceSize)) {
        size += piece.length
        if (size > this.#options.maxSize) throw this.#tooLarge()
        await this.#putPiece(id, [String(number++), piece, this.#keep, last ? String(size) : ''])
      }
    } catch (error) {
      // If removing fails too, the pieces expire by themselves.
      if (codeOf(error) !== 'EEXIST') await this.remove(id).catch(() => {})
      throw error
    }
  }

  async open(id: string): Promise<StoredContent | undefined> {
    if (!isFileId(id)) return undefined
    const call = { script: sizeScript, key: this.#key(id), args: [this.#keep] }
    const size = await this.#run(call)
    if (size === null) return undefined
    return { size: Number(size), stream: () => this.#stream(id, Number(size)) }
  }

  async remove(id: string): Promise<void> {
    if (isFileId(id)) await this.#up(this.#redis.command(['UNLINK', this.#key(id)], this.#options))
  }

  /** Checks that files live long enough. It has nothing to remove, since every file expires by itself. */
  async sweep(olderThan: Date): Promise<number> {
    const age = Date.now() - olderThan.getTime()
    if (age <= this.#options.keep) return 0
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `redisFiles({ keep }) is ${Math.round(this.#options.keep / 60_000)} minutes, but files are needed for ` +
        `${Math.round(age / 60_000)}. Set it to ten minutes more than createActions({ uploads: { keep } }).`,
    )
  }

  /** Fetches one piece after the other, each when the last one was taken. */
  #stream(id: string, size: number): ReadableStream<Uint8Array> {
    let number = 0
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          if (number * pieceSize >= size) return controller.close()
          const command = ['HGET', this.#key(id), String(number++)]
          const piece = await this.#up(this.#redis.command(command, { ...this.#options, bytes: true }))
          if (!Buffer.isBuffer(piece)) throw storageError('ENOENT', 'The file is no longer in Redis.')
          controller.enqueue(piece)
        },
      },
      { highWaterMark: 0 },
    )
  }

  async #putPiece(id: string, args: readonly (string | Buffer)[]): Promise<void> {
    const reply = await this.#run({ script: putScript, key: this.#key(id), args })
    if (reply === 'taken') throw storageError('EEXIST', 'There is already a file with this id.')
    if (reply !== 'stored') throw storageError('ENOENT', 'Redis has lost the beginning of the file.')
  }

  #run(call: Parameters<RedisConnection['run']>[0]): Promise<unknown> {
    return this.#up(this.#redis.run(call, this.#options))
  }

  /** Gives the errors of Redis the codes that all storages have. */
  async #up(answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer
    } catch (error) {
      if (isFull(error)) throw storageError('ENOSPC', 'Redis is full.', error)
      throw storageError('EHOSTDOWN', error instanceof Error ? error.message : String(error), error)
    }
  }

  get #keep(): string {
    return String(this.#options.keep)
  }

  #tooLarge(): Error {
    return storageError(
      'EDQUOT',
      `The file is larger than redisFiles({ maxSize: ${this.#options.maxSize} }).`,
    )
  }

  #key(id: string): string {
    return `${this.#options.prefix}file:${id}`
  }
}
