import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'redis'
import { type Running, startNginx, startRedis, startServer } from '../../examples/servers/processes.js'
import { createKeyRing } from '../../lib/seal/key-ring.js'
import { freePort } from '../setup/free-port.js'
import { patienceSignal, until } from '../setup/patience.js'
import { invite, type Sent } from '../setup/visitors.js'

/** Seconds that a form lives, many times longer than anybody takes over one. */
const ttl = 6

const [oldKey, newKey, wrongKey] = Array.from({ length: 3 }, () => randomBytes(32).toString('base64')) as [
  string,
  string,
  string,
]
const idOf = (key: string) => createKeyRing(key, {}).ids[0] ?? ''
const frameworks = ['koa', 'koa', 'express'] as const

const folder = mkdtempSync(join(tmpdir(), 'sealform-deployment-'))
const keysFile = join(folder, 'keys')
const servers: Running[] = []
const ports: number[] = []
const log: string[] = []
let redis: Running
let nginx: Running
let redisUrl: string
let url: string

before(async () => {
  writeFileSync(keysFile, oldKey)
  const redisPort = await freePort()
  redisUrl = `redis://127.0.0.1:${redisPort}`
  redis = await startRedis(redisPort, folder)
  for (const _ of frameworks) ports.push(await freePort())
  await Promise.all(frameworks.map((_, i) => start(i, 'first')))
  const port = await freePort()
  url = `http://127.0.0.1:${port}/`
  nginx = await startNginx(port, ports, folder)
})

after(async () => {
  await nginx?.stop()
  await Promise.all(servers.map((server) => server.stop()))
  await redis?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(
  place: number,
  build: string,
  env: NodeJS.ProcessEnv = { SEALFORM_KEYS_FILE: keysFile },
) {
  const framework = frameworks[place] ?? 'koa'
  const server = await startServer({
    name: `${framework}-${place + 1}`,
    framework,
    build,
    port: ports[place] ?? 0,
    redisUrl,
    env: { TTL: `${ttl}s`, SLOWNESS: '20', NODE_ENV: 'production', ...env },
    output: 'pipe',
  })
  for (const stream of [server.child.stdout, server.child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => log.push(text))
  }
  servers[place] = server
}

/** Replaces a server by one of another build, as a deployment does. The old one finishes its requests. */
async function replace(place: number, build: string, env?: NodeJS.ProcessEnv): Promise<void> {
  await servers[place]?.stop()
  await start(place, build, env)
}

async function deploy(build: string): Promise<void> {
  for (const place of frameworks.keys()) await replace(place, build)
}

/** Writes the key file, and makes every server read it. */
async function rotate(...keys: readonly string[]): Promise<void> {
  writeFileSync(keysFile, keys.join('\n'))
  await Promise.all(
    servers.map(async ({ child }) => {
      const told = once(child, 'message', { signal: patienceSignal() })
      child.kill('SIGHUP')
      const [{ keys: ids }] = await told
      assert.deepEqual(ids, keys.map(idOf))
    }),
  )
}

/** Asserts that every accepted submission is in the book once, and no other. */
async function assertInTheBook(sent: readonly Sent[]): Promise<void> {
  const client = createClient({ url: redisUrl })
  await client.connect()
  const lines = await client.lRange('book', 0, -1)
  client.destroy()
  for (const { line, status } of sent) {
    assert.equal(lines.filter((other) => other === line).length, status === 303 ? 1 : 0, `${line}: ${status}`)
  }
}

function summary(sent: readonly Sent[]): string[] {
  return sent
    .filter(({ status }) => status !== 303)
    .map(({ action, build, renderedBy, status }) => `${status} ${action} of ${renderedBy}, ${build}`)
}

describe('servers under steady load through nginx', () => {
  it('take every form while their keys are replaced in the documented steps', async () => {
    const visitors = invite(url)
    await until(() => visitors.sent.length > 5)
    await rotate(oldKey, newKey)
    await wait(700)
    await rotate(newKey, oldKey)
    await wait(ttl * 1000 + 200)
    await rotate(newKey)
    await wait(700)
    await until(() => visitors.sent.length > 50)
    const sent = await visitors.leave()
    assert.deepEqual(summary(sent), [])
    assert.ok(sent.length > 50, `${sent.length} submissions`)
    assert.equal(new Set(sent.map(({ renderedBy }) => renderedBy)).size, 3)
    await assertInTheBook(sent)
  })

  it('accept every form while a new build is deployed and rolled back, and show the input of a removed action', async () => {
    const visitors = invite(url)
    await deploy('prepared')
    await deploy('second')
    await wait(700)
    await deploy('prepared')
    const sent = await visitors.leave()

    const gone = sent.filter(({ status, action }) => status === 409 && action === 'book.complain')
    assert.ok(gone.length > 0)
    for (const { body, text, build } of gone) {
      assert.notEqual(build, 'second')
      assert.match(body, new RegExp(`This form has changed since you opened it[^]*${text}\\b`))
    }
    assert.deepEqual(summary(sent.filter((one) => !gone.includes(one))), [])
    for (const build of ['first', 'prepared', 'second']) {
      assert.ok(
        sent.some((one) => one.build === build && one.action === 'book.sign'),
        build,
      )
    }
    assert.ok(sent.some(({ action }) => action === 'book.praise'))
    await assertInTheBook(sent)
  })

  it('show page and input again when one server has a wrong key, and report it in the log', async () => {
    await replace(2, 'prepared', { SEALFORM_KEYS: wrongKey })
    const [right, wrong] = [idOf(newKey), idOf(wrongKey)]
    const toldByBoth = [
      `sealed with key ${right}; this server has ${wrong}`,
      `sealed with key ${wrong}; this server has ${right}`,
    ]
    log.length = 0
    const visitors = invite(url)
    await until(() => visitors.sent.filter(({ status }) => status !== 303).length > 5)
    await until(() => toldByBoth.every((words) => log.join('').includes(words)))
    const sent = await visitors.leave()
    const refused = sent.filter(({ status }) => status !== 303)
    assert.ok(refused.length > 5, `${refused.length} of ${sent.length} were refused`)
    for (const { status, body, text } of refused) {
      assert.equal(status, 400)
      assert.match(body, new RegExp(`Nothing is lost[^]*${text}\\b`))
      assert.match(body, /name="sealform" value="/)
    }
    await assertInTheBook(sent)

    const lines = log.join('')
    assert.match(lines, /docs\/errors\/key-mismatch\.md/)
    for (const key of [oldKey, newKey, wrongKey]) assert.ok(!lines.includes(key))
  })
})
