import type { Actions } from 'sealform'
import type { SafeHtml } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'
import type { Book } from './book.js'
import { first } from './builds/first.js'
import { prepared } from './builds/prepared.js'
import { second } from './builds/second.js'

/** `ctx.form` of Koa and `req.form` of Express. */
export type FormOf = SealformContext['form']

/** What one build of the app does: it defines its actions, and prints their forms on the page. */
export type Build = (actions: Actions, book: Book) => (form: FormOf) => SafeHtml

/** The builds that are deployed one after the other. Pages of each are good for the one before and the one after it. */
export const builds: ReadonlyMap<string, Build> = new Map([
  ['first', first],
  ['prepared', prepared],
  ['second', second],
])
