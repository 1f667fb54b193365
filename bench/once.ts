// npm run bench:once: the cost of `once: true`, with the store in memory and in Redis.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../test/setup/free-port.js'
import { provideProgram, redis as redisProgram, requireProgram } from '../test/setup/programs.js'
import { RedisServer } from '../test/setup/redis.js'
import { Child } from './child.js'
import { type Cores, chooseCores, describeMachine } from './machine.js'
import { table } from './report.js'
import { formatSpread, spreadOf } from './statistics.js'

const key = randomBytes(32).toString('base64')
const rounds = 24
const perRound = 150
const warmUps = 6

type Kind = 'ordinary' | 'once'

/** One round of one kind on one server. */
interface Sample {
  /** The median of the round: milliseconds from the first byte sent to the last byte of the answer. */
  readonly latency: number
  /** CPU time of the server for each submission, in µs. */
  readonly cpu: number
}

interface Round {
  readonly ordinary: Sample
  readonly once: Sample
}

provideProgram(redisProgram)
const directory = mkdtempSync(join(tmpdir(), 'sealform-bench-'))
const redis = new RedisServer(requireProgram(redisProgram), await freePort(), directory)
const cores = chooseCores()
const machine = describeMachine(cores)
console.log(machine.join('\n'))
try {
  await redis.start()
  const rows = [await row({ store: 'memory', count: 1, env: {} }, cores)]
  for (const count of [1, 2, 3])
    rows.push(await row({ store: 'Redis', count, env: { REDIS_URL: redis.url } }, cores))
  const text = report(rows)
  console.log(`\n${text}`)
  writeFileSync('bench/once.md', document(text))
} finally {
  await redis.kill()
  rmSync(directory, { recursive: true, force: true })
}

/** @param count how many servers share the store, which `env` names to them */
async function row(
  { store, count, env }: { store: string; count: number; env: Record<string, string> },
  { server }: Cores,
): Promise<string[]> {
  const own = { SEALFORM_KEYS: key, ...env }
  const servers = Array.from({ length: count }, () => new Child('./apps/once-koa.js', server, own))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const measured: Round[] = []
    for (let round = -warmUps; round < rounds; round++) {
      const order: readonly Kind[] = round % 2 === 0 ? ['ordinary', 'once'] : ['once', 'ordinary']
      const samples = new Map<Kind, Sample[]>()
      // Each server handles one submission at a time; all servers work at the same time.
      for (const kind of order)
        samples.set(kind, await Promise.all(servers.map((child) => turn(child, kind, agent))))
      if (round < 0) continue
      for (let i = 0; i < count; i++) {
        measured.push({ ordinary: samples.get('ordinary')![i]!, once: samples.get('once')![i]! })
      }
    }
    console.error(`${store}, ${count}: done`)
    const figure = (value: (round: Round) => number, digits: number) =>
      formatSpread(spreadOf(measured.map(value)), digits)
    return [
      store,
      String(count),
      figure(({ ordinary }) => ordinary.latency, 2),
      figure(({ once }) => once.latency, 2),
      figure(({ ordinary, once }) => once.latency - ordinary.latency, 2),
      figure(({ ordinary, once }) => once.cpu - ordinary.cpu, 0),
    ]
  } finally {
    agent.destroy()
    for (const child of servers) await child.stop()
  }
}

async function turn(child: Child, kind: Kind, agent: Agent): Promise<Sample> {
  const port = await child.ask('port', undefined)
  const bodies: string[] = JSON.parse(
    await exchange({ port, agent }, `/forms?action=${kind}&count=${perRound}`),
  )
  const before = await child.ask('cpu', undefined)
  const latencies: number[] = []
  for (const body of bodies) {
    const began = performance.now()
    await exchange({ port, agent }, '/forms', body)
    latencies.push(performance.now() - began)
  }
  const cpu = ((await child.ask('cpu', undefined)) - before) / perRound
  return { latency: spreadOf(latencies).median, cpu }
}

interface Connection {
  readonly port: number
  readonly agent: Agent
}

/** One request; a submission has to be answered by 303. */
function exchange({ port, agent }: Connection, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(body ?? ''),
      'Sec-Fetch-Site': 'same-origin',
    }
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ host: '127.0.0.1', port, path, method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      response.on('end', () => {
        const expected = body === undefined ? 200 : 303
        if (response.statusCode === expected) resolve(text)
        else
          reject(
            new Error(`${method} ${path} was answered by ${response.statusCode}:\n${text.slice(0, 2000)}`),
          )
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function report(rows: readonly (readonly string[])[]): string {
  const header = [
    'store',
    'servers',
    'ordinary, ms',
    'once, ms',
    'overhead, ms',
    'overhead, CPU µs of the server',
  ]
  return table(header, rows)
}

function document(text: string): string {
  return `# What one-time submissions cost

Written by \`npm run bench:once\` on ${new Date().toISOString().slice(0, 10)}. Both actions answer a small urlencoded POST with a
redirect, and differ in \`once: true\` alone: a claim before the action and its outcome after it, one command of Redis
each. Every submission has a seal of its own. Each server has one submission at a time, all servers at once. They
share a core, so that with several of them a submission waits for the others, too. Redis runs beside the load generator,
without \`appendonly\`.

Figures are medians of ${rounds} rounds of ${perRound} submissions on each server, with the quartiles. The overhead is taken round by
round.

${machine.map((line) => `- ${line}`).join('\n')}

${text}
`
}
