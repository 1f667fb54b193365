import Router from '@koa/router'
import Koa from 'koa'
import { check, emptyView, page } from './page.js'
import { readWithBusboy } from './read-busboy.js'
import { countIn, plainRow, rowsPage, titles } from './rows.js'
import { serve } from './serve.js'

const app = new Koa()
const router = new Router()

router.get('/form', (ctx) => {
  ctx.type = 'html'
  ctx.body = page(emptyView)
})

router.post('/form', async (ctx) => {
  const { title = '', note = '', priority = '' } = await readWithBusboy(ctx.req)
  const issue = check(title, note, priority)
  if (issue) {
    ctx.status = 422
    ctx.type = 'html'
    ctx.body = page({ ...emptyView, title, note, priority, issue })
    return
  }
  ctx.body = null
  ctx.status = 303
  ctx.set('Location', '/done')
})

router.get('/rows', (ctx) => {
  ctx.type = 'html'
  ctx.body = rowsPage(titles(countIn(ctx.url)).map((title, id) => plainRow(title, id)))
})

router.get('/done', (ctx) => {
  ctx.body = 'Done'
})

app.use(router.routes())
serve(app.callback())
