import Router from '@koa/router'
import Koa from 'koa'
//: import 'sealform/koa/augment'
import { sealform } from 'sealform/koa'
import { actions, sign } from './actions.js'
import { guestbook } from './page.js'

const router = new Router()

router.get('/', (ctx) => {
  ctx.body = guestbook(ctx.form(sign), ctx.forms)
})

export const app = new Koa()
app.use(sealform(actions))
app.use(router.routes())
