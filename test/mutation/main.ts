// npm run mutate, or npm run mutate -- origin seal: changes the code in many small ways, one at a time, and prints the changes
// that no test notices. Stryker makes and runs the mutants; it stays in .cache, because nothing else needs its 176 packages.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npmFlags, root } from '../package/packed.js'
import { run } from '../package/run.js'
import { type Area, areas } from './areas.js'
import { type Report, scoreOf, survivorsOf } from './report.js'

const version = '9.6.1'
const place = join(root, '.cache', 'stryker')
const program = join(place, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js')

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !areas.some((area) => area.name === name))
if (unknown !== undefined) {
  throw new Error(`There is no area "${unknown}"; there are ${areas.map(({ name }) => name).join(', ')}.`)
}
await install()
for (const area of areas) {
  if (asked.length > 0 && !asked.includes(area.name)) continue
  const report = await mutate(area)
  const { mutants, noticed, score } = scoreOf(report)
  console.log(
    `\n${area.name}: ${noticed} of ${mutants} noticed, ${score.toFixed(1)} % (at least ${area.least} %)`,
  )
  for (const survivor of survivorsOf(report)) console.log(`  ${survivor}`)
  if (score < area.least) process.exitCode = 1
}

async function install(): Promise<void> {
  if (existsSync(program)) return
  const packages = ['core', 'tap-runner'].map((name) => `@stryker-mutator/${name}@${version}`)
  const flags = [...npmFlags, '--no-save', '--ignore-scripts', '--prefix', place]
  await run('npm', ['install', ...flags, ...packages], { cwd: root })
}

/** Tries all mutants of an area: of the compiled files, as the tests run them. */
async function mutate(area: Area): Promise<Report> {
  const compiled = (path: string) => join('dist', path.replace(/\.ts$/, '.js'))
  const report = join(place, `${area.name}-report.json`)
  const settings = {
    testRunner: 'tap',
    plugins: [join(place, 'node_modules', '@stryker-mutator', 'tap-runner', 'dist', 'src', 'index.js')],
    coverageAnalysis: 'perTest',
    mutate: area.mutate.map(compiled),
    tap: {
      testFiles: area.tests.map(compiled),
      nodeArgs: ['--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'],
    },
    concurrency: area.concurrency ?? 2,
    tempDirName: join(place, `${area.name}-mutants`),
    ignorePatterns: ['*', '!dist/**', '!package.json', '!test/vectors/**'],
    reporters: ['json'],
    jsonReporter: { fileName: report },
    timeoutMS: 60_000,
    logLevel: 'error',
    fileLogLevel: 'off',
  }
  const file = join(place, `${area.name}.json`)
  writeFileSync(file, JSON.stringify(settings))
  await run(process.execPath, [program, 'run', file], { cwd: root })
  return JSON.parse(readFileSync(report, 'utf8'))
}
