import type { RequestListener } from 'node:http'
import Koa from 'koa'
import { type SealformContext, sealform } from 'sealform/koa'
import type { ServerParts } from './server.js'

export function koaApp({ actions, options, render, isEnding }: ServerParts): RequestListener {
  const app: Koa<Koa.DefaultState, SealformContext> = new Koa()
  app.proxy = true
  app.use(async (ctx, next) => {
    if (ctx.path !== '/health') return next()
    ctx.status = isEnding() ? 503 : 204
  })
  app.use(sealform(actions, options))
  app.use(async (ctx) => {
    if (ctx.path === '/') ctx.body = await render((...args) => ctx.form(...args))
  })
  return app.callback()
}
