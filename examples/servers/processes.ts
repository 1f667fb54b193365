import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { nginxConfiguration } from './nginx-configuration.js'

/** A started program. */
export interface Running {
  readonly child: ChildProcess
  /** Stops the program, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface ServerOptions {
  readonly name: string
  readonly framework: 'koa' | 'express'
  readonly build: string
  readonly port: number
  readonly redisUrl: string
  /** Additional environment variables, such as keys. */
  readonly env?: NodeJS.ProcessEnv
  /** Where its output goes. @default to the output of this process */
  readonly output?: 'inherit' | 'pipe'
}

/** Starts one server, and waits until it accepts connections. */
export async function startServer(options: ServerOptions): Promise<Running> {
  const { name, framework, build, port, redisUrl, env, output = 'inherit' } = options
  const { SEALFORM_KEYS: _, SEALFORM_KEYS_FILE: __, ...rest } = process.env
  const child = fork(fileURLToPath(new URL('server.js', import.meta.url)), {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
    env: {
      ...rest,
      NAME: name,
      FRAMEWORK: framework,
      BUILD: build,
      PORT: String(port),
      REDIS_URL: redisUrl,
      ...env,
    },
  })
  const running = keep(child)
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${name} ended before it was ready.`)
    }),
  ])
  return running
}

/** Starts a Redis that writes nothing to disk. */
export async function startRedis(port: number, folder: string): Promise<Running> {
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  return startProgram('redis-server', settings, port)
}

/** Starts nginx in front of the servers on these ports. */
export async function startNginx(port: number, servers: readonly number[], folder: string): Promise<Running> {
  writeFileSync(join(folder, 'nginx.conf'), nginxConfiguration(folder, port, servers))
  return startProgram('nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], port)
}

/** Returns a free port of 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

/** The search path, with the directories of servers, which some users do not have in theirs. */
const path = [process.env.PATH ?? '', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'].join(delimiter)

async function startProgram(name: string, args: readonly string[], port: number): Promise<Running> {
  const child = spawn(name, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: path },
  })
  const failure = new Promise<never>((_, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(`${name} is not installed. On Debian: apt-get install redis-server nginx-light`)
          : error,
      ),
    )
    child.once('exit', () => reject(new Error(`${name} ended before it was ready.`)))
  })
  failure.catch(() => {})
  const running = keep(child)
  for (let tries = 0; tries < 200; tries++) {
    if (await Promise.race([isListening(port), failure])) return running
    await Promise.race([wait(25), failure])
  }
  await running.stop('SIGKILL')
  throw new Error(`${name} does not listen on port ${port}.`)
}

/**
 * Starts a child in its own process group. Ctrl-C then reaches only this process, which stops the children in order.
 */
function keep(child: ChildProcess): Running {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', kill)
      resolve()
    })
    child.once('error', () => resolve())
  })
  return {
    child,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
