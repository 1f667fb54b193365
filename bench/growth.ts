import { writeFileSync } from 'node:fs'
import { type App, apps } from './apps.js'
import { Child } from './child.js'
import { type Growth, growthPicture } from './growth-picture.js'
import type { Cores } from './machine.js'
import { table } from './report.js'
import { Server } from './rounds.js'
import { spreadOf } from './statistics.js'
import { type Verdict, withinLimit } from './targets.js'
import { UploadServer, uploadApps } from './uploads.js'

export const pictureFile = 'docs/pictures/growth.svg'

/** The cost of one may be this many times as high where there are most as where there are fewest. */
const steady = 1.5

type Progress = (line: string) => void

/** Measures how cost grows with what there is, and draws it. */
export async function measureGrowth(cores: Cores, progress: Progress): Promise<readonly Growth[]> {
  const all = [
    await growthOfForms(cores, progress),
    await growthOfActions(cores, progress),
    await growthOfClaims(cores, progress),
    await growthOfUploads(cores, progress),
  ]
  writeFileSync(pictureFile, growthPicture(all))
  return all
}

/** A straight line has the same cost for each, so the last may cost no more than the first. */
export function judgeGrowth(all: readonly Growth[]): Verdict[] {
  return all.map(({ title, count, cost, points }) => {
    const [first, last] = [points[0]!, points.at(-1)!]
    const measure = `${title}: ${cost} at ${last.count} ${count} ÷ at ${first.count}`
    return withinLimit({ measure, limit: steady, digits: 2 }, [last.cost.median / first.cost.median])
  })
}

export function growthTables(all: readonly Growth[]): string {
  const parts = all.map(({ title, count, cost, points }) => {
    const rows = points.map((point) => [String(point.count), point.cost.median.toFixed(2)])
    return `${title}:\n\n${table([count, cost], rows)}`
  })
  return ['### growth', 'What one costs, by how many there are.', ...parts].join('\n\n')
}

const sealformOnKoa = apps.find(({ id }) => id === 's')!

async function growthOfForms(cores: Cores, progress: Progress): Promise<Growth> {
  const points = []
  // Of a page with one form, nearly all is the page. What the rows take beyond a page without a form is counted.
  const none = await cpuOf(sealformOnKoa, cores, { scenario: 'rows', query: '?n=0' })
  for (const count of [1, 10, 100, 1000]) {
    progress(`a page with ${count} forms`)
    const page = await cpuOf(sealformOnKoa, cores, { scenario: 'rows', query: `?n=${count}` })
    points.push({ count, cost: spreadOf(page.map((cpu, i) => (cpu - (none[i] ?? 0)) / count)) })
  }
  return { title: 'Forms on a page', count: 'forms', cost: 'CPU µs a form', points }
}

async function growthOfActions(cores: Cores, progress: Progress): Promise<Growth> {
  const points = []
  for (const count of [1, 1000, 100_000]) {
    progress(`${count} registered actions`)
    const app = { ...sealformOnKoa, env: { BENCH_ACTIONS: String(count) } }
    points.push({ count, cost: spreadOf(await cpuOf(app, cores, { scenario: 'redirect' })) })
  }
  return { title: 'Registered actions', count: 'actions', cost: 'CPU µs a submission', points }
}

async function growthOfClaims({ server }: Cores, progress: Progress): Promise<Growth> {
  const points = []
  for (const count of [1, 1000, 100_000]) {
    progress(`${count} open claims`)
    const child = new Child('./claims.js', server)
    try {
      points.push({ count, cost: spreadOf(await child.ask('claims', { open: count })) })
    } finally {
      await child.stop()
    }
  }
  return { title: 'Open one-time claims', count: 'claims', cost: 'µs to claim and settle', points }
}

const uploadBytes = 64 * 1024

async function growthOfUploads(cores: Cores, progress: Progress): Promise<Growth> {
  const points = []
  const app = uploadApps.find(({ id }) => id === 's')!
  for (const count of [10, 100, 1000]) {
    progress(`${count} uploads at once`)
    const load = new Child('./upload-load.js', cores.load)
    const server = await UploadServer.start(app, cores, load)
    try {
      const costs = []
      for (let turn = -2; turn < Math.max(3, 300 / count); turn++) {
        const { cpu } = await server.upload(uploadBytes, count)
        if (turn >= 0) costs.push((cpu * 1e6) / count)
      }
      points.push({ count, cost: spreadOf(costs) })
    } finally {
      await Promise.all([load.stop(), server.child.stop()])
    }
  }
  return { title: 'Uploads of 64 KiB at once', count: 'uploads', cost: 'CPU µs an upload', points }
}

/** V8 takes some ten thousand requests to compile all of a path. */
const warmUpSeconds = 8

/** CPU µs a request, of the best half of several turns: what else runs on the machine makes the others longer. */
async function cpuOf(
  app: App,
  cores: Cores,
  { scenario, query }: { readonly scenario: 'rows' | 'redirect'; readonly query?: string },
): Promise<number[]> {
  const load = new Child('./load.js', cores.load)
  const server = await Server.start(app, cores)
  try {
    const plan = { scenario, connections: 8, ...(query !== undefined && { query }) }
    await server.turn(load, { ...plan, seconds: warmUpSeconds, maxRequests: 24_000 })
    const turns = []
    for (let i = 0; i < 16; i++)
      turns.push((await server.turn(load, { ...plan, seconds: 0.2 })).cpuPerRequest)
    return turns.sort((a, b) => a - b).slice(0, 8)
  } finally {
    await Promise.all([load.stop(), server.child.stop()])
  }
}
