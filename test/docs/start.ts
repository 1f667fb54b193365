import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { pathToFileURL } from 'node:url'
import { freePort } from '../setup/free-port.js'
import { until } from '../setup/patience.js'
import { type Requests, requestsTo } from '../setup/requests-to.js'

export type { Requests }

type OnEnd = (stop: () => Promise<void>) => void

/**
 * Starts a program on a free port, in place of its port 3000.
 *
 * @param node the program that runs it
 */
export async function start(program: string, onEnd: OnEnd, node = process.execPath): Promise<Requests> {
  const moved = await moveToFreePort(program)
  await waitFor([moved], launch(node, [moved.copy]), onEnd)
  return requestsTo(urlOf(moved))
}

/**
 * Starts programs in one process, each on a port of its own.
 *
 * @returns requests to each program, by its path
 */
export async function startTogether(
  programs: readonly string[],
  onEnd: OnEnd,
  node = process.execPath,
): Promise<ReadonlyMap<string, Requests>> {
  const moved = await Promise.all(programs.map(moveToFreePort))
  const importing = moved.map(({ copy }) => `await import('${pathToFileURL(copy)}')\n`).join('')
  await waitFor(moved, launch(node, ['--input-type=module', '--eval', importing]), onEnd)
  return new Map(moved.map((one) => [one.program, requestsTo(urlOf(one))]))
}

/** A program whose copy listens on another port. */
interface Moved {
  readonly program: string
  readonly copy: string
  readonly port: number
}

async function moveToFreePort(program: string): Promise<Moved> {
  const port = await freePort()
  const code = readFileSync(program, 'utf8')
  const listening = /\.listen\((?:3000|\{ port: 3000 \})\)/
  assert.match(code, listening)
  const copy = program.replace(/\.(?=[jt]s$)/, `-${port}.`)
  writeFileSync(
    copy,
    code.replace(listening, (call) => localCall(call, port)),
  )
  return { program, copy, port }
}

/** Fastify takes an object where the others take two arguments. */
function localCall(call: string, port: number): string {
  return call.includes('{')
    ? `.listen({ port: ${port}, host: '127.0.0.1' })`
    : `.listen(${port}, '127.0.0.1')`
}

interface Launched {
  readonly child: ChildProcess
  errors(): string
}

function launch(node: string, args: readonly string[]): Launched {
  const { SEALFORM_KEYS: _, ...env } = process.env
  const child = spawn(node, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return { child, errors: () => errors }
}

/** Waits until the programs of a process accept connections. */
async function waitFor(programs: readonly Moved[], { child, errors }: Launched, onEnd: OnEnd): Promise<void> {
  onEnd(() => stop(child))
  for (const { program, port } of programs) {
    await until(async () => child.exitCode !== null || (await isUp(port)))
    if (child.exitCode !== null) throw new Error(`${program} does not answer.\n${errors()}`)
  }
}

function urlOf({ port }: Moved): string {
  return `http://127.0.0.1:${port}`
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

async function isUp(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
