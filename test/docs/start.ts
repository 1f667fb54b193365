import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import supertest from 'supertest'
import { freePort } from '../setup/free-port.js'
import { until } from '../setup/patience.js'

/**
 * Starts a program on a free port, in place of its port 3000.
 *
 * @param node the program that runs it
 */
export async function start(
  program: string,
  onEnd: (stop: () => Promise<void>) => void,
  node = process.execPath,
): Promise<ReturnType<typeof supertest>> {
  const port = await freePort()
  const code = readFileSync(program, 'utf8')
  const listening = /\.listen\((?:3000|\{ port: 3000 \})\)/
  assert.match(code, listening)
  const copy = program.replace(/\.(?=[jt]s$)/, `-${port}.`)
  writeFileSync(
    copy,
    code.replace(listening, (call) => localCall(call, port)),
  )
  const { SEALFORM_KEYS: _, ...env } = process.env
  const child = spawn(node, [copy], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  onEnd(() => stop(child))
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const url = `http://127.0.0.1:${port}`
  await until(async () => child.exitCode !== null || (await isUp(url)))
  if (child.exitCode === null) return supertest(url)
  throw new Error(`${program} does not answer.\n${errors}`)
}

/** Fastify takes an object where the others take two arguments. */
function localCall(call: string, port: number): string {
  return call.includes('{')
    ? `.listen({ port: ${port}, host: '127.0.0.1' })`
    : `.listen(${port}, '127.0.0.1')`
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

async function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
