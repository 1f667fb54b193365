import { createClient as createClient5 } from 'redis5'
import { redisStore } from '../../middleware/redis.js'
import { startRedis } from '../setup/redis.js'
import { storeContract } from '../setup/store-contract.js'

storeContract('redis', async (t) => {
  const server = await startRedis(t)
  const [one, other] = await Promise.all([server.connect(t), server.connect(t)])
  return { store: redisStore(one), other: redisStore(other) }
})

storeContract('redis, client 5', async (t) => {
  const server = await startRedis(t)
  const [one, other] = [createClient5({ url: server.url }), createClient5({ url: server.url })]
  for (const client of [one, other]) {
    t.after(() => client.destroy())
    await client.on('error', () => {}).connect()
  }
  return { store: redisStore(one), other: redisStore(other) }
})
