import { type BrowserOptions, TestBrowser } from './browser.js'
import { type Invoke, invokeWith } from './invoke.js'
import type { TestPage } from './page.js'
import type { Target } from './target.js'

export type { BrowserOptions, TestBrowser } from './browser.js'
export type { FormEntry } from './entry-list.js'
export type { FillValue, TestFile } from './fill.js'
export type { SubmitOptions } from './form.js'
export type { Invocation, Invoke, InvokeOptions } from './invoke.js'
export type { InvokeInput } from './invoke-input.js'
export type { Redirection } from './navigation.js'
export type { TestElement, TestForm, TestLink, TestPage } from './page.js'
export type { Target } from './target.js'

/**
 * Opens a page as a browser without JavaScript does. A test can follow its links, and fill in and send its forms. Needs
 * the packages supertest, parse5 and tough-cookie.
 *
 * @param target a Koa or Express app, a `(req, res)` function, an `http.Server` or `https.Server`, or the URL of a
 * server that is running
 * @param path with its query string
 * @throws SealformError `ERR_BROWSER_REFUSED` for another site and after 20 redirects, `ERR_OPTION_INVALID` on a
 *   target that cannot be visited, on misspelt options, and when the package tough-cookie is not installed
 * @example
 * ```ts
 * const page = await visit(new Koa(), '/todos')
 * const next = await page.form('todos.add').fill({ title: 'Milk' }).submit()
 * console.log(next.status, next.path, next.texts('li'))
 * ```
 */
export async function visit(target: Target, path: string, options: BrowserOptions = {}): Promise<TestPage> {
  return new TestBrowser(target, options).visit(path)
}

/**
 * Makes a browser with cookies of its own, which all of its pages share.
 *
 * @param target as in `visit()`
 * @throws SealformError `ERR_OPTION_INVALID` on misspelt options, and when the package tough-cookie is not installed
 * @example
 * ```ts
 * const browser = createBrowser(new Koa(), { cookies: { session: 'ada' } })
 * const todos = await browser.visit('/todos')
 * ```
 */
export function createBrowser(target: Target, options: BrowserOptions = {}): TestBrowser {
  return new TestBrowser(target, options)
}

/**
 * Calls an action without HTTP and returns the result. Everything except the page is as on a server: the bound values
 * are sealed and opened, `authorize` and the hooks run, limits hold, the schema validates. Line breaks of a FormData
 * arrive as CRLF, as browsers send them.
 *
 * @param action with its registry's key; it can have values bound already
 * @param input the fields of the form, or a `FormData`
 * @param bound the values that are still to be bound
 * @throws what the action threw, unless it is an outcome; SealformError `ERR_VALUE_UNSUPPORTED` on a bound value that
 * no form could carry
 * @example
 * ```ts
 * const added = await invoke(addTodo, { title: 'Milk' }, 'groceries')
 * console.log(added.kind, added.to, added.issues, added.cookies)
 *
 * const byAda = await invoke.with({ cookies: { session: 'ada' } })(addTodo, { title: 'Bread' }, 'groceries')
 * ```
 */
export const invoke: Invoke = invokeWith({})
