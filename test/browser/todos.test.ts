import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.js'
import { type Tab, visitTour } from './visit.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

test('todos: the keyboard alone adds, removes and clears', async (t) => {
  const { tab } = await visitTodos(t)
  const keyboard = tab.page.keyboard

  await keyboard.press('Tab')
  assert.equal(await tab.page.locator(':focus').textContent(), 'Skip to the content')
  await keyboard.press('Enter')
  await keyboard.press('Tab')
  assert.equal(await tab.focused(), 'todos.add-title')
  await keyboard.type('Water the plants')
  const added = await tab.load(() => keyboard.press('Enter'))
  assert.equal(added.status, 200)
  assert.equal(new URL(added.url).pathname, '/todos')
  assert.deepEqual(await titles(tab), ['Water the plants'])
  assert.equal(await tab.value('What is there to do?'), '')

  await add(tab, 'Call Grandmother')
  assert.deepEqual(await titles(tab), ['Water the plants', 'Call Grandmother'])

  await tab.page.getByRole('button', { name: 'Remove “Water the plants”' }).focus()
  await tab.load(() => keyboard.press('Enter'))
  assert.deepEqual(await titles(tab), ['Call Grandmother'])

  await tab.page.getByRole('button', { name: 'Clear the list' }).focus()
  await tab.load(() => keyboard.press('Space'))
  assert.deepEqual(await titles(tab), [])
})

test('todos: an error takes the focus, links to its field and keeps the input', async (t) => {
  const { tab } = await visitTodos(t)
  const tooLong = 'a'.repeat(101)
  const refused = await add(tab, tooLong)
  assert.equal(refused.status, 422)
  assert.equal(await tab.page.title(), 'Error: Todos | Sealform tour')
  assert.equal(await tab.focused(), 'todos.add-summary')
  assert.deepEqual(await tab.texts('.sealform-summary a'), ['Use at most 100 characters'])
  assert.equal(await tab.value('What is there to do?'), tooLong)

  const field = tab.page.getByLabel('What is there to do?')
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  const describedBy = await field.getAttribute('aria-describedby')
  assert.deepEqual(await tab.texts(`[id="${describedBy}"]`), ['Use at most 100 characters'])

  await tab.page.keyboard.press('Tab')
  await tab.page.keyboard.press('Enter')
  await tab.page.waitForURL(/#todos\.add-title$/)
  assert.equal(await tab.focused(), 'todos.add-title')

  assert.equal((await add(tab, 'a'.repeat(100))).status, 200)
  assert.equal((await add(tab, '')).status, 422)
  assert.deepEqual(await tab.texts('.sealform-summary a'), ['Enter a title'])
})

test('todos: markup in a title is shown as text', async (t) => {
  const { tab } = await visitTodos(t)
  const hostile = '"><script>document.title = 1</script> & ‮ 🪴'
  await add(tab, hostile)
  assert.deepEqual(await titles(tab), [hostile])
  assert.equal((await add(tab, hostile)).status, 422)
  assert.equal(await tab.value('What is there to do?'), hostile)
})

test('todos: reloading the answer to a POST sends it again and shows the same page', async (t) => {
  const { tab, tour } = await visitTodos(t)
  await add(tab, 'Once')
  assert.equal((await add(tab, 'once')).status, 422)
  const posts = tour.posts.length
  const again = await tab.load((page) => page.reload())
  assert.equal(again.status, 422)
  assert.equal(tour.posts.length, posts + 1)
  assert.equal(await tab.value('What is there to do?'), 'once')
  assert.deepEqual(await titles(tab), ['Once'])
})

test('todos: a reload after a success repeats nothing', async (t) => {
  const { tab, tour } = await visitTodos(t)
  await add(tab, 'Once')
  const posts = tour.posts.length
  await tab.load((page) => page.reload())
  assert.equal(tour.posts.length, posts)
  assert.deepEqual(await titles(tab), ['Once'])
})

test('todos: going back and sending again works, and adds no title twice', async (t) => {
  const { tab } = await visitTodos(t)
  await add(tab, 'First')
  await tab.page.goBack()
  assert.equal((await add(tab, 'First')).status, 422)
  await tab.page.goBack()
  assert.equal((await add(tab, 'Second')).status, 200)
  assert.deepEqual(await titles(tab), ['First', 'Second'])
})

test('todos: a double-click adds one item', async (t) => {
  const { tab, tour } = await visitTodos(t)
  await tab.page.getByLabel('What is there to do?').fill('Only once')
  await tab.load((page) => page.getByRole('button', { name: 'Add', exact: true }).dblclick())
  assert.ok(tour.posts.length >= 1)
  await tab.open('/todos')
  assert.deepEqual(await titles(tab), ['Only once'])
})

test('todos: tabs that were opened earlier keep working', async (t) => {
  const { tab, another } = await visitTodos(t)
  await add(tab, 'Shared')
  const other = await another()
  await other.open('/todos')
  await tab.press('Remove “Shared”')
  const late = await other.press('Remove “Shared”')
  assert.equal(late.status, 200)
  assert.deepEqual(await titles(other), [])
  await add(other, 'From the other tab')
  await tab.open('/todos')
  assert.deepEqual(await titles(tab), ['From the other tab'])
})

test('todos: a form is accepted with the Origin: null of a page without referrer', async (t) => {
  const { tab, tour } = await visitTodos(t)
  assert.equal((await add(tab, 'Accepted')).status, 200)
  assert.equal(tour.posts.at(-1)?.origin, 'null')
  assert.equal(tour.posts.at(-1)?.['sec-fetch-site'], 'same-origin')
})

test('todos: everything works with JavaScript switched on, too', async (t) => {
  const { tab } = await visitTodos(t, { javaScriptEnabled: true })
  const problems: string[] = []
  tab.page.on('console', (message) => problems.push(message.text()))
  tab.page.on('pageerror', (error) => problems.push(error.message))
  await add(tab, 'With scripts')
  assert.deepEqual(await titles(tab), ['With scripts'])
  await tab.press('Remove “With scripts”')
  assert.deepEqual(await titles(tab), [])
  assert.deepEqual(problems, [])
})

function visitTodos(t: TestContext, options = {}) {
  return visitTour(t, browser, '/todos', options)
}

async function add(tab: Tab, title: string) {
  await tab.page.getByLabel('What is there to do?').fill(title)
  return tab.press('Add')
}

function titles(tab: Tab): Promise<string[]> {
  return tab.texts('.todos li > span')
}
