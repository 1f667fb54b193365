import type { Context, Next } from 'koa'
import { html } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'
import { layout } from '../layout.js'

/** Answers paths without a page. */
export async function missingPage(ctx: Context & SealformContext, next: Next): Promise<void> {
  await next()
  if (ctx.body || (ctx.status !== 404 && ctx.status !== 405)) return
  const { status } = ctx
  ctx.body = layout(ctx, {
    title: status === 404 ? 'There is no such page' : 'This page takes no such request',
    path: ctx.path,
    main: html`<p class="lead">Go to the <a href="/">start of the tour</a>.</p>`,
  })
  ctx.status = status
}
