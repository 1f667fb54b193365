import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { createCache } from '../../lib/cache/cache.js'
import { redisCacheTier } from '../../lib/redis/redis.js'
import { html } from '../../views/html.js'
import { openStream } from '../setup/event-stream.js'
import { createTestApp, listen } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type RedisServer, startRedis } from '../setup/redis.js'

describe('live regions of two servers that share a Redis', () => {
  it('hear of a revalidation on the other server, once, and ask any of them', async (t) => {
    const redis = await startRedis(t)
    const [one, other] = [await startServer(t, redis), await startServer(t, redis)]
    const mark = await one.known()
    const [atOne, atOther] = [await one.open(mark), await other.open(mark)]
    for (let i = 1; i < 4; i++) {
      await [one, other][i % 2]!.cache.revalidateTag('todos')
      await Promise.all([atOne.received(i), atOther.received(i)])
      // The page that is made now, wherever, shows what was told of.
      const [, stamp] = atOne.events.at(-1)!.split(':')
      assert.deepEqual(atOther.events, atOne.events)
      await until(
        async () => (await one.mark()).endsWith(`.${stamp}`) && (await other.mark()).endsWith(`.${stamp}`),
      )
    }
    assert.equal(atOne.events.length, 3)
  })

  it('catch up on any server with what happened before the stream was opened', async (t) => {
    const redis = await startRedis(t)
    const [one, other] = [await startServer(t, redis), await startServer(t, redis)]
    const mark = await one.known()
    const unchanged = await other.open(mark)
    await one.cache.revalidateTag('todos')
    await unchanged.received(1)
    const late = await other.open(mark)
    assert.deepEqual(await late.received(1), unchanged.events)
  })

  it('catch up when Redis was away, and tell nothing when nothing has happened', async (t) => {
    const redis = await startRedis(t, { appendonly: 'yes' })
    const [one, other] = [await startServer(t, redis), await startServer(t, redis)]
    const stream = await other.open(await other.known())
    await redis.kill()
    await one.cache.revalidateTag('todos')
    await redis.start()
    await stream.received(1)
    // A server may hear of the lost connection first, and of the revalidation a moment later: the last event counts.
    await until(async () => (await one.mark()).endsWith(`.${stream.events.at(-1)!.split(':')[1]}`))
  })
})

async function startServer(t: TestContext, redis: RedisServer) {
  const cache = createCache({ shared: redisCacheTier(await redis.connect(t)), onError: () => {} })
  t.after(() => cache.close())
  const { app } = createTestApp(
    ({ router }) => {
      router.get('/', (ctx) => {
        ctx.body = html`${ctx.region('list', html`<p id="list"></p>`, { live: ['todos'] })}`
      })
    },
    { actions: { cache }, live: true },
  )
  const server = createServer(app.callback())
  const port = await listen(server, (close) => t.after(close))
  t.after(() => server.closeAllConnections())
  const mark = async () => {
    const text = await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())
    return /data-sealform-live="([^"]+)"/.exec(text)?.[1] ?? assert.fail(text)
  }
  return {
    cache,
    mark,
    /** The mark of a page whose server knows the versions of its tags. */
    async known() {
      let found = ''
      await until(async () => {
        found = await mark()
        return !found.endsWith('.')
      })
      return found
    },
    open: (of: string) => openStream(t, port, `/sealform-live?${of}`),
  }
}
