// A shop in its own process. Orders run once among all servers that share its Redis.

import { setTimeout as wait } from 'node:timers/promises'
import Router from '@koa/router'
import Koa from 'koa'
import { createClient } from 'redis'
import { redisClaims } from '../../lib/redis/redis.js'
import { createActions, redirect } from '../../lib/sealform.js'
import type { ClaimStore } from '../../lib/types.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import type { OnceServerOptions } from './once-process.js'

const options: OnceServerOptions = JSON.parse(process.argv[2] ?? '{}')

const client = createClient({ url: options.redis })
client.on('error', () => {})
await client.connect()

const actions = createActions({
  keys: options.keys,
  app: 'shop',
  store: withLease(redisClaims(client), options.lease),
})

const told = new Set<() => void>()
process.on('message', () => {
  for (const end of told) end()
})

const order = actions.define('order', {
  once: true,
  async run({ formData, cookies }) {
    process.send?.({ ran: formData.get('text') })
    await Promise.race([
      wait(Number(formData.get('time') ?? 0)),
      new Promise<void>((resolve) => told.add(resolve)),
    ])
    cookies.set('receipt', String(process.pid))
    return redirect(`/orders/${process.pid}`)
  },
})
const rename = actions.define('rename', async () => redirect('/renamed'))

const app = new Koa<Koa.DefaultState, SealformContext>()
const router = new Router<Koa.DefaultState, SealformContext>()
app.use(sealform(actions, { onRefused: () => {} }))
router.get('/', (ctx) => {
  const form = ctx.form(order)
  const other = ctx.form(rename)
  ctx.body = html`${form.summary()}
    <form ${form.attributes}>${form.fields}<input ${form.input('text')}><input ${form.input('time')}></form>
    <form ${other.attributes}>${other.fields}</form>`
})
app.use(router.routes())
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address !== 'string') process.send?.({ port: address.port })
})
process.on('disconnect', () => process.exit())

/** Shortens the lease. The real one, half a minute, is too long for a test in which a server dies. */
function withLease(store: ClaimStore, lease: number | undefined): ClaimStore {
  return {
    claim: (id, terms) => store.claim(id, { ...terms, lease: lease ?? terms.lease }),
    renew: (id, owner, asked) => store.renew(id, owner, lease ?? asked),
    settle: store.settle.bind(store),
    release: store.release.bind(store),
    outcome: store.outcome.bind(store),
  }
}
