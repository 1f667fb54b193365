import type { App } from './apps.js'
import type { LatencyFigures } from './latency.js'
import type { CpuProfile, Share } from './profile.js'
import type { Sample } from './rounds.js'
import { type Scenario, scenarioWords } from './scenarios.js'
import { cpuRatios, type StartFigures } from './start.js'
import { bestOf, formatSpread, spreadOf } from './statistics.js'
import { bestCpu, ratiosOf, type Verdict } from './targets.js'
import { inMiB, timeRatios, type UploadFigures } from './uploads.js'

/**
 * Formats one scenario as Markdown, with a table for each group. The others are compared with the first app of a group.
 */
export function scenarioTable(
  groups: readonly (readonly App[])[],
  samples: readonly Sample[],
  scenario: Scenario,
): string {
  const taking = new Set(samples.filter((sample) => sample.scenario === scenario).map(({ app }) => app))
  const tables = groups.map((group) => {
    const apps = group.filter((app) => taking.has(app))
    return apps.length > 0 ? `\n\n${groupTable(apps, samples, scenario)}` : ''
  })
  const perRow =
    scenario === 'rows'
      ? `\n\n${rowsTable(
          groups.flat().filter((app) => taking.has(app)),
          samples,
        )}`
      : ''
  return `### ${scenario}\n\n${scenarioWords[scenario]}.${tables.join('')}${perRow}`
}

function groupTable(apps: readonly App[], samples: readonly Sample[], scenario: Scenario): string {
  const baseline = apps[0]?.id ?? ''
  const header = [
    '',
    'app',
    'requests/s',
    'CPU µs per request',
    'best rounds',
    `(${baseline}) ÷ this, best rounds`,
    `requests/s ÷ (${baseline})`,
    `CPU ÷ (${baseline})`,
  ]
  return table(
    header,
    apps.map((app) => [`(${app.id})`, app.name, ...figuresOf(samples, scenario, [app.id, baseline])]),
  )
}

function figuresOf(
  samples: readonly Sample[],
  scenario: Scenario,
  [id, baseline]: readonly [id: string, baseline: string],
): string[] {
  const own = samples.filter((sample) => sample.app.id === id && sample.scenario === scenario)
  const ratios = ratiosOf(samples, scenario, [id, baseline])
  const best = bestOf(own.map((s) => s.cpuPerRequest))
  return [
    formatSpread(spreadOf(own.map((s) => s.requestsPerSecond)), 0),
    formatSpread(spreadOf(own.map((s) => s.cpuPerRequest)), 1),
    best.toFixed(1),
    ((bestCpu(samples, scenario, baseline) ?? Number.NaN) / best).toFixed(2),
    id === baseline ? '1' : formatSpread(spreadOf(ratios.throughput), 2),
    id === baseline ? '1' : formatSpread(spreadOf(ratios.cpu), 2),
  ]
}

const rowsOfPage = 200

/** What a row of a table takes: all of the page, divided by its rows. */
function rowsTable(apps: readonly App[], samples: readonly Sample[]): string {
  const rows = apps.map(({ id, name }) => {
    const cpu = bestCpu(samples, 'rows', id) ?? Number.NaN
    const bytes =
      samples.find(({ app, scenario }) => app.id === id && scenario === 'rows')?.bytes ?? Number.NaN
    return [`(${id})`, name, (cpu / rowsOfPage).toFixed(2), (bytes / rowsOfPage).toFixed(0)]
  })
  return table(['', 'app', 'CPU µs a row, best rounds', 'bytes a row'], rows)
}

/** Formats latencies as a Markdown table. */
export function latencyTable(all: readonly LatencyFigures[]): string {
  const rows = all.map(({ app, beside, requestsPerSecond, median, p99 }) => [
    `(${app.id})`,
    app.name,
    beside ? 'yes' : 'no',
    String(requestsPerSecond),
    formatSpread(spreadOf(median), 2),
    formatSpread(spreadOf(p99), 2),
  ])
  const header = ['', 'app', 'a slow upload beside', 'requests/s', 'median, ms', 'p99, ms']
  return ['### latency', '', `${latencyWords}.`, '', table(header, rows)].join('\n')
}

const latencyWords =
  'What a visitor waits for a redirect when requests come evenly, at 60 % of what the slower of the two can take. The upload is a multipart form that arrives by 50 KiB/s'

/** Formats uploads as a Markdown table. */
export function uploadTable(all: readonly UploadFigures[]): string {
  const header = [
    '',
    'app',
    '256 MiB: s',
    's ÷ (u)',
    'CPU s',
    'peak memory over idle, MiB',
    '20 × 16 MiB: peak over idle, MiB',
    'forged: MiB taken before the answer',
    'forged: MiB on disk',
  ]
  const rows = all.map(({ app, seconds, cpu, largeMemory, manyMemory, forged }) => [
    `(${app.id})`,
    app.name,
    formatSpread(spreadOf(seconds), 2),
    app.id === 'u' ? '1' : formatSpread(spreadOf(timeRatios(all, app.id)), 2),
    formatSpread(spreadOf(cpu), 2),
    formatSpread(inMiB(largeMemory), 0),
    formatSpread(inMiB(manyMemory), 0),
    forged.length === 0 ? 'no token' : formatSpread(inMiB(forged.map(({ bytesRead }) => bytesRead)), 2),
    forged.length === 0 ? '' : formatSpread(inMiB(forged.map(({ bytesOnDisk }) => bytesOnDisk)), 2),
  ])
  return ['### uploads', '', `${uploadWords}.`, '', table(header, rows)].join('\n')
}

const uploadWords =
  'multipart POST with a file of 256 MiB to disk, one at a time; 20 at once of 16 MiB each; one of 256 MiB with a forged token'

/** Starts as a Markdown table. */
export function startTable(all: readonly StartFigures[]): string {
  const header = [
    'app',
    'CPU ms alone',
    'with Sealform',
    'with ÷ alone',
    'peak memory alone, MiB',
    'with Sealform',
  ]
  const rows = all.map((figures) => {
    const { app, alone, together } = figures
    const cpu = [alone, together].map((starts) => formatSpread(spreadOf(starts.map((one) => one.cpu)), 0))
    const memory = [alone, together].map((starts) => formatSpread(inMiB(starts.map((one) => one.memory)), 0))
    return [app.id, ...cpu, formatSpread(spreadOf(cpuRatios(figures)), 2), ...memory]
  })
  return ['### start', '', `${startWords}.`, '', table(header, rows)].join('\n')
}

const startWords =
  'CPU time of a whole process that imports a framework, and of one that imports the entry point of Sealform for it as well'

/** Puts a section, which begins with its heading, into the place of the one with this heading, or at the end. */
export function replaceSection(text: string, section: string): string {
  const heading = section.slice(0, section.indexOf('\n') + 1)
  const before = text.indexOf(`\n${heading}`)
  if (before === -1) return `${text.trimEnd()}\n\n${section.trimEnd()}\n`
  const start = before + 1
  const content = start + heading.length
  const next = text.slice(content).search(/^##/m)
  const rest = next === -1 ? '' : `\n${text.slice(content + next)}`
  return `${text.slice(0, start)}${section.trimEnd()}\n${rest}`
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((v) => [
    v.measure,
    v.target,
    formatSpread(v.measured, v.digits),
    Number.isFinite(v.score) ? distance(v.score) : '',
    v.met ? 'met' : '**missed**',
  ])
  return table(['measure', 'target', 'measured', 'from the target', ''], rows)
}

/** How far a score is from 1, with the sign that says whether it is better. */
function distance(score: number): string {
  const percents = Math.round((score - 1) * 100)
  return `${percents < 0 ? '−' : '+'}${Math.abs(percents)} %`
}

/** Warns when a server was not the bottleneck: its requests/s then measure something else. */
export function bottleneckNotes(samples: readonly Sample[]): string[] {
  const keys = new Set(samples.map((s) => `(${s.app.id}) ${s.scenario}`))
  return [...keys].flatMap((key) => {
    const turns = samples.filter((s) => `(${s.app.id}) ${s.scenario}` === key)
    const busy = spreadOf(turns.map((s) => s.serverBusy)).median
    if (busy >= 0.95) return []
    const why = 'something else used the cores, or the load generator was not fast enough'
    return [`${key}: server on its core for ${percent(busy)} of the time: ${why}`]
  })
}

/** Formats profiles of several apps, part by part, and the functions of the first app. */
export function profileTables(profiles: readonly CpuProfile[], functions = 20): string {
  const first = profiles[0]
  if (!first) return ''
  const names = new Set(profiles.flatMap(({ parts }) => parts.map(({ name }) => name)))
  const cost = (shares: readonly Share[], name: string) =>
    shares.find((share) => share.name === name)?.microseconds ?? 0
  const parts = [...names]
    .filter((name) => profiles.some((profile) => cost(profile.parts, name) >= 0.05))
    .map((name) => [name, ...profiles.map((profile) => cost(profile.parts, name).toFixed(1))])
  const all = ['all', ...profiles.map((profile) => profile.cpuPerRequest.toFixed(1))]
  const partHeader = ['CPU µs per request in', ...profiles.map(({ app }) => `(${app.id})`)]
  const rows = first.functions
    .slice(0, functions)
    .map((share) => [share.microseconds.toFixed(2), share.name.replaceAll('|', '\\|')])
  return [
    `### Where the time goes: ${first.scenario}`,
    '',
    table(partHeader, [all, ...parts]),
    '',
    table(['µs', `function of (${first.app.id}), self time`], rows),
  ].join('\n')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** Formats a table with padded columns, so that it is readable in a terminal too. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, i) =>
    Math.max(...[header, ...rows].map((row) => (row[i] ?? cell).length), 3),
  )
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
