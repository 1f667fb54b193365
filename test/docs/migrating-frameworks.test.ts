import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { TestPage } from '../../lib/testing/testing.js'
import { compileApps, type WholeApps } from './whole-apps.js'

/** The answer to a form, before any redirect is followed. */
function statusOf(page: TestPage): number {
  return page.redirects[0]?.status ?? page.status
}

describe('the apps after a move from a framework', () => {
  let apps: WholeApps

  before(() => {
    const frameworks = ['nextjs', 'sveltekit', 'remix', 'rails']
    const pages = frameworks.map((name) => `migrating-from-${name}`)
    apps = compileApps('migrating-frameworks', pages, { lib: ['ES2023', 'DOM'], jsx: 'react-jsx' })
  })

  it('Next.js: adds and removes todos of the list that the page was made for', async (t) => {
    const { browser } = await apps.run(t, 'migrating-from-nextjs', 'after')
    const page = await browser.visit('/lists/home')
    const [add] = page.forms
    assert.ok(add)
    const empty = await add.fill({ title: ' ' }).submit()
    assert.deepEqual([empty.status, empty.texts('p')], [422, ['Enter a title']])
    const added = await empty.forms[0]!.fill({ title: 'Bread' }).submit()
    assert.deepEqual([added.status, added.texts('p')], [200, ['Added Bread']])
    const milk = added.forms.find(({ text }) => text.includes('Buy milk')) ?? assert.fail(added.html)
    const removed = await milk.submit()
    assert.equal(statusOf(removed), 303)
    assert.deepEqual(
      removed.forms.slice(1).map(({ text }) => text.replace('Remove', '').trim()),
      ['Bread'],
    )
  })

  it('SvelteKit: adds with a state, shows what is wrong, removes a bound row', async (t) => {
    const { browser } = await apps.run(t, 'migrating-from-sveltekit', 'after')
    const page = await browser.visit('/todos')
    const empty = await page.form('todos.add').fill({ title: ' ' }).submit()
    assert.deepEqual([empty.status, empty.title, empty.has('Enter a title')], [422, 'Error: Todos', true])
    const added = await empty.form('todos.add').fill({ title: 'Bread' }).submit()
    assert.deepEqual([added.status, added.texts('p')], [200, ['Added Bread']])
    const removed = await added.forms[1]!.submit()
    assert.equal(statusOf(removed), 303)
    assert.deepEqual(
      removed.texts('div').map((text) => text.replace('Remove', '').trim()),
      ['Bread'],
    )
  })

  it('Remix: renames and archives by two buttons of one form, with a message', async (t) => {
    const { browser } = await apps.run(t, 'migrating-from-remix', 'after')
    const page = await browser.visit('/projects/7')
    const short = await page.form('projects.rename').fill({ name: 'Li' }).submit('Rename')
    assert.deepEqual([short.status, short.has('Use at least three letters')], [422, true])
    assert.equal(short.form('projects.rename').value('name'), 'Li')
    const renamed = await short.form('projects.rename').fill({ name: 'Harbour' }).submit('Rename')
    assert.deepEqual([statusOf(renamed), renamed.texts('p')], [303, ['Saved']])
    const archived = await renamed.form('projects.rename').submit('Archive')
    assert.deepEqual(archived.texts('h1'), ['Harbour (archived)'])
    assert.equal((await browser.visit('/projects/8')).status, 404)
  })

  it('Rails: creates with labels and messages, removes, and shows each notice once', async (t) => {
    const { browser } = await apps.run(t, 'migrating-from-rails', 'after')
    const page = await browser.visit('/articles/new')
    const empty = await page
      .form('articles.create')
      .fill({ title: '', body: 'Text' })
      .submit({ validate: false })
    assert.deepEqual([empty.status, empty.path], [422, '/articles/new'])
    assert.deepEqual(
      [empty.has('Enter a title'), empty.form('articles.create').value('body')],
      [true, 'Text'],
    )
    const saved = await empty.form('articles.create').fill({ title: 'Tides' }).submit()
    assert.deepEqual([statusOf(saved), saved.path, saved.texts('p')], [303, '/articles', ['Saved: Tides']])
    const removed = await saved.forms[0]!.submit()
    assert.deepEqual([removed.texts('p'), removed.texts('li')], [['Removed'], []])
    assert.deepEqual((await browser.visit('/articles')).texts('p'), [])
  })
})
