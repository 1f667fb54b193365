import { spreadOf } from '../statistics.js'
import type { CpuKind, Facts } from './facts.js'

/** A line of the comparison: what its cell says, and how good that is. */
export interface Row {
  readonly title: string
  cell(facts: Facts): string
  /** More is better. */
  score(facts: Facts): number
}

export const costs: readonly Row[] = [
  cpuRow('page', 'GET of the page'),
  cpuRow('redirect', 'POST → redirect'),
  cpuRow('invalid', 'POST invalid → shown again'),
  {
    title: 'packages installed; needed once it is built',
    cell: ({ packages }) => `${packages.installed}; ${packages.toRun}`,
    score: ({ packages }) => -packages.toRun,
  },
  {
    title: 'MB in node_modules',
    cell: ({ packages }) => packages.megabytes.toFixed(1),
    score: ({ packages }) => -packages.megabytes,
  },
  {
    title: 'JavaScript of the page, kB by gzip',
    cell: ({ script }) => (script === 0 ? '0' : (script / 1000).toFixed(1)),
    score: ({ script }) => -script,
  },
]

export const behaviours: readonly Row[] = [
  {
    title: 'without JavaScript: an invalid form keeps the text; status',
    cell: ({ withoutScript: { kept, status } }) => `${yes(kept)}; ${status}`,
    score: ({ withoutScript }) => Number(withoutScript.kept),
  },
  {
    title: 'without JavaScript: message shown; corrected form taken',
    cell: ({ withoutScript: { message, done } }) => `${yes(message)}; ${yes(done)}`,
    score: ({ withoutScript: { message, done } }) => Number(message) + Number(done),
  },
  {
    title: 'the same form sent twice: the action runs',
    cell: ({ runsOfTwo }) => ({ 1: 'once', 2: 'twice' })[runsOfTwo] ?? `${runsOfTwo} times`,
    score: ({ runsOfTwo }) => -Math.abs(runsOfTwo - 1),
  },
  {
    title: 'POST of another site refused; status',
    cell: ({ crossSite: { ran, status } }) => `${yes(!ran)}; ${status}`,
    score: ({ crossSite }) => Number(!crossSite.ran),
  },
  {
    title: 'page older than a restart of the server',
    cell: ({ restart: { ran, kept, status } }) =>
      `${ran ? 'taken' : kept ? 'text kept' : 'text lost'}; ${status}`,
    score: ({ restart: { ran, kept } }) => (ran ? 2 : Number(kept)),
  },
  {
    title: '20 MB where 1 MB is allowed: MB read before the answer',
    cell: ({ upload: { taken } }) => (taken / 1_000_000).toFixed(2),
    score: ({ upload }) => -upload.taken,
  },
  {
    title: '20 MB where 1 MB is allowed: what Chromium shows',
    cell: ({ upload: { ran, kept, status } }) =>
      ran
        ? `taken; ${status}`
        : status === undefined
          ? 'text lost; connection broken'
          : `${kept ? 'text kept' : 'text lost'}; ${status}`,
    score: ({ upload: { ran, kept } }) => (ran ? -1 : Number(kept)),
  },
  {
    title: 'action throws: shows message, stack; status',
    cell: ({ thrown: { message, stack, status } }) => `${yes(message)}, ${yes(stack)}; ${status}`,
    score: ({ thrown: { message, stack } }) => -Number(message) - Number(stack),
  },
  {
    title: 'action throws: text kept',
    cell: ({ thrown }) => yes(thrown.kept),
    score: ({ thrown }) => Number(thrown.kept),
  },
]

/** Differences of less than a twentieth may come from the machine. */
const noise = 0.05

/** Whether an app does better in a row than the one it is held against. */
export function isBetter(row: Row, facts: Facts, than: Facts): boolean {
  const [own, other] = [row.score(facts), row.score(than)]
  return own - other > Math.abs(other) * noise
}

function cpuRow(kind: CpuKind, words: string): Row {
  return {
    title: `${words}: CPU µs, median (best)`,
    cell: ({ cpu }) => `${spreadOf(cpu[kind]).median.toFixed(0)} (${Math.min(...cpu[kind]).toFixed(0)})`,
    // Other work on the machine disturbs the best turn least.
    score: ({ cpu }) => -Math.min(...cpu[kind]),
  }
}

function yes(value: boolean): string {
  return value ? 'yes' : 'no'
}
