/**
 * Where the caches of several servers keep what they share: a key-value store whose entries expire, and messages to all
 * who listen. A tier belongs to one app; a prefix for its keys and channels, where the store has other tenants, is the
 * tier's own affair.
 *
 * A method that cannot do its work rejects. The cache then goes on with what this server can do alone, so a tier need
 * not hide faults, repeat anything or keep times: the cache stops waiting for an answer after a while.
 */
export interface SharedTier {
  /** The text that was set under a key; `undefined` when there is none or its time is over. */
  get(key: string): Promise<string | undefined>
  /**
   * Keeps a text, in the place of an earlier one.
   *
   * @param key printable ASCII, 256 characters at most
   * @param ttl seconds, more than 0 and not always whole, after which the text is gone
   */
  set(key: string, text: string, ttl: number): Promise<void>
  /** Forgets a key. Does nothing when there is none. */
  delete(key: string): Promise<void>
  /** Sends a message to every listener of every server; whether the sender hears it, too, does not matter. */
  publish(message: string): Promise<void>
  /**
   * Hears all messages from the time on at which the promise is fulfilled. Whoever loses the connection for messages
   * makes a new one by itself and then calls `interrupted`, since messages may have been missed.
   *
   * @returns stops listening
   */
  subscribe(listener: SharedTierListener): Promise<() => Promise<void>>
}

/** What a tier calls. Neither method throws. */
export interface SharedTierListener {
  message(message: string): void
  /** Messages may have been lost since the last one. */
  interrupted(): void
}
