import assert from 'node:assert/strict'
import { it } from 'node:test'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { messagesIn, valueIn, visitTour } from '../setup/tour-visitor.js'

it('boundary: shows a message in a part whose data is missing, and the rest as usual', async () => {
  const { request } = visitTour()
  const page = await request.get('/boundary?advice=none')
  assert.equal(page.status, 200)
  assert.match(
    page.text,
    /<div data-sealform-region id="advice" class="region"><div class="panel">\s*<h2>Advice<\/h2>\s*<p>There is no advice/,
  )
  assert.match(page.text, /reference <code>[0-9A-Z-]{9}<\/code>/)
  assert.match(page.text, /<form id="boundary"/)
  assert.match((await request.get('/boundary')).text, /costs the page this region only/)
})

it('boundary: shows the failure of an action in its own part, with the input', async () => {
  const { page, send } = visitTour()
  const answer = await send(await page('/boundary'), '/boundary', 'boundary', {
    note: 'Kept',
    fails: 'action',
  })
  assert.equal(answer.status, 500)
  const part = partOf(answer.text, 'report')
  assert.match(messagesIn(part).join(), /Something went wrong on our side.*Reference: [0-9A-Z-]{9}/)
  assert.equal(valueIn(part, 'note'), 'Kept')
  assert.equal(valueIn(part, 'fails'), 'action')
  assert.match(answer.text, /<title>Error: Failures/)
  assert.match(partOf(answer.text, 'advice'), /costs the page this region only/)
  assert.doesNotMatch(answer.text, /was told to fail/)
})

it('boundary: replaces a part that throws while it shows an outcome by a form with the input', async () => {
  const { request, page, send } = visitTour()
  const answer = await send(await page('/boundary'), '/boundary', 'boundary', { note: 'Kept', fails: 'part' })
  assert.equal(answer.status, 422)
  assert.match(answer.text, /This part of the page could not be shown\. Reference: [0-9A-Z-]{9}/)
  assert.match(answer.text, /<title>Error: Failures/)
  assert.match(answer.text, /costs the page this region only/)
  assert.equal(valueIn(answer.text, 'note'), 'Kept')
  const plain = /<form method="post".*?<\/form>/s.exec(answer.text)?.[0] ?? ''
  const fields = Object.fromEntries(
    Array.from(plain.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g), ([, name, value]) => [
      name ?? '',
      value ?? '',
    ]),
  )
  const body = urlencoded(fields, { note: 'Kept', fails: 'none' })
  const again = await request.post('/boundary').set(fromSamePage).send(body)
  assert.equal(again.status, 200)
  assert.match(again.text, /“Kept” has arrived\./)
})

it('boundary: shows issues and success in the part of the form', async () => {
  const { page, send } = visitTour()
  const wrong = await send(await page('/boundary'), '/boundary', 'boundary', { note: ' ', fails: 'all' })
  assert.equal(wrong.status, 422)
  assert.deepEqual(messagesIn(partOf(wrong.text, 'report')), [
    'Write something',
    'Choose which part should fail',
  ])
  const right = await send(wrong.text, '/boundary', 'boundary', { note: '<b>', fails: 'none' })
  assert.equal(right.status, 200)
  assert.match(partOf(right.text, 'report'), /“&lt;b&gt;” has arrived\./)
  assert.equal(formIn(right.text, 'boundary').html.includes('sealform-issue'), false)
})

function partOf(page: string, id: string): string {
  return new RegExp(`<div data-sealform-region id="${id}".*?</div></div>`, 's').exec(page)?.[0] ?? ''
}
