import Koa, { type DefaultState } from 'koa'
import { createClient } from 'redis'
import { createActions, memoryStore, redirect } from 'sealform'
import { type SealformContext, sealform } from 'sealform/koa'
import { redisClaims } from 'sealform/redis'
import { serve } from './serve.js'

// Two actions that differ only in `once`. `/forms` returns as many fresh forms as requested.

const url = process.env.REDIS_URL
const store = url === undefined ? memoryStore() : await storeAt(url)
const actions = createActions({ store })

const ordinary = actions.define('ordinary', async () => redirect('/done'))
const once = actions.define('once', { once: true, run: async () => redirect('/done') })

const app = new Koa<DefaultState, SealformContext>()
app.use(sealform(actions))
app.use((ctx) => {
  const action = ctx.query.action === 'once' ? once : ordinary
  ctx.body = Array.from({ length: Number(ctx.query.count ?? 1) }, (_, i) => {
    const fields = String(ctx.form(action, { key: String(i) }).fields)
    const body = new URLSearchParams()
    for (const [, name = '', value = ''] of fields.matchAll(/name="([^"]+)" value="([^"]*)"/g))
      body.append(name, value)
    return String(body)
  })
})
serve(app.callback())

async function storeAt(address: string) {
  const client = createClient({ url: address }).on('error', (error) => console.error(error))
  await client.connect()
  return redisClaims(client)
}
