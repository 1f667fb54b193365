// npm test: all tests, or the files and folders given, as in `npm test -- test/lib/seal/seal.test.ts`.
// Everything else goes on to `node --test`, as in `npm test -- --test-name-pattern=origin`.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programs, provideProgram } from './programs.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const paths = process.argv.slice(2).filter(isTestPath)
const flags = process.argv.slice(2).filter((argument) => !isTestPath(argument))

const namingSkipped = [
  `--test-reporter=${new URL('skipped.js', import.meta.url)}`,
  '--test-reporter-destination=stderr',
]

// The sources decide what is run: dist may still hold what was built from a test that is gone.
const sources = (paths.length === 0 ? ['test'] : paths).flatMap((path) => testsIn(join(root, path)))
providePrograms(sources.map((file) => relative(root, file).replaceAll(sep, '/')))
runTests(sources.map(built))

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

function built(source: string): string {
  return join(root, 'dist', relative(root, source).replace(/\.ts$/, '.js'))
}

function providePrograms(paths: readonly string[]): void {
  try {
    for (const program of programs) if (paths.some(program.neededBy)) provideProgram(program)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

function runTests(files: readonly string[]): void {
  const { SEALFORM_KEYS: _, SEALFORM_KEYS_FILE: __, ...environment } = process.env
  const options = [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...(process.argv.length === 2 ? namingSkipped : []),
    // Tests wait for servers, browsers and npm more than they compute, so three at a time are right even on two cores.
    `--test-concurrency=${Math.max(3, availableParallelism() - 1)}`,
    // Of a whole file. A test that hangs shall fail by its name, not by the patience of whoever waits.
    '--test-timeout=300000',
  ]
  const child = spawn(process.execPath, [...options, ...flags, ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...environment, NODE_ENV: 'test' },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('close', (code) => {
    process.exitCode = code ?? 1
  })
}
