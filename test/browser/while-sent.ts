import type { Page, Route } from 'playwright-core'

/** Keeps what a page sends on its way while `look` sees the page that waits for the answer. */
export async function whileSent(
  page: Page,
  send: () => Promise<unknown>,
  look: () => Promise<unknown>,
): Promise<void> {
  const held: Route[] = []
  const isPost = (route: Route) => route.request().method() === 'POST'
  const hold = (route: Route) => (isPost(route) ? void held.push(route) : route.continue())
  await page.route('**/*', hold)
  await send()
  await look()
  await Promise.all(held.splice(0).map((route) => route.continue()))
  await page.unroute('**/*', hold)
}
