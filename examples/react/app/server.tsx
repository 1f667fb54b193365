import { randomBytes } from 'node:crypto'
import Koa from 'koa'
import { type SealformContext, sealform } from 'sealform/koa'
import { renderReact } from 'sealform/react/server'
import { actions } from './actions.js'
import { fileFor } from './files.js'
import { Page } from './page.js'
import { propsFor } from './pages.js'

/** Creates the app. @param folder where the script for browsers is */
export function createApp(folder: string) {
  const app = new Koa<Koa.DefaultState, SealformContext>()
  app.use(sealform(actions))
  app.use(async (ctx) => {
    const file = await fileFor(ctx.path, folder)
    if (file) {
      ctx.type = file.type
      ctx.body = file.content
      return
    }
    const { flash } = ctx.forms
    const from = ctx.cookies.get('from') ?? ''
    const props = propsFor(ctx.path, { flash: typeof flash === 'string' ? flash : '', from })
    if (!props) return
    const nonce = randomBytes(16).toString('base64')
    ctx.set(
      'Content-Security-Policy',
      `default-src 'self'; script-src 'nonce-${nonce}' 'strict-dynamic'; base-uri 'none'`,
    )
    await renderReact(ctx, props, (given) => <Page {...given} />, { bootstrapModules: ['/client.js'], nonce })
  })
  return app.callback()
}
