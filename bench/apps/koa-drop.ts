import Router from '@koa/router'
import Koa from 'koa'
import { emptyView, page } from './page.js'
import { serve } from './serve.js'

// The same as node-drop.ts on Koa.
const app = new Koa()
const router = new Router()

router.get('/form', (ctx) => {
  ctx.type = 'html'
  ctx.body = page({ ...emptyView, fields: '<input type="hidden" name="token" value="dropped">' })
})

router.post('/form', async (ctx) => {
  ctx.req.resume()
  await new Promise((resolve) => ctx.req.on('end', resolve))
  ctx.status = 400
  ctx.body = 'Refused'
})

app.use(router.routes())
serve(app.callback())
