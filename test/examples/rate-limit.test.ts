import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createApp } from '../../examples/rate-limit/app.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

it('refuses one attempt too many with 429 and Retry-After, and keeps the input except the password', async () => {
  const { send } = visit()
  for (let i = 0; i < 3; i++) {
    const wrong = await send({ _password: `wrong ${i}` })
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /This is not the password/)
    assert.equal(wrong.headers['retry-after'], undefined)
  }
  const refused = await send({ _password: 'sesame' })
  assert.equal(refused.status, 429)
  assert.match(String(refused.headers['retry-after']), /^([1-9]|[1-5]\d|60)$/)
  assert.match(refused.text, /Too many tries\. Wait \d+ seconds/)
  assert.match(refused.text, /value="ada@example\.org"/)
  assert.doesNotMatch(refused.text, /sesame/)
})

it('does not count an attempt with invalid fields', async () => {
  const { send } = visit()
  for (let i = 0; i < 5; i++) assert.equal((await send({ _password: '' })).status, 422)
  assert.equal((await send({ _password: 'sesame' })).status, 303)
})

it('resets the attempts after a success', async () => {
  const { send } = visit()
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 2; i++) assert.equal((await send({ _password: 'wrong' })).status, 422)
    const welcome = await send({ _password: 'sesame' })
    assert.equal(welcome.status, 303)
    assert.equal(welcome.headers.location, '/welcome')
  }
})

it('gives the tries back after a while', async () => {
  const { send } = visit(3)
  for (let i = 0; i < 3; i++) await send({ _password: 'wrong' })
  const refused = await send({ _password: 'sesame' })
  assert.equal(refused.status, 429)
  await new Promise((resolve) => setTimeout(resolve, Number(refused.headers['retry-after']) * 1000))
  assert.equal((await send({ _password: 'sesame' })).status, 303)
})

function visit(duration = 60) {
  const request = requestsTo(createApp({ keys: testKey, tries: 3, duration }).callback())
  return {
    /** Loads the page and sends its form. */
    async send(typed: { readonly _password: string }) {
      const { fields } = formIn((await request.get('/')).text, 'sign-in')
      return request
        .post('/')
        .set(fromSamePage)
        .send(urlencoded(fields, { email: 'ada@example.org', ...typed }))
    },
  }
}
