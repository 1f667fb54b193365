import Router from '@koa/router'
import Koa, { type DefaultState } from 'koa'
import { createActions, directoryStorage, redirect } from 'sealform'
import { type SealformContext, sealform } from 'sealform/koa'
import { directory, largestFile, serveUploads } from './upload-files.js'

const actions = createActions({ uploads: { storage: directoryStorage({ directory }) } })

const upload = actions.define('upload', {
  files: { file: { maxSize: largestFile } },
  run: () => redirect('/done'),
})

const app = new Koa<DefaultState, SealformContext>()
const router = new Router<DefaultState, SealformContext>()

router.get('/form', (ctx) => {
  const form = ctx.form(upload)
  ctx.type = 'html'
  ctx.body = `<form ${form.attributes}>${form.fields}<input ${form.input('file')}></form>`
})

app.use(sealform(actions))
app.use(router.routes())
serveUploads(app.callback())
