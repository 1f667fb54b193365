import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { limits } from '../limits.js'
import type { Visitor } from '../visitor.js'

/** Sends a form a day too late, is told so, and sends it again. */
export async function expire(visitor: Visitor, t: TestContext): Promise<void> {
  await visitor.open('/stale')
  await visitor.field('A note').fill('Not lost')
  const tomorrow = Date.now() + 25 * 3600 * 1000
  // It stands still then: the form that comes back lives five seconds.
  t.mock.method(Date, 'now', () => tomorrow)
  await visitor.press('Send')
  await visitor.page.locator('#note [role=alert]').waitFor()
  assert.equal(await visitor.field('A note').inputValue(), 'Not lost')
  await visitor.staysOn('/stale')
  await visitor.press('Send')
  await visitor.sees('#note .success', 'Received in time: “Not lost”')
  assert.equal(await visitor.page.locator('#note [role=alert]').count(), 0)
}

export async function fail(visitor: Visitor): Promise<void> {
  const { client, page } = visitor
  await visitor.open('/boundary')
  await visitor.field('What has happened?').fill('The roof leaks')
  await visitor.field('The action, once it runs').check()
  await visitor.press('Report')
  await visitor.sees('#report .sealform-summary', 'Reference')
  await visitor.title(limits[client].title ? 'Failures' : 'Error: Failures')
  await page.locator('.sealform-summary:focus').waitFor()
  assert.equal(await visitor.field('What has happened?').inputValue(), 'The roof leaks')
  await page.getByLabel('This part of the page').check()
  await visitor.press('Report')
  await visitor.sees('#report [role=alert]', 'This part of the page could not be shown.')
  await visitor.sees('h2', 'Advice')
  await visitor.staysOn('/boundary')
  await page.locator('[name=fails]').fill('none')
  await visitor.press('Send again')
  await visitor.sees('#report .success', '“The roof leaks” has arrived.')
}

/** The form cannot be sent. What was typed stays, and is sent once the network is back. */
export async function loseNetwork(visitor: Visitor): Promise<void> {
  const { client, page } = visitor
  const title = `Without a net by ${client}`
  await visitor.open('/todos')
  await visitor.field('What is there to do?').fill(title)
  await page.route('**/todos', (route) => route.abort())
  const failed = page.waitForEvent('requestfailed')
  await visitor.press('Add')
  await failed
  if (client === 'plain') {
    // The browser shows a page of its own, which sends once more when it is reloaded.
    await page.waitForURL('chrome-error://**')
    await page.unroute('**/todos')
    await page.reload()
  } else {
    await visitor.staysOn('/todos')
    if (!limits[client].network) await visitor.sees('[role=alert]', 'This could not be sent. Nothing is lost')
    await page.unroute('**/todos')
    assert.equal(await visitor.field('What is there to do?').inputValue(), title)
    visitor.forgive(/htmx:|fetch|network|load|offline/i)
    await visitor.press(limits[client].network ? 'Add' : 'Send again')
  }
  await visitor.sees('.todos li', title)
  assert.equal(await page.locator('.todos li', { hasText: title }).count(), 1)
}
