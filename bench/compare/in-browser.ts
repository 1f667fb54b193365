import { gzipSync } from 'node:zlib'
import type { Browser, Page, Response } from 'playwright-core'
import { patience } from '../../test/setup/patience.js'
import type { Upload, WithoutScript } from './facts.js'
import { holds, inlineScripts } from './form.js'
import type { PeerServer } from './server.js'
import { emptyTitle, typed } from './typed.js'
import { largeFile } from './upload.js'
import { Visitor } from './visitor.js'

/** Sends the form with an empty title, then the corrected one. */
export async function sendWithoutScript(browser: Browser, { origin }: PeerServer): Promise<WithoutScript> {
  const page = await browser.newPage({ javaScriptEnabled: false })
  page.setDefaultTimeout(patience)
  try {
    await page.goto(origin)
    await page.fill('[name=note]', typed.note)
    await page.fill('[name=quantity]', typed.quantity)
    const answer = await press(page)
    const html = await page.content()
    const seen = {
      status: answer?.status() ?? 0,
      kept: holds(html, typed.note),
      message: html.includes(emptyTitle),
    }
    for (const [name, value] of Object.entries(typed)) await page.fill(`[name=${name}]`, value)
    await press(page)
    return { ...seen, done: (await page.textContent('body'))?.includes('Done') ?? false }
  } finally {
    await page.close()
  }
}

/** Chooses a file that is too large, and sends it with a note. */
export async function sendLargeFile(
  browser: Browser,
  { origin }: PeerServer,
): Promise<Omit<Upload, 'taken'>> {
  const visitor = new Visitor(origin)
  const before = await visitor.runs()
  const page = await browser.newPage({ javaScriptEnabled: false })
  page.setDefaultTimeout(patience)
  try {
    await page.goto(`${origin}/upload`)
    await page.fill('[name=title]', typed.title)
    await page.fill('[name=note]', typed.note)
    const { name, type } = largeFile
    const buffer = Buffer.from(await largeFile.arrayBuffer())
    await page.setInputFiles('[name=file]', { name, mimeType: type, buffer })
    const answer = await press(page)
    const kept = answer !== undefined && holds(await page.content(), typed.note)
    return { status: answer?.status(), kept, ran: (await visitor.runs()) > before }
  } finally {
    await page.close()
  }
}

/** Bytes of the scripts that a page with JavaScript loads, by gzip, whether or not its server compresses them. */
export async function scriptBytes(browser: Browser, { origin }: PeerServer): Promise<number> {
  const page = await browser.newPage()
  page.setDefaultTimeout(patience)
  try {
    const scripts: Promise<Buffer>[] = []
    page.on('response', (response) => {
      if (response.headers()['content-type']?.includes('javascript')) scripts.push(response.body())
    })
    const answer = await page.goto(origin, { waitUntil: 'networkidle' })
    const inline = inlineScripts((await answer?.text()) ?? '').map((text) => Buffer.from(text))
    const all = [...(await Promise.all(scripts)), ...inline]
    return all.reduce((sum, script) => sum + gzipSync(script, { level: 9 }).length, 0)
  } finally {
    await page.close()
  }
}

/** Presses the button; undefined when the connection breaks before there is an answer. */
async function press(page: Page): Promise<Response | undefined> {
  const answered = page.waitForEvent('response', (response) => response.request().method() === 'POST')
  const failed = page.waitForEvent('requestfailed').then(() => undefined)
  const first = Promise.race([answered, failed])
  for (const event of [answered, failed]) event.catch(() => {})
  await page.click('form button')
  const answer = await first
  await page.waitForLoadState('load').catch(() => {})
  return answer
}
