import Router from '@koa/router'
import Koa, { type DefaultState } from 'koa'
import { createActions } from 'sealform'
import { type SealformContext, sealform } from 'sealform/koa'
import { page } from './page.js'
import { keepNote, viewOf } from './sealform-notes.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', keepNote)

const app = new Koa<DefaultState, SealformContext>()
const router = new Router<DefaultState, SealformContext>()

router.get('/form', (ctx) => {
  ctx.type = 'html'
  ctx.body = page(viewOf(ctx.form(keep)))
})

router.get('/done', (ctx) => {
  ctx.body = 'Done'
})

app.use(sealform(actions))
app.use(router.routes())
serve(app.callback())
