import assert from 'node:assert/strict'
import { pngPicture } from '../../setup/sample-files.js'
import type { Visitor } from '../visitor.js'

/** Signs up, is led out of the region to another page, reloads it, and goes back to sign up once more. */
export async function leave(visitor: Visitor): Promise<void> {
  const { page } = visitor
  await visitor.open('/signup')
  await fillIn(visitor, 'Ada')
  await visitor.press('Sign up')
  await visitor.sees('h1', 'Welcome')
  await visitor.sees('.success', 'Welcome, Ada.')
  await visitor.title('Welcome')
  await page.waitForURL('**/welcome')
  assert.equal(await page.locator('#account').count(), 0)
  await page.reload()
  await visitor.sees('h1', 'Welcome')
  assert.equal(await page.locator('.success').count(), 0)

  await page.goBack()
  await visitor.button('Sign up').waitFor()
  await page.waitForURL('**/signup')
  await fillIn(visitor, 'Grace')
  await visitor.press('Sign up')
  await visitor.sees('.success', 'Welcome, Grace.')
}

async function fillIn(visitor: Visitor, name: string): Promise<void> {
  await visitor.field('Email address').fill('ada@example.org')
  await visitor.field('Name').fill(name)
  await visitor.field('Password').fill('long enough')
  await visitor.field('Free').check()
  await visitor.field('Country').selectOption('Brazil')
  await visitor.field('I accept the terms').check()
}

/** Sends half of a form, types on, follows a link and goes back. */
export async function comeBack(visitor: Visitor): Promise<void> {
  const { page } = visitor
  await visitor.open('/signup')
  await visitor.field('Name').fill('Ada')
  await visitor.field('Team').check()
  await visitor.press('Sign up')
  await visitor.sees('.sealform-summary a', 'Choose a password')
  assert.equal(await visitor.field('Team').isChecked(), true)
  await visitor.field('Name').fill('Ada, Countess')
  await visitor.field('Email address').fill('ada@example.org')
  await page.getByRole('link', { name: 'Counter', exact: true }).click()
  await visitor.sees('h1', 'Counter')
  await page.goBack()
  await visitor.sees('h1', 'Sign up')
  assert.equal(await visitor.field('Name').inputValue(), 'Ada, Countess')
  assert.equal(await visitor.field('Email address').inputValue(), 'ada@example.org')
  await fillIn(visitor, 'Ada')
  await visitor.press('Sign up')
  await visitor.sees('.success', 'Welcome, Ada.')
}

/** Chooses a file, forgets the title, and is asked for nothing but the title. */
export async function upload(visitor: Visitor): Promise<void> {
  const { client, page } = visitor
  await visitor.open('/upload')
  const name = `${client}.png`
  await visitor.field('Picture').setInputFiles({ name, mimeType: 'image/png', buffer: pngPicture(20, 20) })
  await visitor.press('Upload')
  await visitor.sees('.sealform-summary a', 'Enter a title')
  await visitor.sees('.sealform-kept', name)
  assert.equal(await visitor.field('Picture').inputValue(), '')
  await visitor.staysOn('/upload')
  await visitor.field('Title').fill(`Sent by ${client}`)
  await visitor.press('Upload')
  await visitor.sees('.success', `“Sent by ${client}” has arrived.`)
  await page.waitForURL('**/gallery')
  await visitor.sees('main', name)
}
