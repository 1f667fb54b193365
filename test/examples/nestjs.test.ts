import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { INestApplication } from '@nestjs/common'
import { createBrowser } from '../../lib/testing/testing.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { pngPicture } from '../setup/sample-files.js'

/** The example has compiler settings of its own, for the decorators of Nest, so it is loaded as a program. */
const program = new URL('../../examples/nestjs/', import.meta.url)
const load = (file: string) => import(String(new URL(file, program)))

describe('the example on NestJS', () => {
  let app: INestApplication<Server>
  let url: string
  let notices: { clear(): void }
  let sessions: { endAll(): void }

  before(async () => {
    process.env.SEALFORM_KEYS = testKey
    app = await (await load('app.js')).createApp()
    await app.listen(0, '127.0.0.1')
    url = await app.getUrl()
    notices = app.get((await load('notices.service.js')).NoticesService)
    sessions = app.get((await load('sessions.service.js')).SessionsService)
  })
  after(() => app.close())
  beforeEach(() => {
    notices.clear()
    sessions.endAll()
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

  it('asks the guard about the page and authorize about the action', async () => {
    const browser = createBrowser(url)
    assert.equal((await browser.visit('/keeper')).status, 401)
    const start = await browser.visit('/')
    const wrong = await start.form('sign-in').fill({ _password: 'wrong' }).submit()
    assert.equal(wrong.status, 422)
    const keeper = await wrong.form('sign-in').fill({ _password: 'sesame' }).submit()
    assert.equal(keeper.path, '/keeper')
    await (await browser.visit('/')).form('notices.add').fill({ text: 'Stays' }).submit()

    sessions.endAll()
    const refused = await keeper.form('keeper.clear').submit()
    assert.equal(refused.status, 401)
    const list = await browser.visit('/')
    assert.deepEqual(list.texts('#notices li'), ['Stays'])

    const again = await list.form('sign-in').fill({ _password: 'sesame' }).submit()
    assert.deepEqual((await again.form('keeper.clear').submit()).texts('#notices li'), [])
  })

  it('leaves other POSTs to the parsers and controllers of Nest', async () => {
    const answer = await fetch(`${url}/api/notices`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: 'From a program' }),
    })
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
