import Router from '@koa/router'
import Koa from 'koa'
import { koaBody } from 'koa-body'
import CSRF from 'koa-csrf'
import session from 'koa-session'
import { countRuns, issuesOf, keepNote } from './notes.js'
import { page } from './page.js'

const app = new Koa({ keys: [process.env.SECRET] })
const router = new Router()

for (const path of ['/', '/upload']) {
  const file = path === '/upload'
  const show = (ctx, view = {}) => {
    const hidden = `<input type="hidden" name="_csrf" value="${ctx.state._csrf}">`
    ctx.type = 'html'
    ctx.body = page({ path, file, hidden, ...view })
  }
  router.get(path, (ctx) => show(ctx))
  router.post(path, (ctx) => {
    const values = ctx.request.body
    const issues = issuesOf(values)
    if (Object.keys(issues).length > 0) {
      ctx.status = 422
      return show(ctx, { values, issues })
    }
    keepNote(values)
    ctx.status = 303
    ctx.redirect('/done')
  })
}
router.get('/done', (ctx) => {
  ctx.body = 'Done'
})
router.get('/runs', (ctx) => {
  ctx.body = String(countRuns())
})

app.use(session(app))
app.use(koaBody({ multipart: true, formidable: { maxFileSize: 1_000_000 } }))
app.use(new CSRF())
app.use(router.routes())
app.listen(Number(process.env.PORT), '127.0.0.1')
