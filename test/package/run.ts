import { spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface Finished {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** @default [0] */
  readonly allowed?: readonly number[]
}

/**
 * Runs a program to its end.
 *
 * @throws Error with everything it printed, when it ends with a status that is not allowed
 */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...userEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
  if ((options.allowed ?? [0]).includes(status)) return { status, stdout, stderr }
  throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
}

/**
 * The environment without what `npm test` and `node --test` put there: with it, npm would take this repository for the
 * place to install into, and a Node under test would report its results in binary.
 */
export function userEnvironment(): NodeJS.ProcessEnv {
  const own =
    /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(local_prefix|omit)|NODE_(ENV|OPTIONS|TEST_|V8_COVERAGE|CHANNEL|UNIQUE)|INIT_CWD$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}
