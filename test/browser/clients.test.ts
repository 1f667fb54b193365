import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { until } from '../setup/patience.js'
import { provesInFull } from '../setup/proofs.js'
import { openChromium } from './chromium.js'
import { attributesInGuide, type Library, type Visited, visitWith } from './clients-app.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const libraries: readonly Library[] = [
  {
    name: 'our script',
    files: ['../dist/bundle/client.js'],
    form: '',
    outside: 'data-region="todos"',
  },
  {
    name: 'Turbo',
    files: ['@hotwired/turbo/dist/turbo.es2017-umd.js'],
    form: attributesInGuide('Turbo'),
    element: 'turbo-frame',
    outside: 'data-turbo-frame="todos"',
  },
  {
    name: 'Turbo Drive',
    files: ['@hotwired/turbo/dist/turbo.es2017-umd.js'],
    form: '',
  },
  { name: 'htmx 2', files: ['htmx.org/dist/htmx.js'], form: attributesInGuide('htmx') },
  { name: 'htmx 4', files: ['htmx4/dist/htmx.js'], form: attributesInGuide('htmx') },
  { name: 'Unpoly', files: ['unpoly/unpoly.js'], form: attributesInGuide('Unpoly') },
  {
    name: 'alpine-ajax',
    files: ['@imacrayon/alpine-ajax/dist/cdn.js', 'alpinejs/dist/cdn.js'],
    form: attributesInGuide('alpine-ajax'),
    body: 'x-data',
  },
]

for (const library of libraries) {
  const visit = (t: Parameters<typeof visitWith>[1]) => visitWith(library, t, browser)
  // The code of others changes only with their version. A run that does not prove in full sends with each of them what
  // succeeds, what is wrong, what fails and what is refused, and everything with ours. What leads away it sends with those
  // that journeys.test.ts does not lead away, which are not in the tour.
  const everything = provesInFull || library.name === 'our script'
  const leadsAway = everything || /^(Turbo Drive|alpine-ajax)$/.test(library.name)

  describe(`forms sent by ${library.name}`, () => {
    it('add, come back with what is wrong, and add once it is right', async (t) => {
      const visited = await visit(t)
      const { page, titles, requests } = visited
      await page.getByLabel('Title').fill('third')
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.locator('#flash', { hasText: 'Added third' }).waitFor()
      await page.getByRole('button', { name: 'Remove third' }).waitFor()
      if (library.name !== 'Turbo Drive') assert.deepEqual(requests, ['POST /'])
      await isWhole(visited)
      assert.equal(await page.getByLabel('Title').inputValue(), '')

      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.locator('#todos .sealform-summary').waitFor()
      await isWhole(visited)
      await page.getByLabel('Title').fill('fourth')
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByRole('button', { name: 'Remove fourth' }).waitFor()
      await isWhole(visited)
      assert.deepEqual(titles, ['first', 'second', 'third', 'fourth'])
    })

    if (leadsAway)
      it('go to another page, which shows the flash', async (t) => {
        for (const title of ['away', 'plain']) {
          const { page, url } = await visit(t)
          await page.getByLabel('Title').fill(title)
          await page.getByRole('button', { name: 'Add', exact: true }).click()
          await page.getByRole('heading', { name: 'Thanks' }).waitFor()
          await page.waitForURL(`${url}thanks`)
          if (title === 'away') await page.getByText('Sent away').waitFor()
          assert.deepEqual([await page.locator('main').count(), await page.locator('#todos').count()], [1, 0])
          await until(async () => (await page.title()) === 'Thanks')
          await page.goBack()
          await page.getByRole('button', { name: 'Remove second' }).waitFor()
        }
      })

    it('come back with their input when the action fails, has expired or is not theirs', async (t) => {
      const visited = await visit(t)
      const { page, runs } = visited
      await page.getByLabel('Title').fill('fail')
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page
        .getByText(/Reference/)
        .first()
        .waitFor()
      assert.equal(await page.getByLabel('Title').inputValue(), 'fail')
      await isWhole(visited)
      await page.getByLabel('Title').fill('forged')
      await page.locator('form[id="todos.add"] [name=sealform]').evaluate((field: { value: string }) => {
        field.value = `${field.value.slice(0, -4)}AAAA`
      })
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.locator('#todos .sealform-summary', { hasNotText: 'Reference' }).waitFor()
      assert.equal(await page.getByLabel('Title').inputValue(), 'forged')
      assert.deepEqual(runs, ['fail'])
      await page.getByLabel('Late').fill('late')
      const { now } = Date
      t.mock.method(Date, 'now', () => now() + 25 * 3600 * 1000)
      await page.getByRole('button', { name: 'Send late' }).click()
      await page.locator('form[id="late"] .sealform-notice').waitFor()
      assert.equal(await page.getByLabel('Late').inputValue(), 'late')
      await isWhole(visited)
      await page.getByRole('button', { name: 'Send late' }).click()
      await page.getByRole('button', { name: 'Remove late' }).waitFor()
      assert.deepEqual(runs, ['fail', 'late'])
    })

    if (!everything) return

    it('remove a row, and keep what is typed elsewhere', async (t) => {
      const visited = await visit(t)
      const outside = visited.page.getByLabel('Outside')
      await outside.fill('half a')
      await visited.page.getByRole('button', { name: 'Remove first' }).click()
      await visited.page.getByRole('button', { name: 'Remove first' }).waitFor({ state: 'detached' })
      await isWhole(visited)
      assert.deepEqual(visited.titles, ['second'])
      // Turbo Drive shows a whole page. All others leave what is outside of the region as it is.
      assert.equal(await outside.inputValue(), library.name === 'Turbo Drive' ? '' : 'half a')
    })

    // Each page of the guide names this limit.
    const leavesOrigin = /^(our script|htmx 2|htmx 4)$/.test(library.name)
    it(
      leavesOrigin
        ? 'go to another origin'
        : 'stay where they are, with their input, instead of going to another origin',
      async (t) => {
        const { page, url, runs } = await visit(t)
        const failed = leavesOrigin ? undefined : page.waitForEvent('requestfailed')
        await page.getByLabel('Title').fill('elsewhere')
        await page.getByRole('button', { name: 'Add', exact: true }).click()
        if (failed === undefined) {
          await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/thanks$/)
          await page.getByRole('heading', { name: 'Thanks' }).waitFor()
        } else {
          await failed
          assert.equal(page.url(), url)
          assert.equal(await page.getByLabel('Title').inputValue(), 'elsewhere')
        }
        assert.deepEqual(runs, ['elsewhere'])
      },
    )

    it('show that it is done', async (t) => {
      const visited = await visit(t)
      await visited.page.getByLabel('Title').fill('done')
      await visited.page.getByRole('button', { name: 'Add', exact: true }).click()
      await visited.page.getByText('It is done').waitFor()
      await isWhole(visited)
    })

    if (library.name !== 'alpine-ajax')
      it('work where they stand in no region', async (t) => {
        const visited = await visit(t)
        const { page, titles, runs } = visited
        await page.getByRole('button', { name: 'Add from outside' }).click()
        await page.locator('form#outside', { hasText: 'Enter a title' }).waitFor()
        await isWhole(visited)
        for (const title of ['third', 'fourth']) {
          await page.getByLabel('Outside').fill(title)
          await page.getByRole('button', { name: 'Add from outside' }).click()
          await page.getByRole('button', { name: `Remove ${title}` }).waitFor()
          await page.locator('#flash', { hasText: `Added ${title}` }).waitFor()
          await until(async () => (await page.getByLabel('Outside').inputValue()) === '')
        }
        await isWhole(visited)
        await page.getByLabel('Outside').fill('done')
        await page.getByRole('button', { name: 'Add from outside' }).click()
        await until(() => runs.length === 4)
        await until(async () => (await page.getByLabel('Outside').inputValue()) === '')
        assert.deepEqual(titles, ['first', 'second', 'third', 'fourth'])
      })

    it('show the built-in page, and run once', async (t) => {
      const { page, runs } = await visit(t)
      await page.getByLabel('Broken').fill('typed')
      await page.getByRole('button', { name: 'Break' }).click()
      await page.getByText('Not while it breaks').first().waitFor()
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor()
      assert.equal(await page.locator('[name=text]').inputValue(), 'typed')
      assert.equal(await page.locator('form#breaking').count(), 0)
      await wait(200)
      assert.deepEqual(runs, ['breaking'])
    })
  })
}

/** Nothing is in the page twice, or inside of itself. */
async function isWhole({ page, titles }: Visited): Promise<void> {
  const counts = await page.evaluate<number[]>(
    "['main', 'main main', '#todos', '#flash', 'form', 'title'].map((each) => document.querySelectorAll(each).length)",
  )
  assert.deepEqual(counts, [1, 0, 1, 1, titles.length + 4, 1])
}
