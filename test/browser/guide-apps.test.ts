import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { compileApps, type WholeApps } from '../docs/whole-apps.js'
import { until } from '../setup/patience.js'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'

describe('apps of the guide that need a browser', () => {
  let browser: Browser
  let apps: WholeApps

  before(async () => {
    apps = compileApps('guide-apps', ['content-security-policy', 'custom-elements'])
    browser = await openChromium()
  })
  after(() => browser.close())

  const open = async (
    t: TestContext,
    url: string,
    javaScriptEnabled = true,
  ): Promise<{ page: Page; complaints: string[] }> => {
    const page = await lendPageTo(t, browser, { javaScriptEnabled })
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 422/.test(message.text())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(url)
    return { page, complaints }
  }

  it('sends forms by the script under a strict policy, and may redirect to the origin that it names', async (t) => {
    const port = await paymentPage(t)
    const { url } = await apps.run(t, 'content-security-policy', 'app', (code) =>
      code.replaceAll(/pay\.test:\d+/g, `pay.test:${port}`),
    )
    const { page, complaints } = await open(t, url)
    await page.evaluate('globalThis.stayed = true')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.locator('.sealform-summary', { hasText: 'Enter a name' }).waitFor()
    await page.getByLabel('Name').fill('Ann')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.locator('li', { hasText: 'Ann' }).waitFor()
    assert.equal(await page.evaluate('globalThis.stayed'), true)
    assert.deepEqual(complaints, [])
    await page.getByLabel('Name').fill('leave')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.waitForURL(`http://pay.test:${port}/`)
  })

  it('without a script follows a redirect to an origin that form-action names, and to no other', async (t) => {
    const port = await paymentPage(t)
    const leave = async (change: (code: string) => string) => {
      const { url } = await apps.run(t, 'content-security-policy', 'app', change)
      const opened = await open(t, url, false)
      await opened.page.getByLabel('Name').fill('leave')
      await opened.page.getByRole('button', { name: 'Add' }).click({ noWaitAfter: true })
      return { ...opened, url }
    }
    const named = await leave((code) => code.replaceAll(/pay\.test:\d+/g, `pay.test:${port}`))
    await named.page.waitForURL(`http://pay.test:${port}/`)
    const unnamed = await leave((code) => code.replace(/, "?'?http:\/\/pay\.test:\d+'?"?\]/, ']'))
    await until(async () => unnamed.complaints.some((text) => text.includes('form-action')))
    assert.equal(unnamed.page.url(), `${unnamed.url}/`)
  })

  it('sends custom elements, gives their values back, and leads to them from the summary', async (t) => {
    const { url } = await apps.run(t, 'custom-elements', 'app')
    const { page, complaints } = await open(t, url)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('link', { name: 'Choose a number of stars' }).press('Enter')
    await until(async () => (await page.evaluate('document.activeElement.localName')) === 'star-rating')
    assert.equal(await page.getByLabel('Guests').inputValue(), '3')
    await page.keyboard.press('4')
    for (let more = 0; more < 4; more++) await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.sealform-summary', { hasText: 'We have no table for seven' }).waitFor()
    assert.equal(await page.locator('star-rating').getAttribute('value'), '4')
    await page.getByLabel('Guests').fill('8')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('p[role=status]', { hasText: '8 guests, 4 stars' }).waitFor()
    assert.deepEqual(complaints, [])
  })
})

/** Starts the page of another origin, and gives its port. */
async function paymentPage(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end('<title>Payment</title>')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}
