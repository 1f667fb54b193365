import { readFileSync, writeFileSync } from 'node:fs'
import { type App, apps, control, familiesOf, shortApps } from './apps.js'
import { measureBrowser } from './browser/figures.js'
import { browserTables } from './browser/tables.js'
import { Child } from './child.js'
import { growthTables, judgeGrowth, measureGrowth } from './growth.js'
import { measureLatency } from './latency.js'
import { type Cores, chooseCores, describeMachine } from './machine.js'
import { measureNext, type NextPlan } from './next/measure-next.js'
import { missingNext, nextTable } from './next/next-table.js'
import { type Extra, extras, type Options, pick, readOptions, usage } from './options.js'
import { profileApp } from './profile.js'
import {
  bottleneckNotes,
  latencyTable,
  profileTables,
  replaceSection,
  scenarioTable,
  startTable,
  uploadTable,
  verdictTable,
} from './report.js'
import { type Plan, runRounds, type Sample, type Setting } from './rounds.js'
import { type Scenario, scenarios } from './scenarios.js'
import { measureStart } from './start.js'
import { judgeNext, judgeRatios, judgeSeals, judgeStart, judgeUploads, type Verdict } from './targets.js'
import { measureUploads, type UploadPlan } from './uploads.js'

const resultsFile = 'bench/results.md'

/** Many short turns rather than a few long ones: what slows a machine down for a second then slows all apps alike. */
const full: Plan = {
  starts: 3,
  rounds: 8,
  turnSeconds: 0.15,
  leadInSeconds: 0.2,
  warmUpRequests: 24_000,
  warmUpSeconds: 12,
  connections: 32,
}
const short: Plan = {
  starts: 1,
  rounds: 8,
  turnSeconds: 0.08,
  leadInSeconds: 0.06,
  warmUpRequests: 16_000,
  warmUpSeconds: 3,
  connections: 32,
}

const fullUploads: UploadPlan = { starts: 3, rounds: 6 }
const shortUploads: UploadPlan = { starts: 1, rounds: 3 }

/** Pairs of processes of each app. */
const fullStarts = 40
const shortStarts = 9

const fullNext: NextPlan = { rounds: 8, requests: 100, warmUpSeconds: 3 }
const shortNext: NextPlan = { rounds: 4, requests: 60, warmUpSeconds: 1 }

/** What takes too long for a short run. */
const long: readonly Extra[] = ['browser', 'next', 'latency', 'growth']

/** Submissions of each kind in a browser. */
const browserTimes = 8

try {
  process.exitCode = await main()
} catch (error) {
  for (let one = error; one instanceof Error; one = one.cause) console.error(one.message)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const options = readOptions()
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`)
    return 2
  }
  const cores = chooseCores()
  const machine = describeMachine(cores)
  console.log(`${machine.join('\n')}\n`)

  if (options.profile) {
    console.log(await profileTable(options.profile, options.apps ?? ['s', 'a'], cores))
    return 0
  }

  const plan = options.short ? short : full
  const groups = options.apps
    ? [pick(options.apps)]
    : familiesOf(options.short ? shortApps : [...apps, control])
  const some = scenarios.filter((scenario) => options.only === undefined || options.only === scenario)
  const samples = await runGroups(groups, some, { plan, cores, progress })
  const tables = some.map((scenario) => scenarioTable(groups, samples, scenario))
  const notes = bottleneckNotes(samples)

  let verdicts = judgeRatios(samples)
  const doubtful = options.short ? [...new Set(verdicts.flatMap(farBelowScenario))] : []
  if (doubtful.length > 0) {
    // Other programs can spoil a short run. Only a miss that a longer run confirms counts.
    console.log(`\n${doubtful.join(', ')}: far below the target; measured once more, for longer`)
    const again = await runGroups(groups, doubtful, { plan: full, cores, progress })
    for (const scenario of doubtful) tables.push(scenarioTable(groups, again, scenario))
    verdicts = verdicts.map(
      (verdict) => judgeRatios(again).find(({ measure }) => measure === verdict.measure) ?? verdict,
    )
  }
  for (const extra of extrasOf(options)) {
    const { verdicts: judged, table } = await measureExtra(extra, options.short, cores)
    verdicts.push(...judged)
    if (table !== undefined) tables.push(table)
  }
  if (verdicts.length > 0) console.log(`\n${verdictTable(verdicts)}`)
  console.log(`\n${tables.join('\n\n')}\n`)
  for (const note of notes) console.log(`note: ${note}`)

  if (options.write) writeSection(tables, machine)
  const complete = !options.short && !options.only && !options.apps
  if (complete) {
    const profiles: string[] = []
    for (const { met, scenario, apps: ids = [] } of verdicts) {
      if (!met && scenario) profiles.push(await profileTable(scenario, ids, cores))
    }
    for (const profile of profiles) console.log(`\n${profile}`)
    writeFileSync(resultsFile, results({ machine, plan, verdicts, tables, notes, profiles }))
  }
  return options.short && verdicts.some(isFarBelow) ? 1 : 0
}

/** Measures one group after the other, so that only the compared apps run at the same time. */
async function runGroups(
  groups: readonly (readonly App[])[],
  some: readonly Scenario[],
  setting: Setting,
): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const group of groups) samples.push(...(await runRounds(group, some, setting)))
  return samples
}

function progress(line: string): void {
  console.error(line)
}

function isFarBelow({ score, farBelow }: Verdict): boolean {
  return !(score >= farBelow)
}

function farBelowScenario(verdict: Verdict): Scenario[] {
  return verdict.scenario && isFarBelow(verdict) ? [verdict.scenario] : []
}

/** What is measured without apps to compare is left out when apps are chosen. */
function extrasOf({ apps, only, short }: Options): readonly Extra[] {
  if (apps) return []
  if (only !== undefined) return extras.filter((extra) => only === extra)
  return short ? extras.filter((extra) => !long.includes(extra)) : extras
}

async function measureExtra(
  extra: Extra,
  short: boolean,
  cores: Cores,
): Promise<{ verdicts: Verdict[]; table?: string }> {
  if (extra === 'seals') return { verdicts: await judgeOwnSeals(cores) }
  if (extra === 'browser') {
    return { verdicts: [], table: browserTables(await measureBrowser(browserTimes, progress)) }
  }
  if (extra === 'next') {
    const figures = await measureNext(short ? shortNext : fullNext, cores, progress).catch(whyMissing)
    return typeof figures === 'string'
      ? { verdicts: [], table: missingNext(figures) }
      : { verdicts: judgeNext(figures), table: nextTable(figures) }
  }
  if (extra === 'start') {
    const figures = await measureStart(short ? shortStarts : fullStarts, cores, progress)
    return { verdicts: judgeStart(figures), table: startTable(figures) }
  }
  if (extra === 'latency') {
    return { verdicts: [], table: latencyTable(await measureLatency(pick(['a', 's']), cores, progress)) }
  }
  if (extra === 'growth') {
    const growth = await measureGrowth(cores, progress)
    return { verdicts: judgeGrowth(growth), table: growthTables(growth) }
  }
  const figures = await measureUploads(short ? shortUploads : fullUploads, cores, progress)
  return { verdicts: judgeUploads(figures), table: uploadTable(figures) }
}

/** Next.js cannot be installed without a network, for example. */
function whyMissing(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!
}

async function judgeOwnSeals(cores: Cores): Promise<Verdict[]> {
  const child = new Child('./seals.js', cores.server)
  try {
    return judgeSeals(await child.ask('seals', undefined))
  } finally {
    await child.stop()
  }
}

async function profileTable(scenario: Scenario, ids: readonly string[], cores: Cores): Promise<string> {
  const profiles = []
  const load = { scenario, connections: full.connections, seconds: 1.5 }
  for (const app of pick(ids)) profiles.push(await profileApp(app, cores, load))
  return profileTables(profiles)
}

/** Replaces the sections of these tables in the results, or adds them, with the day and the machine of this run. */
function writeSection(tables: readonly string[], machine: readonly string[]): void {
  let text = readFileSync(resultsFile, 'utf8')
  for (const table of tables) {
    const [heading = '', ...rest] = table.split('\n')
    const measured = `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine.join('; ')}.`
    text = replaceSection(text, [heading, '', measured, ...rest].join('\n'))
  }
  writeFileSync(resultsFile, text)
}

interface Results {
  readonly machine: readonly string[]
  readonly plan: Plan
  readonly verdicts: readonly Verdict[]
  readonly tables: readonly string[]
  readonly notes: readonly string[]
  readonly profiles: readonly string[]
}

function results({ machine, plan, verdicts, tables, notes, profiles }: Results): string {
  return `# Benchmark results

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. What is measured, and how, stands in [README.md](README.md).

${machine.map((line) => `- ${line}`).join('\n')}
- ${plan.starts} starts of all servers, ${plan.rounds} interleaved rounds each, ${plan.turnSeconds} s per turn, ${plan.connections} connections

Every figure is a median of ${plan.starts * plan.rounds} rounds, with the quartiles. A ratio is taken round by round.

## Targets

${verdictTable(verdicts)}

## Figures

${tables.join('\n\n')}
${notes.length > 0 ? `\n${notes.map((note) => `- ${note}`).join('\n')}\n` : ''}${profiles.map((profile) => `\n${profile}\n`).join('')}`
}
