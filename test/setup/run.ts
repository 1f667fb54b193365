// npm test: all tests, or the files and folders given, as in `npm test -- test/lib/seal/seal.test.ts`.
// All other arguments go to `node --test`, as in `npm test -- --test-name-pattern=origin`.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shareChromium } from '../browser/chromium.js'
import { inBatches } from './batches.js'
import { filePatience } from './patience.js'
import { headlessChromium, programs, provideProgram } from './programs.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const paths = process.argv.slice(2).filter(isTestPath)
const flags = process.argv.slice(2).filter((argument) => !isTestPath(argument))

const namingSkipped = [
  `--test-reporter=${new URL('skipped.js', import.meta.url)}`,
  '--test-reporter-destination=stderr',
]

const missing = flags.filter((argument) => /^[^-].*(?:\/|\.ts$)/.test(argument))
if (missing.length > 0) {
  console.error(`No such test: ${missing.join(' ')}`)
  process.exit(1)
}

// The sources decide which tests run: dist may still contain a test whose source was removed.
const sources = (paths.length === 0 ? ['test'] : paths).flatMap((path) => testsIn(join(root, path)))
const tests = sources.map((file) => relative(root, file).replaceAll(sep, '/'))
providePrograms(tests)
const browser = tests.some(headlessChromium.neededBy) ? await shareChromium() : undefined
const whole = process.argv.length === 2
// Whoever names files or tests wants to see them apart.
process.exitCode = await runTests(whole ? inBatches(root, tests, built) : tests.map(built))
await browser?.close()

function isTestPath(argument: string): boolean {
  return !argument.startsWith('-') && existsSync(join(root, argument))
}

function testsIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(path, name))
}

function built(path: string): string {
  return join(root, 'dist', path.replace(/\.ts$/, '.js'))
}

function providePrograms(paths: readonly string[]): void {
  try {
    for (const program of programs) if (paths.some(program.neededBy)) provideProgram(program)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

/** @returns the exit code */
async function runTests(files: readonly string[]): Promise<number> {
  const { SEALFORM_KEYS: _, SEALFORM_KEYS_FILE: __, ...environment } = process.env
  const options = [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(whole ? namingSkipped : []),
    // Tests mostly wait for servers, browsers and npm, so eight at a time are right even on two cores.
    `--test-concurrency=${Math.max(8, availableParallelism() - 1)}`,
    `--test-timeout=${filePatience}`,
    // The files get it as well. With the default of 16 MiB, messages of the browser are collected too often.
    '--max-semi-space-size=64',
  ]
  const child = spawn(process.execPath, [...options, ...flags, ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...environment, NODE_ENV: 'test' },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}
