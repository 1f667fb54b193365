import assert from 'node:assert/strict'
import { test } from 'node:test'
import { visit } from 'sealform/testing'
import { app } from '../src/app.js'

test('an entry is added', async () => {
  const page = await visit(app, '/')
  const next = await page.form('guestbook.sign').fill({ name: 'Grace', text: 'Hello' }).submit()
  assert.equal(next.redirects[0]?.status, 303)
  assert.ok(next.has('Grace: Hello'))
})

test('an empty entry comes back with what was typed', async () => {
  const page = await visit(app, '/')
  const next = await page.form('guestbook.sign').fill({ name: 'Grace', text: '' }).submit({ validate: false })
  assert.equal(next.status, 422)
  assert.ok(next.has('Write something'))
  assert.equal(next.form('guestbook.sign').value('name'), 'Grace')
})

test('an entry is removed', async () => {
  const page = await visit(app, '/')
  const next = await page.form('guestbook.remove').submit()
  assert.ok(!next.has('The first entry'))
})
