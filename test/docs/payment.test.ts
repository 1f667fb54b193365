import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { compileApps, type WholeApps } from './whole-apps.js'

describe('the shop of the page about payment', () => {
  let apps: WholeApps

  before(() => {
    apps = compileApps('payment', ['payment-redirect'])
  })

  it('makes one order of two clicks, and believes the provider alone that it is paid', async (t) => {
    const { browser, url } = await apps.run(t, 'payment-redirect', 'shop')
    const page = await browser.visit('/')
    const wrong = await page.form('orders.place').fill({ amount: 'two' }).submit()
    assert.deepEqual([wrong.status, wrong.has('Enter a whole number')], [422, true])
    assert.equal(wrong.form('orders.place').value('amount'), 'two')

    const form = wrong.form('orders.place').fill({ amount: '2' })
    const [first, second] = [await form.submit(), await form.submit()]
    assert.match(first.location ?? '', /^https:\/\/pay\.example\/checkout\?order=[\w-]+&amount=2$/)
    assert.equal(first.status, 303)
    assert.equal(second.location, first.location)
    const id = new URL(first.location ?? '').searchParams.get('order') ?? ''

    const shown = async () => (await browser.visit(`/orders/${id}`)).texts('p')
    assert.deepEqual(await shown(), ['2 pieces: not paid yet'])
    const again = await (await browser.visit(`/orders/${id}`)).form('orders.pay').submit()
    assert.equal(again.location, first.location)

    const body = JSON.stringify({ order: id })
    const notify = (signature: string) =>
      fetch(`${url}/webhook`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Signature': signature },
        body,
      })
    const forged = createHmac('sha256', 'guessed').update(body).digest('hex')
    for (const signature of ['', 'ab', forged]) assert.equal((await notify(signature)).status, 400)
    assert.deepEqual(await shown(), ['2 pieces: not paid yet'])
    const signature = createHmac('sha256', 'from the provider').update(body).digest('hex')
    assert.equal((await notify(signature)).status, 204)
    assert.deepEqual(await shown(), ['2 pieces: paid'])
    assert.match(page.headers['content-security-policy'] ?? '', /form-action 'self' https:\/\/pay\.example/)
  })
})
