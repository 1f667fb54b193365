import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort, type Running, startNginx, startRedis, startServer } from './processes.js'

// npm run example:servers: three servers with one key, behind nginx, with Redis.

const folder = mkdtempSync(join(tmpdir(), 'sealform-servers-'))
const servers: Running[] = []
const others: Running[] = []
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0))
process.on('SIGHUP', () => {
  for (const { child } of servers) child.kill('SIGHUP')
})

try {
  const keysFile = join(folder, 'keys')
  writeFileSync(keysFile, randomBytes(32).toString('base64'), { mode: 0o600 })
  const redisPort = await freePort()
  others.push(await startRedis(redisPort, folder))

  const frameworks = ['koa', 'koa', 'express'] as const
  const ports = await Promise.all(frameworks.map(freePort))
  servers.push(
    ...(await Promise.all(
      frameworks.map((framework, i) =>
        startServer({
          name: `${framework}-${i + 1}`,
          framework,
          build: process.env.BUILD ?? 'second',
          port: ports[i] ?? 0,
          redisUrl: `redis://127.0.0.1:${redisPort}`,
          env: { SEALFORM_KEYS_FILE: keysFile },
        }),
      ),
    )),
  )
  const port = Number(process.env.PORT ?? 3000) || (await freePort())
  others.unshift(await startNginx(port, ports, folder))
  console.log(`Three servers with one key, behind nginx: http://localhost:${port}`)
  console.log(`New keys without a restart: write them into ${keysFile}, then: kill -HUP ${process.pid}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  await stop(1)
}

/**
 * Stops nginx first, so that it sends no request to a stopped server, and Redis last, since actions store their
 * outcomes there.
 */
async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  const [nginx, redis] = others.length === 2 ? others : [undefined, others[0]]
  await Promise.race([nginx?.stop('SIGQUIT'), wait(1000)])
  await Promise.all(servers.map((server) => server.stop()))
  await nginx?.stop()
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(code)
}
