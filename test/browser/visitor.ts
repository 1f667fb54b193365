import assert from 'node:assert/strict'
import type { Locator, Page, Response } from 'playwright-core'
import type { LibraryName } from '../../examples/tour/library.js'
import { until } from '../setup/patience.js'
import type { RunningTour } from './visit.js'

/** Somebody who uses the tour after the choice of a library. */
export class Visitor {
  readonly page: Page
  readonly client: LibraryName
  readonly tour: RunningTour
  #problems: string[] = []

  constructor(page: Page, client: LibraryName, tour: RunningTour) {
    this.page = page
    this.client = client
    this.tour = tour
    page.on('pageerror', (error) => this.#problems.push(String(error)))
    page.on('console', (message) => {
      // Chromium itself reports every answer with 4xx or 5xx to a script, and every connection that is cut.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.#problems.push(message.text())
    })
  }

  /** Opens a page, and forgets what has been before. */
  async open(path: string): Promise<Response | null> {
    await this.page.context().addCookies([{ name: 'tour.library', value: this.client, url: this.tour.url }])
    this.#problems = []
    const answer = await this.page.goto(this.tour.url + path)
    await this.page.evaluate('globalThis.stayed = true')
    return answer
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  press(name: string): Promise<void> {
    return this.button(name).click()
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true })
  }

  /** Waits until an element has this text. */
  sees(selector: string, hasText: string | RegExp): Promise<void> {
    return this.page.locator(selector, { hasText }).first().waitFor()
  }

  async title(expected: string): Promise<void> {
    await until(async () => (await this.page.title()) === `${expected} | Sealform tour`)
  }

  /** The page is still the one that was opened, unless there is no script. */
  async staysOn(path: string): Promise<void> {
    assert.equal(new URL(this.page.url()).pathname, path)
    const stayed = await this.page.evaluate('globalThis.stayed === true')
    assert.equal(stayed, this.client !== 'plain')
  }

  /** Nothing stands in the page twice or inside of itself, and the browser has reported no fault. */
  async leavesInOrder(): Promise<void> {
    const found = await this.page.evaluate<Readonly<Record<string, unknown>>>(`(() => {
      const count = (selector) => document.querySelectorAll(selector).length
      const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
      return {
        counts: ['main', 'main main', 'h1', 'head title', '#heading'].map(count),
        twice: ids.filter((id, i) => ids.indexOf(id) !== i),
        underway: count('[aria-busy=true], [aria-disabled=true]'),
      }
    })()`)
    assert.deepEqual(found, { counts: [1, 0, 1, 1, 1], twice: [], underway: 0 })
    assert.deepEqual(this.#problems, [])
  }

  /** Forgets the faults that a library reports when a connection was cut, after a look at them. */
  forgive(expected: RegExp): void {
    for (const problem of this.#problems.splice(0)) assert.match(problem, expected)
  }
}
