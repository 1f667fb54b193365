import Router from '@koa/router'
import Koa, { type DefaultState } from 'koa'
import { createActions, redirect } from 'sealform'
import { type SealformContext, sealform } from 'sealform/koa'
import { page } from './page.js'
import { countIn, rowsPage } from './rows.js'
import { defineRows, keepNote, viewOf } from './sealform-notes.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', keepNote)

const rowsOf = defineRows(actions)

// Actions that nothing uses.
const further = Number(process.env.BENCH_ACTIONS ?? 0)
for (let i = 0; i < further; i++) actions.define(`further.${i}`, async () => redirect('/done'))

const app = new Koa<DefaultState, SealformContext>()
const router = new Router<DefaultState, SealformContext>()

router.get('/form', (ctx) => {
  ctx.type = 'html'
  ctx.body = page(viewOf(ctx.form(keep)))
})

router.get('/rows', (ctx) => {
  ctx.type = 'html'
  ctx.body = rowsPage(rowsOf(countIn(ctx.url), (action) => ctx.form(action)))
})

router.get('/done', (ctx) => {
  ctx.body = 'Done'
})

// With a session, each seal is made for its visitor. Without one, the pages of a second share theirs.
const session = process.env.BENCH_SESSION
app.use(sealform(actions, { session: () => session }))
app.use(router.routes())
serve(app.callback())
