import type { Actions } from 'sealform'
import type { SafeHtml } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'
import type { Book } from './book.js'
import { first } from './builds/first.js'
import { prepared } from './builds/prepared.js'
import { second } from './builds/second.js'

/** The type of `ctx.form` of Koa and `req.form` of Express. */
export type FormOf = SealformContext['form']

/** A build of the app. It defines its actions and renders their forms. */
export type Build = (actions: Actions, book: Book) => (form: FormOf) => SafeHtml

/** The builds, in the order of deployment. Each one accepts the pages of the builds before and after it. */
export const builds: ReadonlyMap<string, Build> = new Map([
  ['first', first],
  ['prepared', prepared],
  ['second', second],
])
