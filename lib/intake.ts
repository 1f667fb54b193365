import type { IncomingMessage } from 'node:http'

/** What to do after a chunk: read on, read on for a second at most, or read no more. */
export type Appetite = 'more' | 'hurry' | 'stop'

/** Why reading ended. */
export type IntakeEnd = 'end' | 'stopped' | 'aborted' | 'body-time' | 'idle-time'

export interface IntakeTimes {
  /** Seconds. */
  readonly bodyTime: number
  /** Seconds. */
  readonly idleTime: number
  /** The submission is already refused: one second in all. */
  readonly hurry: boolean
}

const hurryTime = 1

/**
 * Reads what is still to come of a request. Settles however the client behaves, and leaves no listener and no timer;
 * when it stops before the end, the request is paused.
 */
export function readOn(
  req: IncomingMessage,
  times: IntakeTimes,
  take: (chunk: Buffer) => Appetite,
): Promise<IntakeEnd> {
  return new Promise((resolve) => {
    if (req.readableEnded) return resolve('end')
    if (req.destroyed) return resolve('aborted')

    let hurrying = false
    let total = timer(times.bodyTime, 'body-time')
    const idle = timer(times.idleTime, 'idle-time')
    if (times.hurry) hurry()
    req.on('data', onData)
    req.on('end', onEnd)
    req.on('error', onError)
    req.on('close', onClose)
    req.resume()

    function onData(chunk: Buffer): void {
      idle.refresh()
      const appetite = take(chunk)
      if (appetite === 'stop') {
        req.pause()
        settle('stopped')
      } else if (appetite === 'hurry') hurry()
    }

    function onEnd(): void {
      settle('end')
    }

    // An aborted request emits an error, and then is closed; without a listener it would be thrown.
    function onError(): void {
      settle('aborted')
    }

    function onClose(): void {
      settle('aborted')
    }

    function hurry(): void {
      if (hurrying) return
      hurrying = true
      clearTimeout(total)
      total = timer(Math.min(hurryTime, times.bodyTime), 'stopped')
    }

    function timer(seconds: number, end: IntakeEnd): NodeJS.Timeout {
      return setTimeout(() => {
        req.pause()
        settle(end)
      }, seconds * 1000).unref()
    }

    function settle(end: IntakeEnd): void {
      clearTimeout(total)
      clearTimeout(idle)
      req.off('data', onData)
      req.off('end', onEnd)
      req.off('error', onError)
      req.off('close', onClose)
      resolve(end)
    }
  })
}
