import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Taken } from '../exchange.js'
import { serve } from './serve.js'

/** The directory of one upload server. It is removed with the process. */
export const directory = mkdtempSync(join(tmpdir(), 'sealform-bench-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

/** The largest file that the apps take, in bytes. */
export const largestFile = 256 * 1024 * 1024

/**
 * Objects as in an app that has run for a while. With a heap of less than 10 MB, every 32 MiB from a socket can make V8
 * collect the whole heap, or not, when the sizes of the apps differ by 1 MB.
 */
const heldByApp = Array.from({ length: 100_000 }, (_, i) => ({ key: `entry ${i}`, value: { count: i } }))

let taken: Taken = { status: 0, bytesRead: 0, bytesOnDisk: 0 }

/** Serves an app, and reports the cost of each POST at the time when its answer is written. */
export function serveUploads(listener: RequestListener): void {
  const noting: RequestListener = (request, response) => {
    const { socket } = request
    if (request.method === 'POST') {
      response.once('prefinish', () => {
        taken = { status: response.statusCode, bytesRead: socket.bytesRead, bytesOnDisk: bytesOnDisk() }
      })
    }
    listener(request, response)
  }
  if (heldByApp.length === 0) throw new Error('the heap is empty')
  serve(noting, { taken: () => taken, rest: restingMemory, peak: peakMemory })
}

function bytesOnDisk(): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

let sampling: NodeJS.Timeout | undefined
let highest = 0

/** Returns the resident bytes, and resets the peak. */
function restingMemory(): number {
  forgetPeak()
  highest = process.memoryUsage.rss()
  clearInterval(sampling)
  sampling = setInterval(sample, 5)
  return highest
}

/** Resets the peak of resident memory, which Linux records; see proc(5). Elsewhere, samples replace it. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {}
}

function sample(): void {
  highest = Math.max(highest, process.memoryUsage.rss())
}

function peakMemory(): number {
  sample()
  clearInterval(sampling)
  return Math.max(highest, truePeak())
}

function truePeak(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
