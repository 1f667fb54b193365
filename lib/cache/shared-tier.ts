/**
 * Holds what the caches of several servers share: a key-value store whose entries expire, and messages to all
 * listeners. A tier belongs to one app. Where the store has other tenants, the tier adds a prefix to its keys and
 * channels.
 *
 * A method that cannot do its work rejects. The cache then goes on alone on this server. So a tier does not hide
 * faults, does not repeat commands and needs no time-outs: the cache stops waiting for an answer after half a second.
 */
export interface SharedTier {
  /** Gives the text of a key; `undefined` when there is none or its time is over. */
  get(key: string): Promise<string | undefined>
  /**
   * Keeps a text, and replaces an earlier one.
   *
   * @param key printable ASCII, 256 characters at most
   * @param ttl seconds, more than 0 and not always whole, after which the text is gone
   */
  set(key: string, text: string, ttl: number): Promise<void>
  /** Removes a key. Does nothing when there is none. */
  delete(key: string): Promise<void>
  /** Sends a message to every listener of every server. The sender may hear it or not. */
  publish(message: string): Promise<void>
  /**
   * Hears all messages from the moment at which the promise is fulfilled. When the connection for messages is lost, the
   * tier opens a new one and then calls `interrupted`, since messages may have been missed.
   *
   * @returns stops listening
   */
  subscribe(listener: SharedTierListener): Promise<() => Promise<void>>
}

/** The methods that a tier calls. Neither throws. */
export interface SharedTierListener {
  message(message: string): void
  /** Messages may have been lost since the last one. */
  interrupted(): void
}
