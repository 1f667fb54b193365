import { SealformError } from '../base/errors.js'
import { type FileStorage, isFileId, type ListedFile, type StoredContent } from '../files/file-storage.js'
import { splitContent } from '../files/split-content.js'
import { codeOf, storageError } from '../files/storage-error.js'
import { isFull, type RedisConnection, type ScriptCall, script } from './connection.js'

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
 * Notes in the list of all files that the first key is one of them: how many bytes it has, and when it expires. Redis expires no
 * single field of a hash before version 7.4, so the list forgets expired files when it is read. Needs `id`, `size` and `keep`.
 */
const note = `
local now = redis.call('TIME')
local expiry = now[1] * 1000 + math.floor(now[2] / 1000) + keep
redis.call('HSET', KEYS[2], id, size .. ':' .. string.format('%.0f', expiry))
redis.call('PEXPIRE', KEYS[2], keep)
`

/**
 * Stores a piece of a file. A file is a hash: its pieces by number, and `size` when it is complete. Arguments: number,
 * piece, milliseconds to keep, `1` with the last piece, the size so far, and the id.
 */
const putScript = script(`
local keep, size, id = tonumber(ARGV[3]), ARGV[5], ARGV[6]
local exists = redis.call('EXISTS', KEYS[1]) == 1
if ARGV[1] == '0' and exists then return 'taken' end
if ARGV[1] ~= '0' and not exists then return 'gone' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'size', size) end
redis.call('PEXPIRE', KEYS[1], keep)
${note}
return 'stored'
`)

/** Returns the size of a file and renews its expiry. Arguments: milliseconds to keep from now on, and the id. */
const sizeScript = script(`
local size = redis.call('HGET', KEYS[1], 'size')
if not size then return size end
local keep, id = tonumber(ARGV[1]), ARGV[2]
redis.call('PEXPIRE', KEYS[1], keep)
${note}
return size
`)

/** Removes a file. Argument: the id. */
const removeScript = script(`
redis.call('UNLINK', KEYS[1])
redis.call('HDEL', KEYS[2], ARGV[1])
`)

/** Returns the ids and sizes of all files, and forgets those that have expired. */
const listScript = script(`
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local listed = {}
for i = 1, #all, 2 do
  local size, expiry = string.match(all[i + 1], '^(%d+):(%d+)$')
  if tonumber(expiry) > ms then
    listed[#listed + 1] = all[i]
    listed[#listed + 1] = size
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return listed
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
        await this.#putPiece(id, [String(number++), piece, this.#keep, last ? '1' : '', String(size), id])
      }
    } catch (error) {
      // If removing fails too, the pieces expire by themselves.
      if (codeOf(error) !== 'EEXIST') await this.remove(id).catch(() => {})
      throw error
    }
  }

  async open(id: string): Promise<StoredContent | undefined> {
    if (!isFileId(id)) return undefined
    const call = { script: sizeScript, ...this.#keys(id), args: [this.#keep, id] }
    const size = await this.#run(call)
    if (size === null) return undefined
    return { size: Number(size), stream: () => this.#stream(id, Number(size)) }
  }

  async remove(id: string): Promise<void> {
    if (isFileId(id)) await this.#run({ script: removeScript, ...this.#keys(id), args: [id] })
  }

  /** Checks that files live long enough. It has no file to remove, since every file expires by itself, and only tidies their list. */
  async sweep(olderThan: Date): Promise<number> {
    await this.#listed()
    const age = Date.now() - olderThan.getTime()
    if (age <= this.#options.keep) return 0
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `redisFiles({ keep }) is ${Math.round(this.#options.keep / 60_000)} minutes, but files are needed for ` +
        `${Math.round(age / 60_000)}. Set it to ten minutes more than createActions({ uploads: { keep } }).`,
    )
  }

  async *list(): AsyncGenerator<ListedFile> {
    const listed = await this.#listed()
    for (let i = 0; i < listed.length; i += 2) yield { id: String(listed[i]), size: Number(listed[i + 1]) }
  }

  async #listed(): Promise<readonly unknown[]> {
    const listed = await this.#run({ script: listScript, key: this.#index, args: [] })
    return Array.isArray(listed) ? listed : []
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
    const reply = await this.#run({ script: putScript, ...this.#keys(id), args })
    if (reply === 'taken') throw storageError('EEXIST', 'There is already a file with this id.')
    if (reply !== 'stored') throw storageError('ENOENT', 'Redis has lost the beginning of the file.')
  }

  #run(call: ScriptCall): Promise<unknown> {
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

  #keys(id: string) {
    return { key: this.#key(id), secondKey: this.#index }
  }

  get #index(): string {
    return `${this.#options.prefix}files`
  }

  #key(id: string): string {
    return `${this.#options.prefix}file:${id}`
  }
}
