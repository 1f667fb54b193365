import { fileURLToPath } from 'node:url'
import Router from '@koa/router'
import ejs from 'ejs'
import Koa from 'koa'
//: import 'sealform/koa/augment'
import { sealform } from 'sealform/koa'
import { actions, entries, remove, sign } from './actions.js'

const view = fileURLToPath(new URL('../views/guestbook.ejs', import.meta.url))
const router = new Router()

router.get('/', async (ctx) => {
  ctx.type = 'html'
  ctx.body = await ejs.renderFile(view, { entries, remove, form: ctx.form(sign), forms: ctx.forms })
})

export const app = new Koa()
app.use(sealform(actions))
app.use(router.routes())
