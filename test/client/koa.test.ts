import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { openChromium } from '../browser/chromium.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { openPage } from './open-page.js'
import { strictPolicy } from './site.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

describe('with Sealform on Koa, the script', () => {
  it('adds, corrects and removes in a list, and the page is never loaded again', async (t) => {
    const { page, titles } = await openTodos(t)
    await page.evaluate('window.mark = 1')
    const title = page.locator('#todos\\.add-title')
    await title.fill('M')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.locator('.sealform-summary:focus').waitFor()
    assert.equal(await title.inputValue(), 'M')
    assert.equal(await title.getAttribute('aria-invalid'), 'true')
    await title.fill('Milk')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Milk').waitFor()
    await title.fill('Bread')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Bread').waitFor()
    assert.equal(await title.inputValue(), '')
    assert.equal(await page.locator('.sealform-summary').count(), 0)
    await page.getByRole('button', { name: 'Remove Milk' }).click()
    await page.getByText('Milk').waitFor({ state: 'detached' })
    assert.deepEqual(titles(), ['Bread'])
    assert.equal(await page.evaluate('window.mark'), 1)
  })

  it('runs the action of a second button', async (t) => {
    const { page, titles } = await openTodos(t, ['Milk'])
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.locator('li').waitFor({ state: 'detached' })
    assert.deepEqual(titles(), [])
  })

  it('shows an action that failed with the input, and sends it again from there', async (t) => {
    const { page, titles } = await openTodos(t)
    const title = page.locator('#todos\\.add-title')
    await title.fill('fail once')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Something went wrong on our side').waitFor()
    assert.equal(await title.inputValue(), 'fail once')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.locator('li', { hasText: 'fail once' }).waitFor()
    assert.deepEqual(titles(), ['fail once'])
  })

  it('goes where a redirect leads', async (t) => {
    const { page } = await openTodos(t)
    await page.locator('#todos\\.add-title').fill('elsewhere')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('heading', { name: 'Thanks' }).waitFor()
    assert.match(page.url(), /\/thanks$/)
  })
})

async function openTodos(
  t: TestContext,
  first: readonly string[] = [],
): Promise<{ page: Page; titles(): string[] }> {
  let todos = first.map((title, id) => ({ id, title }))
  let failed = false
  const { app } = createTestApp(({ actions, router }) => {
    const add = actions.define('todos.add', async ({ formData }) => {
      const title = String(formData.get('title'))
      if (title.length < 2) return invalid({ title: 'Too short' })
      if (title === 'elsewhere') return redirect('/thanks')
      if (title === 'fail once' && !failed) {
        failed = true
        throw new Error('no database')
      }
      todos.push({ id: todos.length, title })
      return undefined
    })
    const remove = actions.define('todos.remove', async (_, id: number) => {
      todos = todos.filter((todo) => todo.id !== id)
    })
    const clear = actions.define('todos.clear', async () => {
      todos = []
    })
    router.get('/thanks', (ctx) => {
      ctx.body = html`<!doctype html><title>Thanks</title><h1>Thanks</h1>`
    })
    router.get('/', (ctx) => {
      ctx.set('Content-Security-Policy', strictPolicy)
      const form = ctx.form(add)
      const rows = todos.map(({ id, title }) => {
        const own = ctx.form(remove.bind(null, id), { key: id })
        return html`<li id="todo-${id}">${title} <form ${own.attributes}>${own.fields}<button>Remove ${title}</button></form></li>`
      })
      const content = html`<section id="todos">${form.summary()}
        <form ${form.attributes}>${form.fields}<label>Title <input ${form.input('title')}></label>${form.issue('title')}
        <button>Add</button> <button ${form.submit(clear)}>Clear</button></form><ul>${rows}</ul></section>`
      ctx.body = html`<!doctype html><html lang="en"><head><title>Todos</title>${ctx.forms.script}</head><body>${ctx.region('todos', content)}</body></html>`
    })
  })
  const port = await listen(createServer(app.callback()), (close) => t.after(close))
  const page = await openPage(t, browser)
  await page.goto(`http://localhost:${port}/`)
  return { page, titles: () => todos.map(({ title }) => title) }
}
