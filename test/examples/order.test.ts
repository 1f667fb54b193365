import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { buttonIn, messagesIn, valueIn, visitTour } from '../setup/tour-visitor.js'

const right = { name: 'Ada', 'lines[0].product': 'tea', 'lines[0].quantity': '3' }

describe('order: the action', { concurrency: true }, () => {
  it('runs once for a double click, with the same answer for both', async () => {
    const { page, send, follow } = visitTour()
    const form = await page('/order')
    const answers = await Promise.all([
      send(form, '/order', 'order', right),
      send(form, '/order', 'order', right),
    ])
    for (const answer of answers) {
      assert.equal(answer.status, 303)
      assert.equal(answer.headers.location, '/ordered')
      assert.match((await follow(answer)).text, /Thank you, Ada\. Your order has the number 1\./)
    }
    assert.deepEqual(tallyIn(await page('/order')), { runs: 1, orders: 1 })
  })

  it('runs once when the form is sent again later', async () => {
    const { page, send, follow } = visitTour()
    const form = await page('/order')
    for (const answer of [
      await send(form, '/order', 'order', right),
      await send(form, '/order', 'order', right),
    ]) {
      assert.equal(answer.status, 303)
      assert.match((await follow(answer)).text, /Thank you, Ada\. Your order has the number 1\..*3 × Tea/s)
    }
    assert.deepEqual(tallyIn(await page('/order')), { runs: 1, orders: 1 })
  })

  it('asks before it runs again for a form that was sent with other input, and keeps that', async () => {
    const { page, send, follow } = visitTour()
    const form = await page('/order')
    await send(form, '/order', 'order', right)
    for (const again of [
      { ...right, name: 'Bob' },
      { ...right, name: '' },
    ]) {
      const answer = await send(form, '/order', 'order', again)
      assert.equal(answer.status, 409)
      assert.match(answer.text, /was sent before with other input/)
      assert.doesNotMatch(answer.text, /Thank you/)
      assert.equal(valueIn(answer.text, 'name'), again.name)
    }
    assert.deepEqual(tallyIn(await page('/order')), { runs: 1, orders: 1 })
    const asked = await send(form, '/order', 'order', { ...right, name: 'Bob' })
    const answer = await send(asked.text, '/order', 'order', { ...right, name: 'Bob' })
    assert.match((await follow(answer)).text, /Thank you, Bob\. Your order has the number 2\./)
  })

  it('runs again for a new form', async () => {
    const { page, send } = visitTour()
    const forms = [await page('/order'), await page('/order')]
    await Promise.all(forms.map((form) => send(form, '/order', 'order', right)))
    assert.deepEqual(tallyIn(await page('/order')), { runs: 2, orders: 2 })
  })

  it('takes an order of several lines', async () => {
    const { page, send, follow } = visitTour()
    const several = { ...right, 'lines[1].product': 'rye', 'lines[1].quantity': ' 20 ' }
    const thanks = await follow(await send(await page('/order'), '/order', 'order', several))
    assert.match(thanks.text, /<li>3 × Tea<\/li><li>20 × Rye bread<\/li>/)
    assert.match(thanks.text, /run <output>1<\/output> time\s+and has taken <output>1<\/output> order\./)
  })

  it('is stopped after five seconds, shows this with the input, and does not run again for a copy', async () => {
    const { page, send } = visitTour()
    const form = await page('/order')
    const moon = { ...right, 'lines[0].product': 'moon' }
    const answer = await send(form, '/order', 'order', moon)
    assert.equal(answer.status, 500)
    assert.match(answer.text, /Reference: [0-9A-Z-]{9}/)
    assert.equal(valueIn(answer.text, 'lines[0].product'), 'moon')
    assert.equal(valueIn(answer.text, 'name'), 'Ada')
    assert.equal((await send(form, '/order', 'order', moon)).status, 500)
    assert.deepEqual(tallyIn(await page('/order')), { runs: 1, orders: 0 })
  })
})

describe('order: the form', () => {
  it('is shown again with a message beside each field and all input', async () => {
    const { page, send } = visitTour()
    const wrong = {
      name: ' ',
      'lines[0].product': '',
      'lines[0].quantity': '3',
      'lines[1].product': 'tea',
      'lines[1].quantity': 'many',
      'lines[2].product': 'honey',
      'lines[2].quantity': '21',
    }
    const answer = await send(await page('/order'), '/order', 'order', wrong)
    assert.equal(answer.status, 422)
    assert.deepEqual(messagesIn(answer.text), [
      'Enter your name',
      'Choose a product',
      'Enter a whole number',
      'Order at most 20 of it',
    ])
    assert.equal(valueIn(answer.text, 'lines[1].quantity'), 'many')
    assert.equal(valueIn(answer.text, 'lines[2].product'), 'honey')
    assert.equal(valueIn(answer.text, 'lines[3].product'), undefined)
    const corrected = {
      ...wrong,
      name: 'Ada',
      'lines[0].product': 'tea',
      'lines[1].quantity': '1',
      'lines[2].quantity': '20',
    }
    assert.equal((await send(answer.text, '/order', 'order', corrected)).status, 303)
  })

  it('refuses products that are not offered, and too many lines', async () => {
    const { page, send } = visitTour()
    const form = await page('/order')
    const other = await send(form, '/order', 'order', { ...right, 'lines[0].product': 'gold' })
    assert.deepEqual(messagesIn(other.text), ['Choose a product'])
    const many = Object.fromEntries(
      Array.from({ length: 6 }, (_, i) => [
        [`lines[${i}].product`, 'tea'],
        [`lines[${i}].quantity`, '1'],
      ]).flat(),
    )
    const six = await send(form, '/order', 'order', { name: 'Ada', ...many })
    assert.equal(six.status, 422)
    assert.deepEqual(messagesIn(six.text), ['Order at most 5 different things'])
    const none = await send(form, '/order', 'order', { name: 'Ada' })
    assert.equal(none.status, 422)
    assert.deepEqual(messagesIn(none.text), ['Add a line'])
    assert.deepEqual(tallyIn(await page('/order')), { runs: 0, orders: 0 })
  })

  it('gets another line, up to five, and keeps the input', async () => {
    const { page, send } = visitTour()
    let text = await page('/order')
    const typed: Record<string, string> = {
      name: 'Ada & "Co"',
      'lines[0].product': 'rye',
      'lines[0].quantity': 'two',
    }
    for (let lines = 2; lines <= 5; lines++) {
      const answer = await send(text, '/order', 'order', typed, 'Add a line')
      assert.equal(answer.status, 200)
      text = answer.text
      assert.equal(valueIn(text, 'name'), 'Ada &amp; &quot;Co&quot;')
      assert.equal(valueIn(text, 'lines[0].product'), 'rye')
      assert.equal(valueIn(text, 'lines[0].quantity'), 'two')
      assert.equal(valueIn(text, `lines[${lines - 1}].quantity`), '1')
      assert.equal(valueIn(text, `lines[${lines}].quantity`), undefined)
      assert.match(text, new RegExp(`<select [^>]*name="lines\\[${lines - 1}\\]\\.product"[^>]* autofocus`))
      assert.doesNotMatch(text, /sealform-issue|Error:/)
      typed[`lines[${lines - 1}].product`] = 'tea'
      typed[`lines[${lines - 1}].quantity`] = String(lines)
    }
    assert.throws(() => buttonIn(text, 'Add a line'))
  })

  it('removes one line by its button, and keeps the others', async () => {
    const { page, send } = visitTour()
    const typed = { ...right, 'lines[1].product': 'rye', 'lines[1].quantity': '5' }
    const two = await send(await page('/order'), '/order', 'order', right, 'Add a line')
    const one = await send(two.text, '/order', 'order', typed, 'Remove line 1')
    assert.equal(one.status, 200)
    assert.equal(valueIn(one.text, 'name'), 'Ada')
    assert.equal(valueIn(one.text, 'lines[0].product'), 'rye')
    assert.equal(valueIn(one.text, 'lines[0].quantity'), '5')
    assert.equal(valueIn(one.text, 'lines[1].product'), undefined)
    assert.throws(() => buttonIn(one.text, 'Remove line 1'), 'the last line stays')
    const left = { name: 'Ada', 'lines[0].product': 'rye', 'lines[0].quantity': '5' }
    assert.equal((await send(one.text, '/order', 'order', left)).status, 303)
  })

  it('keeps lines whose indexes have gaps, and removes the one whose button was pressed', async () => {
    const { page, send } = visitTour()
    const typed = {
      name: '',
      'lines[7].product': 'rye',
      'lines[7].quantity': '7',
      'lines[3].product': 'tea',
      'lines[3].quantity': '3',
    }
    const invalid = await send(await page('/order'), '/order', 'order', typed)
    assert.deepEqual(messagesIn(invalid.text), ['Enter your name'])
    assert.deepEqual(
      Array.from(invalid.text.matchAll(/name="lines\[(\d+)\]\.quantity"/g), ([, index]) => index),
      ['3', '7'],
    )
    assert.equal(valueIn(invalid.text, 'lines[7].product'), 'rye')
    const one = await send(invalid.text, '/order', 'order', typed, 'Remove line 1')
    assert.equal(valueIn(one.text, 'lines[0].product'), 'rye')
    assert.equal(valueIn(one.text, 'lines[1].product'), undefined)
  })

  it('can be validated without running the action or using the seal', async () => {
    const { page, send } = visitTour()
    const form = await page('/order')
    const wrong = await send(form, '/order', 'order', { ...right, name: '' }, 'Check my order')
    assert.equal(wrong.status, 422)
    assert.deepEqual(messagesIn(wrong.text), ['Enter your name'])
    const checked = await send(form, '/order', 'order', right, 'Check my order')
    assert.equal(checked.status, 200)
    assert.match(checked.text, /Nothing is wrong so far\. You have not ordered yet\./)
    assert.equal(valueIn(checked.text, 'lines[0].product'), 'tea')
    assert.deepEqual(tallyIn(checked.text), { runs: 0, orders: 0 })
    assert.equal((await send(form, '/order', 'order', right)).status, 303)
  })

  it('can be sent after validation', async () => {
    const { page, send } = visitTour()
    const checked = await send(await page('/order'), '/order', 'order', right, 'Check my order')
    assert.equal((await send(checked.text, '/order', 'order', right)).status, 303)
  })

  it('has its own button first, for the Enter key', async () => {
    const { page, send } = visitTour()
    const { text } = await send(await page('/order'), '/order', 'order', right, 'Add a line')
    const [first] = /<button [^>]*>/.exec(formIn(text, 'order').html) ?? []
    assert.equal(first, '<button type="submit" class="hidden" tabindex="-1" aria-hidden="true">')
  })

  it('is refused with malformed field names, and keeps the input', async () => {
    const { page, request } = visitTour()
    const { fields } = formIn(await page('/order'), 'order')
    const body = urlencoded(fields, { name: 'Ada', 'lines[0].constructor': '1' })
    const answer = await request.post('/order').set(fromSamePage).send(body)
    assert.equal(answer.status, 400)
    assert.equal(valueIn(answer.text, 'name'), 'Ada')
  })

  it('does not thank a visitor who has not ordered', async () => {
    const { page } = visitTour()
    assert.match(await page('/ordered'), /There is nothing to say here/)
  })
})

function tallyIn(page: string): { runs: number; orders: number } {
  const [runs, orders] = Array.from(page.matchAll(/<output>(\d+)<\/output>/g), ([, number]) => Number(number))
  return { runs: runs ?? Number.NaN, orders: orders ?? Number.NaN }
}
