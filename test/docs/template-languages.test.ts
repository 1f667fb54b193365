import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import type { TestPage } from '../../lib/testing/testing.js'
import { compileApps, type WholeApps } from './whole-apps.js'

describe('the whole apps in template languages', () => {
  let apps: WholeApps
  let componentApps: WholeApps

  before(() => {
    apps = compileApps('template-languages', ['ejs', 'nunjucks', 'pug'])
    componentApps = compileApps('template-jsx', ['jsx'], { jsx: 'react-jsx', jsxImportSource: 'preact' })
  })

  it('EJS: is refused with the input, corrected, and told once', (t) => register(t, apps, 'ejs'))
  it('Nunjucks: is refused with the input, corrected, and told once', (t) => register(t, apps, 'nunjucks'))
  it('Pug: is refused with the input, corrected, and told once', (t) => register(t, apps, 'pug'))
  it('JSX: is refused with the input, corrected, and told once', (t) => register(t, componentApps, 'jsx'))
})

/** Registers a guest as a person would who forgets half of the form, and cancels. */
async function register(t: TestContext, apps: WholeApps, page: string): Promise<void> {
  const { browser } = await apps.run(t, page, 'app')
  const first = await browser.visit('/')
  assert.deepEqual([first.status, first.title, first.texts('p')], [200, 'Workshop', first.texts('form p')])

  const note = 'I bring a <b>friend</b> & "tea"'
  const wrong = await first
    .form('guests.register')
    .fill({ name: ' ', meals: ['dinner'], note })
    .submit({ validate: false })
  assert.deepEqual([wrong.status, wrong.title], [422, 'Error: Workshop'])
  for (const message of ['Enter your name', 'Choose a day']) {
    assert.ok(wrong.has(message), message)
    assert.equal(wrong.html.split(message).length - 1, 2, 'once in the summary, and once at the field')
  }
  const form = wrong.form('guests.register')
  assert.deepEqual([form.value('note'), form.values('meals')], [note, ['dinner']])
  for (const name of ['name', 'day']) assert.deepEqual(described(wrong, name), true, name)

  const right = await form.fill({ name: 'Ann <Ada>', day: 'Sunday' }).submit()
  assert.deepEqual([right.redirects[0]?.status, right.path, right.title], [303, '/', 'Workshop'])
  assert.ok(right.has('Registered: Ann <Ada>'))
  assert.match(right.texts('li').join(), /^Ann <Ada>, Sunday, dinner\s*Cancel$/)
  assert.equal(right.form('guests.register').value('note'), '')

  const again = await browser.visit('/')
  assert.ok(!again.has('Registered'))
  const cancelled = await (again.forms[1] ?? assert.fail(again.html)).submit()
  assert.ok(cancelled.has('Cancelled'))
  assert.deepEqual(cancelled.texts('li'), [])
}

/** Says whether the control of a field refers to an element with its message. */
function described(page: TestPage, name: string): boolean {
  const id = `guests.register-${name}-issue`
  return new RegExp(`aria-describedby="${id}"`).test(page.html) && page.html.includes(`id="${id}"`)
}
