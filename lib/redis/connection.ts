import { createHash } from 'node:crypto'
import { SealformError } from '../base/errors.js'
import type { RedisClient } from './client.js'
import { RedisMessages } from './messages.js'

/** A program that Redis runs in one step; it remembers those it has seen by their hash. */
export interface Script {
  readonly source: string
  readonly hash: string
}

export function script(source: string): Script {
  return { source, hash: createHash('sha1').update(source).digest('hex') }
}

/** The command never left this process, so that nothing can have come of it. */
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
  /** Gives bytes instead of text. @default false */
  readonly bytes?: boolean
}

/**
 * So many commands may be without an answer after their time. More would only wait behind them in the memory of a
 * process whose Redis has stopped.
 */
const maxOverdue = 100

/**
 * One connection for all that Sealform does with an app's client. The official client keeps commands while it is not
 * connected and waits for answers without an end, unless the app told it otherwise; here every command is answered in
 * its time, whatever the app told it.
 */
export class RedisConnection {
  readonly messages: RedisMessages
  readonly #client: RedisClient
  readonly #readyListeners = new Set<() => void>()
  #overdue = 0

  /** @throws SealformError `ERR_OPTION_INVALID` when it is no client of the package redis */
  static of(client: RedisClient, where: string): RedisConnection {
    if (typeof client?.sendCommand !== 'function' || typeof client.duplicate !== 'function') {
      throw new SealformError(
        'ERR_OPTION_INVALID',
        `${where} takes the client that createClient() of the package redis makes.`,
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

  /** Calls each time when the client has connected, for as long as the client lives. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener)
  }

  /** @throws NotSent when Redis is not connected or has not answered for a while */
  async command(args: readonly (string | Buffer)[], options: CommandOptions): Promise<unknown> {
    if (!this.#client.isReady) {
      throw new NotSent(
        this.#client.isOpen
          ? 'Redis is not connected at the moment; the client tries again by itself.'
          : 'The client of Redis is not connected; await client.connect() when the app starts.',
      )
    }
    if (this.#overdue >= maxOverdue) {
      throw new NotSent(`Redis has left ${this.#overdue} commands without an answer.`)
    }
    const reply = this.#client.sendCommand(args, options.bytes ? bytesReply : textReply)
    return this.#inTime(reply, options.timeout)
  }

  /** Runs a script on one key. @param args the key, then the arguments of the script */
  async run(
    { source, hash }: Script,
    args: readonly [key: string, ...(string | Buffer)[]],
    options: CommandOptions,
  ): Promise<unknown> {
    try {
      return await this.command(['EVALSHA', hash, '1', ...args], options)
    } catch (error) {
      // Redis forgets scripts when it is restarted, and a replica that takes over need not know them.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return this.command(['EVAL', source, '1', ...args], options)
    }
  }

  #inTime(answer: Promise<unknown>, timeout: number): Promise<unknown> {
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

  /** Without a listener of the app's own, the first error of the connection would have ended the process. */
  #noteError(reason: unknown): void {
    if (this.#client.listenerCount('error') > 1) return
    process.emitWarning(
      `The connection to Redis has an error: ${reason instanceof Error ? reason.message : String(reason)}. ` +
        "Listen to it with client.on('error', …).",
      'SealformWarning',
    )
  }
}

const connections = new WeakMap<RedisClient, RedisConnection>()

/**
 * In place of what the app has told its client for all commands. The client's own timeout, 5 s in version 6, makes a signal and, when
 * that goes off, an error for each command, long after it was answered: together more work than the command.
 */
const ownOptions = { timeout: undefined, abortSignal: undefined }

/** The client's names for types of replies are numbers: 36 is a string of bytes. */
const textReply = { ...ownOptions, typeMapping: {} }
const bytesReply = { ...ownOptions, typeMapping: { 36: Buffer } }
