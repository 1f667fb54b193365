import assert from 'node:assert/strict'
import { until } from '../../setup/patience.js'
import { errorsInTree } from '../accessibility-tree.js'
import { limits } from '../limits.js'
import type { Visitor } from '../visitor.js'

const what = 'What is there to do?'

/** Sends a title that is too long, then a good one. Only keys are pressed. */
export async function correct(visitor: Visitor): Promise<void> {
  const { page, client } = visitor
  const field = visitor.field(what)
  const title = `By the keys of ${client}`
  await visitor.open('/todos')
  await field.focus()
  await page.keyboard.insertText('a'.repeat(101))
  await page.keyboard.press('Enter')
  await visitor.sees('.sealform-summary a', 'Use at most 100 characters')
  await visitor.title(limits[client].title ? 'Todos' : 'Error: Todos')
  assert.equal(await field.inputValue(), 'a'.repeat(101))
  await visitor.staysOn('/todos')
  await page.locator('.sealform-summary:focus, [aria-invalid=true]:focus').waitFor()
  assert.deepEqual(await errorsInTree(page), {
    alerts: ['There is a problem Use at most 100 characters'],
    invalid: [`${what}: Use at most 100 characters`],
  })

  await field.focus()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(title)
  await page.keyboard.press('Enter')
  await visitor.sees('.todos li', title)
  await page.locator('.sealform-summary').waitFor({ state: 'detached' })
  await visitor.title('Todos')
  await until(async () => (await field.inputValue()) === '')
  await visitor.staysOn('/todos')

  const remove = visitor.button(`Remove “${title}”`)
  // Wherever the focus is, the way with Tab to the button is not longer than the page.
  for (let i = 0; i < 60 && !(await hasFocus(visitor, `Remove “${title}”`)); i++)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await remove.waitFor({ state: 'detached' })
}

async function hasFocus({ page }: Visitor, name: string): Promise<boolean> {
  const focused = await page.evaluate<string>("document.querySelector('button:focus')?.textContent ?? ''")
  return focused.replace(/\s+/g, ' ').includes(name)
}

export async function remove(visitor: Visitor): Promise<void> {
  const { client } = visitor
  await visitor.open('/todos')
  await add(visitor, `First of ${client}`)
  await visitor.press(`Remove “First of ${client}”`)
  await visitor.sees('#heading .success', `“First of ${client}” is off the list.`)
  await visitor.button(`Remove “First of ${client}”`).waitFor({ state: 'detached' })
  await visitor.staysOn('/todos')
  await add(visitor, `Second of ${client}`)
  await visitor.page.locator('#heading .success').waitFor({ state: 'detached' })
}

async function add(visitor: Visitor, title: string): Promise<void> {
  await visitor.field(what).fill(title)
  await visitor.press('Add')
  await visitor.sees('.todos li', title)
  await until(async () => (await visitor.field(what).inputValue()) === '')
}

/** Uses buttons with actions of their own: one changes a number, one adds a line, and one only checks. */
export async function takeAway(visitor: Visitor): Promise<void> {
  const { page } = visitor
  await visitor.open('/counter')
  await visitor.press('Add one')
  await visitor.sees('.count output', /^1$/)
  await visitor.press('Take one away')
  await visitor.sees('.count output', /^0$/)
  await visitor.staysOn('/counter')

  await visitor.open('/order')
  await visitor.field('Name').fill('Ada')
  await visitor.press('Add a line')
  await visitor.button('Remove line 2').waitFor()
  await page.locator('[name="lines[1].product"]:focus').waitFor()
  assert.equal(await visitor.field('Name').inputValue(), 'Ada')
  await visitor.press('Check my order')
  await page.locator('.sealform-summary a', { hasText: 'Choose a product' }).nth(1).waitFor()
  assert.equal(await visitor.field('Name').inputValue(), 'Ada')
  await page.getByLabel('Product').first().selectOption('Tea')
  await visitor.press('Remove line 2')
  await visitor.button('Remove line 2').waitFor({ state: 'detached' })
  await visitor.press('Check my order')
  await visitor.sees('.success', 'Nothing is wrong so far.')
  await visitor.title('Order')
  await visitor.staysOn('/order')
}

export async function typeElsewhere(visitor: Visitor): Promise<void> {
  const { client } = visitor
  await visitor.open('/todos')
  await add(visitor, `Passing of ${client}`)
  await visitor.field(what).fill('Half a')
  await visitor.press(`Remove “Passing of ${client}”`)
  await visitor.button(`Remove “Passing of ${client}”`).waitFor({ state: 'detached' })
  const kept = limits[client]['other form'] ? '' : 'Half a'
  assert.equal(await visitor.field(what).inputValue(), kept)
  await visitor.staysOn('/todos')
}

let bookings = 0

/** Goes through the steps of a booking, and clicks twice on the last button while the server takes its time. */
export async function clickTwice(visitor: Visitor): Promise<void> {
  const { client, page, tour } = visitor
  await visitor.open('/wizard')
  await visitor.field('Name').fill('Ada')
  await visitor.field('Email address').fill('ada@example.org')
  await visitor.press('Next')
  await visitor.sees('h1', 'Your stay')
  await visitor.field('Day of arrival').fill(new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10))
  await visitor.field('Nights').fill('2')
  await visitor.field('A room to the garden').check()
  await visitor.press('Next')
  await visitor.sees('h1', 'Your wishes')
  await visitor.field('Breakfast, please').check()
  await visitor.press('Next')
  await visitor.button('Book').waitFor()
  await visitor.staysOn('/wizard')
  const before = tour.posts.length
  const release = tour.hold()
  try {
    await visitor.button('Book').dblclick({ noWaitAfter: true })
    await until(() => tour.posts.length > before)
  } finally {
    release()
  }
  await visitor.sees('.success', `Thank you, Ada. This is booking number ${++bookings}.`)
  if (!limits[client]['one request']) assert.equal(tour.posts.length - before, 1)
  assert.equal(new URL(page.url()).pathname, '/booked')
}
