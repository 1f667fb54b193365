import type { Browser, CDPSession, Page } from 'playwright-core'

/** A connection as Lighthouse simulates it for phones: 150 ms for a round trip, 1.6 Mbit/s down, 0.75 Mbit/s up. */
export const slow = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 } as const

/** What one submission took, as the visitor saw it. */
interface Update {
  /** From the click to the frame that shows the new row. */
  readonly milliseconds: number
  /** Bytes that came over the connection meanwhile, headers included. */
  readonly bytes: number
  /** Rows that are the same elements as before. */
  readonly kept: number
}

export interface Visited {
  /** Bytes of scripts that came with the page. */
  readonly scriptBytes: number
  readonly updates: readonly Update[]
}

/** Visits a page with rows, and adds some. */
export async function visitRows(
  browser: Browser,
  url: string,
  { times, connection }: { readonly times: number; readonly connection?: typeof slow | undefined },
): Promise<Visited> {
  const context = await browser.newContext()
  try {
    const page = await context.newPage()
    await page.addInitScript({ content: watchForRow })
    const traffic = await Traffic.of(page)
    if (connection) await traffic.slowDown(connection)
    await page.goto(url, { waitUntil: 'networkidle' })
    const updates: Update[] = []
    for (let i = 0; i < times; i++)
      updates.push(await addRow(page, traffic, `New row ${i}, at ${Date.now()}`))
    // The first one pays for what V8 has not compiled yet.
    return { scriptBytes: traffic.scriptBytes, updates: updates.slice(1) }
  } finally {
    await context.close()
  }
}

async function addRow(page: Page, traffic: Traffic, title: string): Promise<Update> {
  await page.fill('input[name=title]', title)
  const before = traffic.bytes
  await page.evaluate(`(${clickAndWait})(${JSON.stringify(title)})`)
  await page.locator('li', { hasText: title }).first().waitFor()
  await page.waitForFunction(`sessionStorage.getItem('shown') !== null`)
  const { milliseconds, kept }: Pick<Update, 'milliseconds' | 'kept'> = await page.evaluate(
    `(${readFigures})()`,
  )
  await page.waitForLoadState('networkidle')
  return { milliseconds, kept, bytes: traffic.bytes - before }
}

// What runs in the page is text, because the types of browsers are not those of this program.

const clickAndWait = `(expected) => {
  for (const row of document.querySelectorAll('li')) row.wasHere = true
  sessionStorage.setItem('expected', expected)
  sessionStorage.setItem('clicked', performance.timeOrigin + performance.now())
  document.querySelector('button').click()
}`

const readFigures = `() => {
  const milliseconds = sessionStorage.getItem('shown') - sessionStorage.getItem('clicked')
  sessionStorage.clear()
  return { milliseconds, kept: [...document.querySelectorAll('li')].filter((row) => row.wasHere).length }
}`

/** Notes the frame in which the expected row is there. */
const watchForRow = `(() => {
  const look = () => {
    const expected = sessionStorage.getItem('expected')
    if (expected !== null && sessionStorage.getItem('shown') === null) {
      if (document.querySelector('li')?.textContent === expected) {
        sessionStorage.setItem('shown', performance.timeOrigin + performance.now())
      }
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()`

/** Counts what comes over the connection of a page. */
class Traffic {
  bytes = 0
  scriptBytes = 0
  readonly #session: CDPSession
  readonly #scripts = new Set<string>()

  private constructor(session: CDPSession) {
    this.#session = session
    session.on('Network.requestWillBeSent', ({ requestId, type }) => {
      if (type === 'Script') this.#scripts.add(requestId)
    })
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      this.bytes += encodedDataLength
      if (this.#scripts.has(requestId)) this.scriptBytes += encodedDataLength
    })
  }

  static async of(page: Page): Promise<Traffic> {
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    return new Traffic(session)
  }

  async slowDown(connection: typeof slow): Promise<void> {
    await this.#session.send('Network.emulateNetworkConditions', { offline: false, ...connection })
  }
}
