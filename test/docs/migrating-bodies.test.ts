import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { TestForm, TestPage } from '../../lib/testing/testing.js'
import { compileApps, type WholeApps } from './whole-apps.js'

/** The answer to a form, before any redirect is followed. */
function statusOf(page: TestPage): number {
  return page.redirects[0]?.status ?? page.status
}

function onlyForm(page: TestPage): TestForm {
  return page.forms[0] ?? assert.fail(page.html)
}

const photo = (size: number, type = 'image/png') => ({
  name: 'lake.png',
  type,
  content: new Uint8Array(size).fill(7),
})

describe('the apps before and after a move from a body parser', () => {
  let apps: WholeApps

  before(() => {
    apps = compileApps('migrating-bodies', ['migrating-from-multer', 'migrating-from-koa-body'])
  })

  it('multer: both save a photo, up to the same limit, and only the new app keeps what was sent', async (t) => {
    for (const [program, redirected, stranger] of [
      ['before', 302, 302],
      ['after', 303, 404],
    ] as const) {
      const { browser, url } = await apps.run(t, 'migrating-from-multer', program)
      const page = await browser.visit('/')
      const atLimit = await onlyForm(page)
        .fill({ title: 'Lake', photo: photo(1024 * 1024) })
        .submit()
      assert.equal(statusOf(atLimit), redirected)
      assert.deepEqual(atLimit.texts('li'), ['Lake, 1048576 bytes'])

      const over = await onlyForm(atLimit)
        .fill({ title: 'Hill', photo: photo(1024 * 1024 + 1) })
        .submit()
      assert.equal(over.status, 413)
      assert.equal(onlyForm(over).value('title'), program === 'after' ? 'Hill' : '')

      const otherType = await onlyForm(atLimit)
        .fill({ title: 'Hill', photo: photo(100, 'image/gif') })
        .submit()
      assert.equal(otherType.status, 422)
      assert.deepEqual(otherType.texts('li'), ['Lake, 1048576 bytes'])

      const untitled = await onlyForm(atLimit)
        .fill({ title: ' ', photo: photo(100) })
        .submit({ validate: false })
      assert.deepEqual([untitled.status, untitled.has('Enter a title')], [422, true])
      const corrected = await onlyForm(untitled).fill({ title: 'Sea' }).submit({ validate: false })
      const kept = program === 'after'
      assert.equal(statusOf(corrected), kept ? redirected : 422)
      assert.deepEqual(corrected.texts('li').slice(1), kept ? ['Sea, 100 bytes'] : [])

      const body = new FormData()
      body.append('title', 'Stranger')
      body.append('photo', new Blob([new Uint8Array(10)], { type: 'image/png' }), 'a.png')
      assert.equal((await fetch(url, { method: 'POST', redirect: 'manual', body })).status, stranger)
    }
  })

  it('koa-body: both take the form and the JSON of the other route', async (t) => {
    for (const [program, redirected, stranger] of [
      ['before', 302, 302],
      ['after', 303, 404],
    ] as const) {
      const { browser, url } = await apps.run(t, 'migrating-from-koa-body', program)
      const page = await browser.visit('/')
      const wrong = await onlyForm(page).fill({ name: 'Ann', text: '' }).submit()
      assert.equal(wrong.status, 422)
      assert.ok(wrong.has('Enter your name and a message'))
      assert.equal(onlyForm(wrong).value('name'), 'Ann')
      const sent = await onlyForm(wrong).fill({ text: 'Hello' }).submit()
      assert.equal(statusOf(sent), redirected)
      assert.deepEqual(sent.texts('li'), ['Ann: Hello'])

      const json = await fetch(`${url}/api/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ text: 'From a machine' }),
      })
      assert.deepEqual(await json.json(), { count: 1 })

      const body = new URLSearchParams({ name: 'Eve', text: 'From elsewhere' })
      const headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
      const forged = await fetch(url, { method: 'POST', redirect: 'manual', headers, body })
      assert.equal(forged.status, stranger)
    }
  })
})
