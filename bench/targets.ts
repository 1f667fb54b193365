import { type NextFigures, nextRatios } from './next/measure-next.js'
import type { Sample } from './rounds.js'
import type { Scenario } from './scenarios.js'
import { cpuRatios, type StartFigures } from './start.js'
import { bestOf, type Spread, spreadOf } from './statistics.js'
import { timeRatios, type UploadFigures } from './uploads.js'

export interface Verdict {
  readonly measure: string
  /** The text for the tables, for example `≥ 0.95`. */
  readonly target: string
  readonly measured: Spread
  readonly digits: number
  readonly met: boolean
  /** Measured value over target, inverted where less is better: more is better, and 1 is the target. */
  readonly score: number
  /** The score below which a short run fails. */
  readonly farBelow: number
  /** The scenario and the two apps whose profile shows where the time goes. */
  readonly scenario?: Scenario
  readonly apps?: readonly [id: string, baseline: string]
}

/** A short run is there to find blunders on a noisy machine, not to judge a few per cent. */
const farBelow = 0.6

/**
 * What it costs to drop 1 MB depends on the pieces in which it arrives, and strays by a factor of two. The blunder to be
 * found, a text that is decoded and escaped whole, takes a hundred times as long.
 */
const farBelowDropping = 0.25

/** Sealform on each server, against the same server without any protection. */
const ratioTargets: readonly {
  scenario: Scenario
  apps: readonly [id: string, baseline: string]
  atLeast: number
}[] = [
  { scenario: 'redirect', apps: ['s', 'a'], atLeast: 1 },
  { scenario: 're-render', apps: ['s', 'a'], atLeast: 0.9 },
  { scenario: 'multipart', apps: ['s', 'a'], atLeast: 1.1 },
  { scenario: 'page', apps: ['s', 'a'], atLeast: 0.95 },
  { scenario: 'redirect', apps: ['es', 'e'], atLeast: 1 },
  { scenario: 're-render', apps: ['es', 'e'], atLeast: 0.85 },
  { scenario: 'page', apps: ['es', 'e'], atLeast: 0.95 },
  { scenario: 'redirect', apps: ['n', 'b'], atLeast: 0.95 },
  { scenario: 'react', apps: ['rs', 'r'], atLeast: 0.95 },
]

/** Sealform that refuses, against the same server that reads the same bytes and drops them. */
const cpuTargets: readonly {
  scenario: Scenario
  apps: readonly [id: string, baseline: string]
  limit: number
}[] = [
  { scenario: 'forged-large', apps: ['s', 'kd'], limit: 2 },
  { scenario: 'forged-large', apps: ['n', 'd'], limit: 2 },
]

/** Returns a verdict for each target whose apps both have its scenario. */
export function judgeRatios(samples: readonly Sample[]): Verdict[] {
  return [...judgeThroughput(samples), ...judgeCpu(samples)]
}

function judgeCpu(samples: readonly Sample[]): Verdict[] {
  return cpuTargets.flatMap(({ scenario, apps, limit }) => {
    const ratios = ratiosOf(samples, scenario, apps).cpu
    if (ratios.length === 0) return []
    const measure = `${scenario}: CPU of (${apps[0]}) ÷ (${apps[1]})`
    return [
      { ...withinLimit({ measure, limit, digits: 2 }, ratios), farBelow: farBelowDropping, scenario, apps },
    ]
  })
}

function judgeThroughput(samples: readonly Sample[]): Verdict[] {
  return ratioTargets.flatMap(({ scenario, apps, atLeast }) => {
    const [own, base] = apps.map((id) => bestCpu(samples, scenario, id))
    if (own === undefined || base === undefined) return []
    const ratio = base / own
    return [
      {
        measure: `${scenario}: (${apps[0]}) against (${apps[1]}), in CPU of the best rounds`,
        target: `≥ ${atLeast.toFixed(2)}`,
        measured: spreadOf([ratio]),
        digits: 2,
        met: ratio >= atLeast,
        score: ratio / atLeast,
        farBelow,
        scenario,
        apps,
      },
    ]
  })
}

/** CPU time per request in the best rounds of an app; `undefined` when it was not measured. */
export function bestCpu(samples: readonly Sample[], scenario: Scenario, id: string): number | undefined {
  const own = samples.filter((sample) => sample.scenario === scenario && sample.app.id === id)
  return own.length === 0 ? undefined : bestOf(own.map(({ cpuPerRequest }) => cpuPerRequest))
}

export function judgeSeals(times: {
  seal: readonly number[]
  open: readonly number[]
  length: number
}): Verdict[] {
  return [
    withinLimit({ measure: 'seal, µs', limit: 6, digits: 2 }, times.seal),
    withinLimit({ measure: 'open, µs', limit: 5, digits: 2 }, times.open),
    withinLimit({ measure: 'unbound seal, characters', limit: 160, digits: 0 }, [times.length]),
  ]
}

/** What Sealform adds to the start of a Koa app. */
export function judgeStart(all: readonly StartFigures[]): Verdict[] {
  const measure = 'start: CPU of a process that imports koa and sealform/koa, ÷ koa alone'
  return all
    .filter(({ app }) => app.id === 'koa')
    .map((own) => withinLimit({ measure, limit: 1.25, digits: 2 }, cpuRatios(own)))
}

/** How much less CPU a page and its action take than with Next.js. */
export function judgeNext(all: readonly NextFigures[]): Verdict[] {
  return all.map((figures) => {
    const measured = spreadOf(nextRatios(figures))
    const met = measured.median >= timesLess
    const score = measured.median / timesLess
    return {
      measure: `next, ${figures.page}, ${figures.kind}: CPU of Next.js ÷ Sealform`,
      target: `≥ ${timesLess}`,
      measured,
      digits: 1,
      met,
      score,
      farBelow,
    }
  })
}

const timesLess = 10

/** Sealform's uploads, the time against bare busboy that writes to disk. */
export function judgeUploads(all: readonly UploadFigures[]): Verdict[] {
  const own = all.find(({ app }) => app.id === 's')
  if (!own) return []
  const { forged, largeMemory, manyMemory } = own
  const kib = forged.map(({ bytesRead }) => bytesRead / 1024)
  const disk = forged.map(({ bytesOnDisk }) => bytesOnDisk)
  const mib = (bytes: readonly number[]) => bytes.map((one) => one / (1024 * 1024))
  return [
    withinLimit(
      { measure: 'forged 256 MiB upload: taken before the answer, KiB', limit: 128, digits: 0 },
      kib,
    ),
    withinLimit({ measure: 'forged 256 MiB upload: on disk, bytes', limit: 0, digits: 0 }, disk),
    withinLimit(
      { measure: 'accepted 256 MiB upload: peak memory over idle, MiB', limit: 40, digits: 1 },
      mib(largeMemory),
    ),
    withinLimit(
      { measure: 'accepted 256 MiB upload: time, ÷ (u)', limit: 1.1, digits: 2 },
      timeRatios(all, 's'),
    ),
    withinLimit(
      { measure: '20 uploads of 16 MiB at once: peak memory over idle, MiB', limit: 64, digits: 1 },
      mib(manyMemory),
    ),
  ]
}

export function withinLimit(
  { measure, limit, digits }: { measure: string; limit: number; digits: number },
  figures: readonly number[],
): Verdict {
  const measured = spreadOf(figures)
  return {
    measure,
    target: `≤ ${limit}`,
    measured,
    digits,
    met: measured.median <= limit,
    score: measured.median === 0 ? Number.POSITIVE_INFINITY : limit / measured.median,
    farBelow,
  }
}

/** Returns, for each round, an app's throughput and CPU time as a share of the baseline's. */
export function ratiosOf(
  samples: readonly Sample[],
  scenario: Scenario,
  [id, baseline]: readonly [id: string, baseline: string],
): { throughput: number[]; cpu: number[] } {
  const of = (which: string) => samples.filter((s) => s.scenario === scenario && s.app.id === which)
  const base = of(baseline)
  const pairs = of(id).flatMap((mine) => {
    const theirs = base.find(({ round }) => round === mine.round)
    return theirs ? [{ mine, theirs }] : []
  })
  return {
    throughput: pairs.map(({ mine, theirs }) => mine.requestsPerSecond / theirs.requestsPerSecond),
    cpu: pairs.map(({ mine, theirs }) => mine.cpuPerRequest / theirs.cpuPerRequest),
  }
}
