import Router from '@koa/router'
import Tokens from 'csrf'
import Koa from 'koa'
import koaBody from 'koa-body'
import createSession from 'koa-session'
import { check, emptyView, page } from './page.js'
import { countIn, plainRow, rowsPage, titles } from './rows.js'
import { serve } from './serve.js'

const app = new Koa({ keys: ['a key that signs the session cookie'] })
const router = new Router()
const tokens = new Tokens()

router.get('/form', (ctx) => {
  ctx.session.secret ??= tokens.secretSync()
  ctx.type = 'html'
  ctx.body = page({ ...emptyView, fields: tokenField(ctx.session.secret) })
})

router.post('/form', (ctx) => {
  const fields = textFields(ctx.request.body)
  if (!ctx.session.secret || !tokens.verify(ctx.session.secret, fields._csrf ?? '')) {
    ctx.status = 403
    ctx.body = 'Invalid CSRF token'
    return
  }
  const { title = '', note = '', priority = '' } = fields
  const issue = check(title, note, priority)
  if (issue) {
    ctx.status = 422
    ctx.type = 'html'
    ctx.body = page({ ...emptyView, fields: tokenField(ctx.session.secret), title, note, priority, issue })
    return
  }
  ctx.body = null
  ctx.status = 303
  ctx.set('Location', '/done')
})

router.get('/rows', (ctx) => {
  ctx.session.secret ??= tokens.secretSync()
  const { secret } = ctx.session
  ctx.type = 'html'
  ctx.body = rowsPage(titles(countIn(ctx.url)).map((title, id) => plainRow(title, id, tokenField(secret))))
})

router.get('/done', (ctx) => {
  ctx.body = 'Done'
})

app.use(createSession(app))
app.use(koaBody({ multipart: true }))
app.use(router.routes())
serve(app.callback())

function tokenField(secret: string): string {
  return `<input type="hidden" name="_csrf" value="${tokens.create(secret)}">`
}

/** Returns the text of a field. koa-body gives strings, or arrays for repeated names. */
function textFields(body: unknown): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(body ?? {})) if (typeof value === 'string') fields[name] = value
  return fields
}
