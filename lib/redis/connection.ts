import { createHash } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import type { RedisClient } from './client.js'
import { RedisMessages } from './messages.js'

/** A Lua program that Redis runs atomically. Redis caches programs under their hash. */
export interface Script {
  readonly source: string
  readonly hash: string
}

/** A run of a script: on one key or two, with arguments. */
export interface ScriptCall {
  readonly script: Script
  readonly key: string
  /** @default none */
  readonly secondKey?: string
  readonly args: readonly (string | Buffer)[]
}

export function script(source: string): Script {
  return { source, hash: createHash('sha1').update(source).digest('hex') }
}

/** The error for a command that never left this process, so it had no effect. */
export class NotSent extends Error {
  override readonly name = 'RedisNotSent'
}

/** Whether Redis takes no more data, by its setting `maxmemory` with the policy `noeviction`. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('OOM')
}

interface CommandOptions {
  /** Milliseconds. */
  readonly timeout: number
  /** Whether the reply is bytes and not text. @default false */
  readonly bytes?: boolean
}

/**
 * How many commands may be overdue. When Redis has stopped, further commands would only wait behind them in the memory
 * of this process.
 */
const maxOverdue = 100

/**
 * The connection for everything that Sealform does with an app's client. By default, the official client queues
 * commands while it is not connected, and waits for replies without a limit. Here every command ends within its
 * timeout, independent of the client's settings.
 */
export class RedisConnection {
  readonly messages: RedisMessages
  readonly #client: RedisClient
  readonly #readyListeners = new Set<() => void>()
  #overdue = 0

  /**
   * Returns the connection of a client. There is one for each client.
   *
   * @throws SealformError `ERR_OPTION_INVALID` when it is not a client of the package redis
   */
  static of(client: RedisClient, where: string): RedisConnection {
    if (typeof client?.sendCommand !== 'function' || typeof client.duplicate !== 'function') {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `${where} needs a client from createClient() of the package redis.`,
      )
    }
    const known = connections.get(client)
    if (known) return known
    const connection = new RedisConnection(client)
    connections.set(client, connection)
    return connection
  }

  private constructor(client: RedisClient) {
    this.#client = client
    this.messages = new RedisMessages(client)
    client.on('error', (reason) => this.#noteError(reason))
    client.on('ready', () => {
      for (const listener of this.#readyListeners) listener()
    })
  }

  get isReady(): boolean {
    return this.#client.isReady
  }

  /** Calls the listener each time that the client has connected. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener)
  }

  /**
   * Sends a command.
   *
   * @throws NotSent when Redis is not connected or has too many overdue commands
   */
  async command(args: readonly (string | Buffer)[], options: CommandOptions): Promise<unknown> {
    if (!this.#client.isReady) {
      throw new NotSent(
        this.#client.isOpen
          ? 'Redis is not connected at the moment. The client reconnects by itself.'
          : 'The Redis client is not connected. Call await client.connect() when the app starts.',
      )
    }
    if (this.#overdue >= maxOverdue) {
      throw new NotSent(`Redis has not answered ${this.#overdue} commands.`)
    }
    const reply = this.#client.sendCommand(args, options.bytes ? bytesReply : textReply)
    return this.#limitTime(reply, options.timeout)
  }

  /** Runs a script. */
  async run({ script, key, secondKey, args }: ScriptCall, options: CommandOptions): Promise<unknown> {
    const operands = secondKey === undefined ? ['1', key, ...args] : ['2', key, secondKey, ...args]
    try {
      return await this.command(['EVALSHA', script.hash, ...operands], options)
    } catch (error) {
      // Redis forgets scripts when it restarts, and a replica that takes over may not have them.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return this.command(['EVAL', script.source, ...operands], options)
    }
  }

  #limitTime(answer: Promise<unknown>, timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        this.#overdue++
        reject(new Error(`Redis did not answer within ${timeout} ms.`))
      }, timeout).unref()
      const answered = () => {
        if (late) this.#overdue--
        else clearTimeout(timer)
      }
      answer.then(
        (reply) => {
          answered()
          resolve(reply)
        },
        (error) => {
          answered()
          reject(error)
        },
      )
    })
  }

  /** Warns when the app has no listener. Without the listener of this class, the error would have ended the process. */
  #noteError(reason: unknown): void {
    if (this.#client.listenerCount('error') > 1) return
    process.emitWarning(
      `The connection to Redis has an error: ${reason instanceof Error ? reason.message : String(reason)}. ` +
        "Handle such errors with client.on('error', …).",
      'SealformWarning',
    )
  }
}

const connections = new WeakMap<RedisClient, RedisConnection>()

/**
 * Turns off the client's own options for all commands. Its timeout, 5 s in version 6, creates a signal for each
 * command, and an error when the signal fires, long after the reply: together more work than the command itself.
 */
const ownOptions = { timeout: undefined, abortSignal: undefined }

/** Type mappings of the client. Its reply types are numbers: 36 is a string of bytes. */
const textReply = { ...ownOptions, typeMapping: {} }
const bytesReply = { ...ownOptions, typeMapping: { 36: Buffer } }
