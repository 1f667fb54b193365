import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Board, createApp } from '../../examples/fastify/app.js'
import { createBrowser } from '../../lib/testing/testing.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { pngPicture } from '../setup/sample-files.js'

describe('the example on Fastify', () => {
  const board: Board = { notices: [], sessions: new Set() }
  const { notices, sessions } = board
  const app = createApp(board, { keys: testKey })
  let url: string

  before(async () => {
    url = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  after(() => app.close())
  beforeEach(() => {
    notices.length = 0
    sessions.clear()
  })

  it('adds a notice, redirects, and shows it', async () => {
    const page = await createBrowser(url).visit('/')
    const list = await page.form('notices.add').fill({ text: 'Lost: a cat' }).submit()
    assert.equal(list.status, 200)
    assert.deepEqual(
      list.redirects.map(({ status }) => status),
      [303],
    )
    assert.deepEqual(list.texts('#notices li'), ['Lost: a cat'])
  })

  it('shows the page again with the message and the input when a field is invalid', async () => {
    const page = await createBrowser(url).visit('/')
    const text = 'x'.repeat(201)
    const again = await page.form('notices.add').fill({ text }).submit()
    assert.equal(again.status, 422)
    assert.match(again.html, /<title>Error: Notices/)
    assert.ok(again.form('notices.add').text.includes('At most 200 characters'))
    assert.equal(again.form('notices.add').value('text'), text)
    assert.deepEqual(again.texts('#notices li'), [])
  })

  it('takes a picture, keeps it while another field is invalid, and refuses other files', async () => {
    const page = await createBrowser(url).visit('/')
    const picture = { name: 'cat.png', type: 'image/png', content: pngPicture() }
    const kept = await page.form('notices.add').fill({ text: ' ', picture }).submit()
    assert.equal(kept.status, 422)
    const list = await kept.form('notices.add').fill({ text: 'Lost: a cat' }).submit()
    assert.deepEqual(list.texts('#notices li'), [`Lost: a cat (cat.png, ${pngPicture().length} bytes)`])
    const other = await list
      .form('notices.add')
      .fill({ text: 'Song', picture: { ...picture, type: 'audio/mpeg' } })
      .submit()
    assert.equal(other.status, 422)
  })

  it('asks the hook about the page and authorize about the action', async () => {
    const browser = createBrowser(url)
    assert.equal((await browser.visit('/keeper')).status, 401)
    const start = await browser.visit('/')
    const wrong = await start.form('sign-in').fill({ _password: 'wrong' }).submit()
    assert.equal(wrong.status, 422)
    const keeper = await wrong.form('sign-in').fill({ _password: 'sesame' }).submit()
    assert.equal(keeper.path, '/keeper')
    await (await browser.visit('/')).form('notices.add').fill({ text: 'Stays' }).submit()

    sessions.clear()
    const refused = await keeper.form('keeper.clear').submit()
    assert.equal(refused.status, 401)
    const list = await browser.visit('/')
    assert.deepEqual(list.texts('#notices li'), ['Stays'])

    const again = await list.form('sign-in').fill({ _password: 'sesame' }).submit()
    assert.deepEqual((await again.form('keeper.clear').submit()).texts('#notices li'), [])
  })

  it('leaves other POSTs to the parsers, schemas and routes of Fastify', async () => {
    const send = (body: object) =>
      fetch(`${url}/api/notices`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    assert.equal((await send({})).status, 400)
    const answer = await send({ text: 'From a program' })
    assert.equal(answer.status, 201)
    assert.deepEqual(await answer.json(), { count: 1 })
  })

  it('refuses a form from another site', async () => {
    const { fields } = formIn(await (await fetch(url)).text(), 'notices.add')
    const send = (headers: Record<string, string>) =>
      fetch(url, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: urlencoded(fields, { text: 'Sent' }),
        redirect: 'manual',
      })
    assert.equal((await send({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })).status, 403)
    assert.equal((await send(fromSamePage)).status, 303)
  })
})
