/** The methods that the library uses of a client of the package redis. */
export interface RedisClient {
  readonly isOpen: boolean
  readonly isReady: boolean
  sendCommand(
    args: readonly (string | Buffer)[],
    options?: { readonly typeMapping?: object },
  ): Promise<unknown>
  duplicate(): RedisClient
  connect(): Promise<unknown>
  destroy(): void
  subscribe(channel: string, listener: (message: string) => void): Promise<void>
  unsubscribe(channel: string, listener: (message: string) => void): Promise<void>
  on(event: string, listener: (reason: unknown) => void): unknown
  listenerCount(event: string): number
}
