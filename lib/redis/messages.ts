import type { RedisClient } from './client.js'

interface MessageListener {
  message(message: string): void
  /** Called after a break in the connection: messages may have been lost. */
  interrupted(): void
}

interface Channel {
  readonly name: string
  readonly listeners: Set<MessageListener>
  readonly deliver: (message: string) => void
  subscribed: Promise<void> | undefined
}

/** Milliseconds until a new connection replaces one that the client has given up. */
const reopenAfter = 1000

/**
 * Receives messages from other servers on a second connection. It opens with the first listener and closes with the
 * app's own client. All listeners of a channel share one subscription.
 */
export class RedisMessages {
  readonly #client: RedisClient
  readonly #channels = new Map<string, Channel>()
  #opened: Promise<RedisClient> | undefined
  #subscriber: RedisClient | undefined
  /** Whether the app has closed its client. Before the first `connect()` it is only not open yet. */
  #ended = false

  constructor(client: RedisClient) {
    this.#client = client
    client.on('end', () => void this.#close())
    client.on('ready', () => {
      this.#ended = false
      if (this.#channels.size > 0) this.#resume()
    })
  }

  /**
   * Subscribes to a channel. Resolves when the subscription works; while Redis is down, this can take any time.
   *
   * @returns a function that stops listening
   * @throws Error when the app has closed its client
   */
  async listen(name: string, listener: MessageListener): Promise<() => Promise<void>> {
    const channel = this.#channel(name)
    channel.listeners.add(listener)
    try {
      await this.#hear(channel)
    } catch (error) {
      channel.listeners.delete(listener)
      throw error
    }
    return async () => {
      channel.listeners.delete(listener)
      if (channel.listeners.size > 0 || this.#channels.get(name) !== channel) return
      this.#channels.delete(name)
      const subscriber = await this.#opened?.catch(() => undefined)
      if (subscriber?.isReady) await subscriber.unsubscribe(name, channel.deliver)
    }
  }

  #channel(name: string): Channel {
    const known = this.#channels.get(name)
    if (known) return known
    const listeners = new Set<MessageListener>()
    const deliver = (message: string) => {
      for (const listener of listeners) listener.message(message)
    }
    const channel: Channel = { name, listeners, deliver, subscribed: undefined }
    this.#channels.set(name, channel)
    return channel
  }

  async #hear(channel: Channel): Promise<void> {
    const subscriber = await this.#open()
    channel.subscribed ??= subscriber.subscribe(channel.name, channel.deliver)
    try {
      await channel.subscribed
    } catch (error) {
      channel.subscribed = undefined
      throw error
    }
  }

  #open(): Promise<RedisClient> {
    if (this.#opened) return this.#opened
    if (this.#ended) return Promise.reject(new Error('The app has closed its Redis client.'))
    const opened = this.#connect().catch((error) => {
      if (this.#opened === opened) this.#forget()
      throw error
    })
    this.#opened = opened
    return opened
  }

  async #connect(): Promise<RedisClient> {
    const subscriber = this.#client.duplicate()
    let connected = false
    subscriber.on('error', () => {
      // The app learns about errors from its own client. A client that gives up after some attempts is closed.
      if (connected && !subscriber.isOpen) this.#reopen(subscriber)
    })
    subscriber.on('ready', () => {
      // The client has renewed its subscriptions by itself.
      if (connected) this.#interrupted()
      connected = true
    })
    this.#subscriber = subscriber
    await subscriber.connect()
    if (this.#ended) {
      // It was destroyed while it connected, and has a connection all the same.
      subscriber.destroy()
      throw new Error('The app has closed its Redis client.')
    }
    return subscriber
  }

  #reopen(subscriber: RedisClient): void {
    if (this.#subscriber !== subscriber) return
    this.#forget()
    setTimeout(() => this.#resume(), reopenAfter).unref()
  }

  /** Opens a new second connection and subscribes all listeners again. */
  #resume(): void {
    if (this.#opened || !this.#client.isOpen) return
    const hearing = [...this.#channels.values()].map((channel) => this.#hear(channel))
    Promise.all(hearing).then(
      () => this.#interrupted(),
      () => setTimeout(() => this.#resume(), reopenAfter).unref(),
    )
  }

  #interrupted(): void {
    for (const { listeners } of this.#channels.values()) {
      for (const listener of listeners) listener.interrupted()
    }
  }

  #close(): void {
    this.#ended = true
    const subscriber = this.#subscriber
    this.#forget()
    if (subscriber?.isOpen) subscriber.destroy()
  }

  #forget(): void {
    this.#subscriber = undefined
    this.#opened = undefined
    for (const channel of this.#channels.values()) channel.subscribed = undefined
  }
}
