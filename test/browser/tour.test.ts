import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'
import { type RunningTour, startTour, Tab } from './visit.js'

const wide = { width: 1280, height: 800 }

let browser: Browser
let tour: RunningTour
before(async () => {
  browser = await openChromium()
  tour = await startTour({ isolated: true })
})
after(async () => {
  await browser.close()
  await tour.close()
})

for (const javaScriptEnabled of [false, true]) {
  const scripts = javaScriptEnabled ? 'with scripts' : 'without scripts'

  test(`tour: the bar of pages stands in one line at 1280 pixels, ${scripts}`, async (t) => {
    const page = await lendPageTo(t, browser, { javaScriptEnabled, viewport: wide })
    await page.goto(`${tour.url}/`)
    const links = await page.getByRole('navigation').getByRole('link').all()
    assert.ok(links.length > 10)
    const tops = await Promise.all(links.map(async (link) => (await link.boundingBox())?.y))
    assert.equal(new Set(tops).size, 1)
    assert.equal(await page.getByRole('button', { name: 'Pages' }).isVisible(), false)
  })

  test(`tour: a source shows whole lines and a way back, ${scripts}`, async (t) => {
    const tab = new Tab(await lendPageTo(t, browser, { javaScriptEnabled, viewport: wide }), tour.url)
    for (const viewport of [{ ...wide, width: 360 }, wide]) {
      await tab.page.setViewportSize(viewport)
      await tab.open('/source/order')
      const hidden = await tab.page.evaluate<number>(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.code'))",
      )
      assert.equal(hidden, 0, `${viewport.width}`)
      await tab.load((page) => page.getByRole('link', { name: 'Back to Order' }).first().click())
      assert.deepEqual(await tab.texts('h1'), ['Order'])
    }
  })

  test(`tour: the form of the front page survives being broken, ${scripts}`, async (t) => {
    const tab = new Tab(await lendPageTo(t, browser, { javaScriptEnabled, viewport: wide }), tour.url)
    await tab.open(javaScriptEnabled ? '/?library=ours' : '/')
    await tab.page.getByLabel('Email address').fill('ada@example.org')
    await tab.page.getByLabel('Message').fill('Hello')
    await tab.page.getByRole('button', { name: 'Send, and let the action fail' }).click()
    await tab.page.getByRole('heading', { name: 'There is a problem' }).waitFor()
    assert.equal(await tab.focused(), 'break.send-summary')
    assert.deepEqual(
      [await tab.value('Email address'), await tab.value('Message')],
      ['ada@example.org', 'Hello'],
    )
    await tab.page.getByRole('button', { name: 'Send', exact: true }).click()
    await tab.page.getByText('The message of ada@example.org has arrived, once.').waitFor()
  })
}
