import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { openChromium } from '../../test/browser/chromium.js'
import { Child } from '../child.js'
import { NextApp } from './next-app.js'
import { nextRows } from './next-rows.js'
import { slow, type Visited, visitRows } from './visit-rows.js'
import { ways } from './ways.js'

/** The size of a file that a browser loads. */
export interface FileSize {
  readonly name: string
  readonly bytes: number
  readonly gzipped: number
}

/** What one way of sending a form takes in a browser. */
export interface WayFigures {
  readonly name: string
  /** 20 rows on a slow connection. */
  readonly throttled: Visited
  /** 1000 rows, one of which changes, on the connection of this machine. */
  readonly many: Visited | undefined
}

export interface BrowserFigures {
  readonly version: string
  readonly sizes: readonly FileSize[]
  readonly ways: readonly WayFigures[]
  /** Why there are no figures of Next.js. */
  readonly missing: string | undefined
}

const manyRows = 1000

/** Measures in a Chromium what visitors get: files, bytes, and the time from a click to the changed page. */
export async function measureBrowser(
  times: number,
  progress: (line: string) => void,
): Promise<BrowserFigures> {
  const browser = await openChromium()
  const server = new Child('./browser/rows.js', undefined, {
    SEALFORM_KEYS: randomBytes(32).toString('base64'),
  })
  try {
    const origin = `http://127.0.0.1:${await server.ask('port', undefined)}`
    const figures: WayFigures[] = []
    for (const { id, name } of ways) {
      progress(`in a browser: ${name}`)
      const throttled = await visitRows(browser, `${origin}/${id}?rows=20`, { times, connection: slow })
      const many = await visitRows(browser, `${origin}/${id}?rows=${manyRows}`, { times })
      figures.push({ name, throttled, many })
    }
    progress('in a browser: Next.js, which is installed and built for it')
    const next = await measureNext(browser, times)
    if (typeof next !== 'string') figures.push(next)
    const missing = typeof next === 'string' ? next : undefined
    return { version: browser.version(), sizes: fileSizes(), ways: figures, missing }
  } finally {
    await Promise.all([browser.close(), server.stop()])
  }
}

/** Returns the reason when it cannot be installed, for example without a network. */
async function measureNext(browser: Browser, times: number): Promise<WayFigures | string> {
  let app: NextApp
  try {
    app = await NextApp.start(nextRows)
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!
  }
  try {
    await app.ready()
    const throttled = await visitRows(browser, app.url, { times, connection: slow })
    return { name: 'Next.js, a form with a server action', throttled, many: undefined }
  } finally {
    await app.stop()
  }
}

function fileSizes(): FileSize[] {
  const own = ['sealform/client', 'sealform/client/call'].map((name) => ({
    name,
    file: fileURLToPath(import.meta.resolve(name)),
  }))
  const others = ways.flatMap(({ name, script }) => (script === undefined ? [] : [{ name, file: script }]))
  return [...own, ...others].map(({ name, file }) => {
    const content = readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '')
    return { name, bytes: Buffer.byteLength(content), gzipped: gzipSync(content, { level: 9 }).length }
  })
}
