import { rm } from 'node:fs/promises'
import multer from '@koa/multer'
import Router from '@koa/router'
import Koa from 'koa'
import { directory, largestFile, serveUploads } from './upload-files.js'

// The token is a field of the form, so it can be checked only after multer has read everything.
const token = 'A'.repeat(43)
const app = new Koa()
const router = new Router()
const upload = multer({ dest: directory, limits: { fileSize: largestFile } })

router.get('/form', (ctx) => {
  ctx.type = 'html'
  ctx.body = `<form><input type="hidden" name="_csrf" value="${token}"></form>`
})

router.post('/form', upload.single('file'), async (ctx) => {
  const { body } = ctx.request as { body?: { _csrf?: string } }
  ctx.body = null
  ctx.status = body?._csrf === token ? 303 : 403
  if (ctx.status === 303) ctx.set('Location', '/done')
  const { path } = ctx.file
  ctx.res.once('close', () => void rm(path))
})

app.use(router.routes())
serveUploads(app.callback())
