import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from '../browser/chromium.js'
import { codeBlocks, modulesOf } from '../docs/code-blocks.js'
import { compile, root } from '../docs/project.js'
import { start } from '../docs/start.js'
import { until } from '../setup/patience.js'
import { openPage } from './open-page.js'

const blocks = codeBlocks(join(root, 'docs', 'guide', 'calling-actions.md'))

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('the app on the page about calling actions', () => {
  it('counts at once, takes back what fails, and works as a form', async (t) => {
    const { page, context, answered } = await openLikes(t, true)
    const likes = page.locator('output')
    const button = page.getByRole('button', { name: 'Like' })
    await button.click()
    await button.click()
    assert.equal(await likes.textContent(), '2')
    await until(() => answered() === 2)
    await page.reload()
    assert.equal(await likes.textContent(), '2')

    await context.setOffline(true)
    await button.click()
    await page.getByText('Not sent').waitFor()
    assert.equal(await likes.textContent(), '2')
    await context.setOffline(false)
    await button.click()
    await page.getByText('Not sent').waitFor({ state: 'detached' })
    assert.equal(await likes.textContent(), '3')
  })

  it('works without a script', async (t) => {
    const { page } = await openLikes(t, false)
    await page.getByRole('button', { name: 'Like' }).click()
    await page.waitForLoadState()
    assert.equal(await page.locator('output').textContent(), '1')
  })
})

async function openLikes(t: TestContext, javaScriptEnabled: boolean) {
  const { folder, output } = compile(`calling-actions-${javaScriptEnabled}`, modulesOf(blocks))
  assert.equal(output, '')
  const script = blocks.find(({ note }) => note === 'likes.js')?.code ?? assert.fail('no script')
  writeFileSync(join(folder, 'likes.js'), script)
  const request = await start(join(folder, 'app.js'), (stop) => t.after(stop))
  const page = await openPage(t, browser, { javaScriptEnabled })
  let answered = 0
  page.on('requestfinished', (sent) => {
    if (sent.method() === 'POST') answered++
  })
  await page.goto(request.get('/').url)
  return { page, context: page.context(), answered: () => answered }
}
