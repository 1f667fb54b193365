import type { IncomingMessage } from 'node:http'
import type { Shutdown } from '../base/shutdown.js'
import type { Consumer } from './reading.js'

/** What to do after a chunk: read on, read on for a second at most, or read no more. */
export type Demand = 'more' | 'hurry' | 'stop'

/**
 * Why reading ended; `stalled` when the consumer of the files has taken nothing for too long, `last-call` when the
 * process is about to end.
 */
export type ReadingEnd = 'end' | 'stopped' | 'aborted' | 'body-time' | 'idle-time' | 'stalled' | 'shutdown'

export interface ReadingTimes {
  /** Seconds. */
  readonly bodyTime: number
  /** Seconds. */
  readonly idleTime: number
  /** The submission is already refused: one second in all. */
  readonly hurry: boolean
  readonly shutdown: Shutdown | undefined
}

const hurryTime = 1

/** Bytes per second that the files of a request may take without using up its time: a slow mobile line has more. */
const slowestUpload = 8 * 1024

/**
 * Reads what is still to come of a request. Settles however the client behaves, and leaves no listener and no timer;
 * when it stops before the end, the request is paused.
 */
export function readRequest(
  req: IncomingMessage,
  times: ReadingTimes,
  take: (chunk: Buffer) => Demand,
  consumer?: Consumer,
): Promise<ReadingEnd> {
  return new Promise((resolve) => {
    if (req.readableEnded) return resolve('end')
    if (req.destroyed) return resolve('aborted')
    const { shutdown } = times
    if (shutdown?.over) return resolve('shutdown')

    const started = performance.now()
    let pausedAt = 0
    let paused = 0
    let hurrying = false
    let total = timer(times.bodyTime, outOfTime)
    const idle = timer(times.idleTime, () => stop(pausedAt > 0 ? 'stalled' : 'idle-time'))
    const forget = shutdown?.onOver(() => stop('shutdown'))
    if (times.hurry) hurry()
    req.on('data', onData)
    req.on('end', onEnd)
    req.on('error', onError)
    req.on('close', onClose)
    if (consumer) {
      consumer.onProgress = onProgress
      if (consumer.behind) pause()
      else req.resume()
    } else req.resume()

    function onData(chunk: Buffer): void {
      idle.refresh()
      const demand = take(chunk)
      if (demand === 'stop') stop('stopped')
      else if (demand === 'hurry') hurry()
      if (consumer?.behind && demand !== 'stop') pause()
    }

    function onProgress(): void {
      idle.refresh()
      if (pausedAt === 0 || consumer?.behind) return
      paused += performance.now() - pausedAt
      pausedAt = 0
      req.resume()
    }

    function pause(): void {
      if (pausedAt > 0) return
      pausedAt = performance.now()
      req.pause()
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
      total = timer(Math.min(hurryTime, times.bodyTime), () => stop('stopped'))
    }

    /** Files that come in, and the time for which we let the client wait, make the time longer. */
    function outOfTime(): void {
      const now = performance.now()
      const waited = paused + (pausedAt > 0 ? now - pausedAt : 0)
      const allowed = times.bodyTime + waited / 1000 + (consumer?.taken ?? 0) / slowestUpload
      const left = consumer ? allowed - (now - started) / 1000 : 0
      if (left <= 0) stop('body-time')
      else total = timer(Math.min(left, longestTimer), outOfTime)
    }

    function stop(end: ReadingEnd): void {
      req.pause()
      settle(end)
    }

    function settle(end: ReadingEnd): void {
      clearTimeout(total)
      clearTimeout(idle)
      forget?.()
      if (consumer) consumer.onProgress = undefined
      req.off('data', onData)
      req.off('end', onEnd)
      req.off('error', onError)
      req.off('close', onClose)
      resolve(end)
    }
  })
}

/** Seconds; Node turns a longer timer into one of 1 ms. */
const longestTimer = Math.floor(0x7fff_ffff / 1000)

function timer(seconds: number, onTime: () => void): NodeJS.Timeout {
  return setTimeout(onTime, seconds * 1000).unref()
}
