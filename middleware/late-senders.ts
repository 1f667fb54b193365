import type { Response } from 'express'
import type { WatchedResponse } from './watched-response.js'

/** Methods of Express that write to the response some time after they have returned. `res.download()` uses `sendFile()`. */
const lateSenders = ['sendFile', 'sendfile', 'render'] as const

/** Lets the watch know when one of them is called. */
export function watchLateSenders(res: Response, watched: WatchedResponse): void {
  for (const name of lateSenders) {
    const send = senderOf(res, name)
    if (send) Reflect.set(res, name, sendLater.bind(undefined, { watched, name, send }))
  }
}

interface LateSender {
  readonly watched: WatchedResponse
  readonly name: (typeof lateSenders)[number]
  readonly send: (...args: unknown[]) => unknown
}

/** Returns a method of the response. Express 5 has no `sendfile`. */
function senderOf(res: Response, name: LateSender['name']): LateSender['send'] | undefined {
  const send: unknown = Reflect.get(res, name)
  return typeof send === 'function' ? (...args) => Reflect.apply(send, res, args) : undefined
}

/** Calls a method that writes later, and lets the watch know that an answer has begun. */
function sendLater({ watched, name, send }: LateSender, ...args: unknown[]): unknown {
  const last: unknown = args.at(-1)
  const callback = typeof last === 'function' ? last : undefined
  // With a callback, `render()` passes the text on and sends nothing.
  if (callback && name === 'render') return send(...args)
  const end = watched.expect()
  try {
    if (!callback) return send(...args)
    return send(...args.slice(0, -1), (error?: unknown) => {
      Reflect.apply(callback, undefined, [error])
      end(error)
    })
  } catch (error) {
    end()
    throw error
  }
}
