import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import { createBrowser, type TestForm, type TestPage } from '../../lib/testing/testing.js'
import { compileApps, type RunningApp, type WholeApps } from './whole-apps.js'

/** The answer to a form, before any redirect is followed. */
function statusOf(page: TestPage): number {
  return page.redirects[0]?.status ?? page.status
}

function onlyForm(page: TestPage): TestForm {
  return page.forms[0] ?? assert.fail(page.html)
}

/** Sends what a form would send, with the cookies and from the site of somebody else. */
async function forge(
  { url }: RunningApp,
  form: TestForm,
  headers: Record<string, string>,
): Promise<Response> {
  const body = new URLSearchParams()
  for (const [name, value] of form.entries()) body.append(name, String(value))
  return fetch(url, { method: 'POST', redirect: 'manual', body, headers })
}

/** Sends the form of an attacker's own visit in the browser of a victim. */
async function sendFromAnotherSite(app: RunningApp, field: string): Promise<Response> {
  const attacker = await createBrowser(app.url).visit('/')
  const victim = await app.browser.visit('/')
  const form = onlyForm(attacker).fill({ [field]: 'Forged 666' })
  return forge(app, form, {
    'Sec-Fetch-Site': 'cross-site',
    Origin: 'https://evil.example',
    Cookie: [...victim.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
  })
}

describe('the apps before and after a move on Express', () => {
  let apps: WholeApps

  before(() => {
    const packages = ['csurf', 'csrf-csrf', 'connect-flash', 'express-validator']
    apps = compileApps(
      'migrating-express',
      packages.map((name) => `migrating-from-${name}`),
    )
  })

  const both = async (t: TestContext, page: string) => ({
    before: await apps.run(t, page, 'before'),
    after: await apps.run(t, page, 'after'),
  })

  it('csurf: both save, show what was typed, and refuse another site', async (t) => {
    const { before, after } = await both(t, 'migrating-from-csurf')
    for (const [app, redirected] of [
      [before, 302],
      [after, 303],
    ] as const) {
      const page = await app.browser.visit('/')
      const saved = await onlyForm(page).fill({ address: 'Rua Oscar Freire 9' }).submit()
      assert.equal(statusOf(saved), redirected)
      assert.ok(saved.has('We deliver to: Rua Oscar Freire 9'))
      const wrong = await onlyForm(saved).fill({ address: 'No number' }).submit()
      assert.equal(wrong.status, 422)
      assert.ok(wrong.has('Enter a street and a number'))
      assert.equal(onlyForm(wrong).value('address'), 'No number')
      assert.equal((await sendFromAnotherSite(app, 'address')).status, 403)
      assert.ok(!(await app.browser.visit('/')).has('Forged'))
    }
  })

  it('csurf: a form whose session is gone is lost before, and saved after', async (t) => {
    const { before, after } = await both(t, 'migrating-from-csurf')
    const send = async (app: RunningApp) => {
      const form = onlyForm(await app.browser.visit('/')).fill({ address: 'Rua Nova 5' })
      return forge(app, form, { 'Sec-Fetch-Site': 'same-origin' })
    }
    const refused = await send(before)
    assert.equal(refused.status, 403)
    assert.doesNotMatch(await refused.text(), /Rua Nova/)
    assert.equal((await send(after)).status, 303)
    assert.ok((await after.browser.visit('/')).has('We deliver to: Rua Nova 5'))
  })

  it('csurf: old and new forms work on one page', async (t) => {
    const { browser, url } = await apps.run(t, 'migrating-from-csurf', 'both')
    const page = await browser.visit('/')
    const renamed = await page.form('rename').fill({ name: 'Ann' }).submit()
    assert.deepEqual([renamed.status, renamed.has('renamed')], [200, true])
    const old = renamed.forms.find(({ text }) => text === 'Old form') ?? assert.fail(renamed.html)
    assert.ok((await old.submit()).has('The old form works.'))
    const unguarded = await fetch(`${url}/old`, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    assert.equal(unguarded.status, 403)
  })

  it('csrf-csrf: both save, show what was typed, and refuse another site', async (t) => {
    const { before, after } = await both(t, 'migrating-from-csrf-csrf')
    for (const [app, redirected, cookies] of [
      [before, 302, 2],
      [after, 303, 0],
    ] as const) {
      const page = await app.browser.visit('/')
      assert.equal(page.cookies.size, cookies)
      const saved = await onlyForm(page).fill({ name: 'Ben' }).submit()
      assert.equal(statusOf(saved), redirected)
      assert.deepEqual(saved.texts('li'), ['Ann', 'Ben'])
      const wrong = await onlyForm(saved).fill({ name: 'B' }).submit()
      assert.equal(wrong.status, 422)
      assert.ok(wrong.has('Enter at least two letters'))
      assert.equal(onlyForm(wrong).value('name'), 'B')
      assert.equal((await sendFromAnotherSite(app, 'name')).status, 403)
      assert.deepEqual((await app.browser.visit('/')).texts('li'), ['Ann', 'Ben'])
    }
  })

  it('connect-flash: both show a message once, and only the new app keeps what was wrong', async (t) => {
    const { before, after } = await both(t, 'migrating-from-connect-flash')
    for (const [app, redirected] of [
      [before, 302],
      [after, 303],
    ] as const) {
      const saved = await onlyForm(await app.browser.visit('/'))
        .fill({ text: 'Water' })
        .submit()
      assert.equal(statusOf(saved), redirected)
      assert.deepEqual(saved.texts('p'), ['Saved: Water'])
      assert.deepEqual((await app.browser.visit('/')).texts('p'), [])
    }
    const long = 'Water the plants, all of them'
    const send = async (app: RunningApp) =>
      onlyForm(await app.browser.visit('/'))
        .fill({ text: long })
        .submit()
    const [lost, kept] = [await send(before), await send(after)]
    for (const page of [lost, kept]) assert.ok(page.has('Use at most 20 characters'))
    assert.deepEqual([statusOf(lost), onlyForm(lost).value('text')], [302, ''])
    assert.deepEqual([statusOf(kept), onlyForm(kept).value('text')], [422, long])
  })

  it('express-validator: both give the same messages and the same values', async (t) => {
    const { before, after } = await both(t, 'migrating-from-express-validator')
    for (const [app, redirected] of [
      [before, 302],
      [after, 303],
    ] as const) {
      const page = await app.browser.visit('/')
      const wrong = await onlyForm(page)
        .fill({ email: 'ann at example', age: '17' })
        .submit({ validate: false })
      assert.equal(wrong.status, 422)
      assert.ok(wrong.has('Enter an email address'))
      assert.ok(wrong.has('You have to be 18'))
      assert.deepEqual(
        [onlyForm(wrong).value('email'), onlyForm(wrong).value('age')],
        ['ann at example', '17'],
      )
      const right = await onlyForm(wrong)
        .fill({ email: ' ann@example.com', age: '18' })
        .submit({ validate: false })
      assert.equal(statusOf(right), redirected)
      assert.deepEqual(right.texts('li'), ['ann@example.com, 18'])
      const taken = await onlyForm(right)
        .fill({ email: 'ann@example.com', age: '40' })
        .submit({ validate: false })
      assert.deepEqual([taken.status, taken.has('This address has an account already')], [422, true])
    }
  })
})
