import { createServer } from 'node:http'
import { createClient } from 'redis'
import { type Actions, createActions } from 'sealform'
import type { SafeHtml } from 'sealform/html'
import type { MiddlewareOptions } from 'sealform/koa'
import { redisClaims, redisFiles } from 'sealform/redis'
import { Book } from './book.js'
import { builds, type FormOf } from './build.js'
import { page } from './page.js'

// One server. Environment variables configure it; its keys are in SEALFORM_KEYS or SEALFORM_KEYS_FILE.

const {
  NAME = 'server',
  FRAMEWORK,
  BUILD = 'first',
  REDIS_URL = '',
  TTL = '24h',
  SLOWNESS = '0',
} = process.env
const build = builds.get(BUILD)
if (!build) throw new Error(`There is no build ${BUILD}; there are ${[...builds.keys()].join(', ')}.`)

/** The settings for both frameworks. */
export interface ServerParts {
  readonly actions: Actions
  readonly options: MiddlewareOptions<unknown>
  render(form: FormOf): Promise<SafeHtml>
  isEnding(): boolean
}

const client = createClient({ url: REDIS_URL })
client.on('error', (error) => console.error(`${NAME}: Redis: ${error.message}`))
await client.connect()

const actions = createActions({
  app: 'book',
  ttl: TTL,
  store: redisClaims(client),
  uploads: { storage: redisFiles(client) },
})
const book = new Book(client, Number(SLOWNESS))
const forms = build(actions, book)
let ending = false

const parts: ServerParts = {
  actions,
  options: {
    onRefused({ reason, status, action, detail }) {
      console.warn(JSON.stringify({ server: NAME, reason, status, action, detail }))
    },
  },
  render: async (form) => page(await book.read(), forms(form), { name: NAME, build: BUILD }),
  isEnding: () => ending,
}

const listener =
  FRAMEWORK === 'express'
    ? (await import('./express-app.js')).expressApp(parts)
    : (await import('./koa-app.js')).koaApp(parts)
const server = createServer(listener)
server.listen(Number(process.env.PORT), '127.0.0.1', () => tell('ready'))

/** Sends a message to the parent process. */
function tell(what: 'ready' | 'reloaded'): void {
  process.send?.({ what, keys: actions.keys.ids })
}

process.on('SIGHUP', () => {
  try {
    actions.keys.reload()
    console.log(`${NAME}: keys ${actions.keys.ids.join(', ')}`)
    tell('reloaded')
  } catch (error) {
    console.error(`${NAME}: the new keys are not valid; the old keys stay in use.`, error)
  }
})

process.once('SIGTERM', stop)
process.once('disconnect', stop)

/** Stops the server within ten seconds, even when clients do not finish. */
function stop(): void {
  if (ending) return
  ending = true
  actions.drain('5s')
  server.close(() => {
    client.destroy()
    if (process.connected) process.disconnect()
  })
  setInterval(() => server.closeIdleConnections(), 100).unref()
  setTimeout(() => server.closeAllConnections(), 9000).unref()
}
