import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { createActions, invalid } from '../../lib/sealform.js'
import { sealform } from '../../middleware/node.js'
import { html } from '../../views/html.js'
import { listen, testKey } from '../setup/koa-app.js'
import { openChromium } from './chromium.js'
import { mistakesIn, openAxe, violationsOn } from './inspection.js'
import { newVisitor, Tab } from './visit.js'

test('a page that prints no message shows them above its fields, with the focus, as valid and accessible HTML', async (t) => {
  const actions = createActions({ keys: testKey })
  const order = actions.define('order', async () =>
    invalid({ amount: 'Enter a number', coupon: 'This coupon is used up' }),
  )
  const listener = sealform(actions, (_req, _res, page) => {
    const form = page.form(order)
    page.send(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${form.titlePrefix}Order</title></head>
<body><main><h1>Order</h1>
<form ${form.attributes} novalidate>
${form.fields}
<p><label for="${form.id}-amount">Amount</label> <input ${form.input('amount', { type: 'text' })}></p>
<p><button type="submit">Order</button></p>
</form></main></body>
</html>
`)
  })
  const port = await listen(createServer(listener), (close) => t.after(close))
  const browser = await openChromium()
  t.after(() => browser.close())
  const context = await newVisitor(browser)
  const tab = new Tab(await context.newPage(), `http://localhost:${port}`)
  await tab.open('/')
  await tab.page.getByLabel('Amount').fill('three')
  const { status, url, html: sent } = await tab.press('Order')
  assert.equal(status, 422)
  assert.equal(await tab.focused(), 'order-summary')
  assert.deepEqual(await tab.texts('#order-summary li'), ['Enter a number', 'This coupon is used up'])
  assert.equal(await tab.value('Amount'), 'three')
  await tab.page.getByRole('link', { name: 'Enter a number' }).click()
  assert.equal(await tab.focused(), 'order-amount')

  assert.deepEqual(await mistakesIn(sent), [])
  const inspector = await (await newVisitor(browser, { javaScriptEnabled: true })).newPage()
  await inspector.route(url, (route) => route.fulfill({ status, contentType: 'text/html', body: sent }))
  await inspector.goto(url)
  await openAxe(inspector)
  assert.deepEqual(await violationsOn(inspector), [])
})
