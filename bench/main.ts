import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type App, apps, control, familiesOf } from './apps.js'
import { Child } from './child.js'
import { type Cores, chooseCores, describeMachine } from './machine.js'
import { profileApp } from './profile.js'
import { bottleneckNotes, profileTables, scenarioTable, uploadTable, verdictTable } from './report.js'
import { type Plan, runRounds, type Sample } from './rounds.js'
import { type Scenario, scenarios } from './scenarios.js'
import { judgeRatios, judgeSeals, judgeUploads, type Verdict } from './targets.js'
import { measureUploads, type UploadPlan } from './uploads.js'

const usage = `npm run bench                          everything, about eight minutes; writes bench/results.md
npm run bench -- --short               a quick look; fails only far below a target
npm run bench -- --only redirect       one of ${scenarios.join(', ')}, seals, uploads
npm run bench -- --apps a,s            some of ${apps.map(({ id }) => id).join(', ')}; one may come twice
npm run bench -- --profile redirect    where the CPU time of (s) and (a) goes, or of --apps`

/** Many short turns rather than a few long ones: what slows a machine down for a second then slows all apps alike. */
const full: Plan = {
  starts: 3,
  rounds: 6,
  turnSeconds: 0.2,
  leadInSeconds: 0.25,
  warmUpRequests: 24_000,
  warmUpSeconds: 4,
  connections: 32,
}
const short: Plan = {
  starts: 1,
  rounds: 5,
  turnSeconds: 0.12,
  leadInSeconds: 0.1,
  warmUpRequests: 16_000,
  warmUpSeconds: 3,
  connections: 32,
}

const fullUploads: UploadPlan = { starts: 3, rounds: 6 }
const shortUploads: UploadPlan = { starts: 1, rounds: 3 }

/** A short run is there to find blunders on a noisy machine, not to judge a few per cent. */
const farBelow = 0.6

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
  const groups = options.apps ? [pick(options.apps)] : familiesOf(options.short ? apps : [...apps, control])
  const { only } = options
  const some = only === 'seals' || only === 'uploads' ? [] : only ? [only] : scenarios
  const samples = await runGroups(groups, some, plan, cores)
  const tables = some.map((scenario) => scenarioTable(groups, samples, scenario))
  console.log(`\n${tables.join('\n\n')}\n`)
  const notes = bottleneckNotes(samples)
  for (const note of notes) console.log(`note: ${note}`)

  let verdicts = judgeRatios(samples)
  const doubtful = options.short ? [...new Set(verdicts.flatMap(farBelowScenario))] : []
  if (doubtful.length > 0) {
    // What else ran on the machine can spoil a short run. A blunder is one that a long run shows as well.
    console.log(`\n${doubtful.join(', ')}: far below the target; measured once more, for longer`)
    const again = await runGroups(groups, doubtful, full, cores)
    for (const scenario of doubtful) console.log(`\n${scenarioTable(groups, again, scenario)}`)
    verdicts = verdicts.map(
      (verdict) => judgeRatios(again).find(({ measure }) => measure === verdict.measure) ?? verdict,
    )
  }
  if (!options.apps && (!only || only === 'seals')) verdicts.push(...(await judgeOwnSeals(cores)))
  if (!options.apps && (!only || only === 'uploads')) {
    const figures = await measureUploads(options.short ? shortUploads : fullUploads, cores, (line) =>
      console.error(line),
    )
    verdicts.push(...judgeUploads(figures))
    tables.push(uploadTable(figures))
    console.log(`\n${tables.at(-1)}`)
  }
  if (verdicts.length > 0) console.log(`\n${verdictTable(verdicts)}`)

  const complete = !options.short && !options.only && !options.apps
  if (complete) {
    const profiles: string[] = []
    for (const { met, scenario, apps: ids = [] } of verdicts) {
      if (!met && scenario) profiles.push(await profileTable(scenario, ids, cores))
    }
    for (const profile of profiles) console.log(`\n${profile}`)
    writeFileSync('bench/results.md', results(machine, plan, verdicts, tables, notes, profiles))
  }
  return options.short && verdicts.some(({ score }) => !(score >= farBelow)) ? 1 : 0
}

/** One group after the other, so that only apps which are compared are there at the same time. */
async function runGroups(
  groups: readonly (readonly App[])[],
  some: readonly Scenario[],
  plan: Plan,
  cores: Cores,
): Promise<Sample[]> {
  const samples: Sample[] = []
  for (const group of groups) {
    samples.push(...(await runRounds(group, some, plan, cores, (line) => console.error(line))))
  }
  return samples
}

function farBelowScenario({ score, scenario }: Verdict): Scenario[] {
  return scenario && !(score >= farBelow) ? [scenario] : []
}

interface Options {
  readonly short: boolean
  readonly only: Scenario | 'seals' | 'uploads' | undefined
  readonly profile: Scenario | undefined
  readonly apps: readonly string[] | undefined
}

/** The options, or what is wrong with them. */
function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        short: { type: 'boolean', default: false },
        only: { type: 'string' },
        profile: { type: 'string' },
        apps: { type: 'string' },
      },
    })
    const ids = values.apps?.split(',')
    const stranger = ids?.find((id) => !apps.some((app) => app.id === id))
    if (stranger !== undefined) return `There is no app "${stranger}".`
    const only =
      values.only === 'seals' || values.only === 'uploads' ? values.only : scenarioNamed(values.only)
    return { short: values.short, only, profile: scenarioNamed(values.profile), apps: ids }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function scenarioNamed(name: string | undefined): Scenario | undefined {
  const scenario = scenarios.find((one) => one === name)
  if (name !== undefined && !scenario) throw new Error(`There is no scenario "${name}".`)
  return scenario
}

/** The apps in the given order; one that comes again gets a name of its own. */
function pick(ids: readonly string[]): App[] {
  return ids.flatMap((id, i) => {
    const app = apps.find((one) => one.id === id)
    const before = ids.slice(0, i).filter((other) => other === id).length
    return app ? [before === 0 ? app : { ...app, id: `${id}${'′'.repeat(before)}` }] : []
  })
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
  for (const app of pick(ids)) profiles.push(await profileApp(app, scenario, cores, full.connections, 1.5))
  return profileTables(profiles)
}

function results(
  machine: readonly string[],
  plan: Plan,
  verdicts: readonly Verdict[],
  tables: readonly string[],
  notes: readonly string[],
  profiles: readonly string[],
): string {
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
