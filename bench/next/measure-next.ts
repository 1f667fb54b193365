import { randomBytes } from 'node:crypto'
import { NextApp } from '../browser/next-app.js'
import { Child } from '../child.js'
import type { Cores } from '../machine.js'
import { nextNotes } from './next-notes.js'
import { cpuOfProcess } from './process-cpu.js'
import {
  type Kind,
  kinds,
  nextRequests,
  type PagePath,
  pages,
  type Requests,
  sealformRequests,
  send,
} from './rivals.js'

/** CPU µs per request, turn by turn. The two lists go pair by pair. */
export interface NextFigures {
  readonly page: PagePath
  readonly kind: Kind
  readonly sealform: number[]
  readonly next: number[]
}

export interface NextPlan {
  readonly rounds: number
  /** Requests of a turn. */
  readonly requests: number
  /** CPU seconds that each server uses for a kind before the first turn, so that V8 has compiled what it compiles. */
  readonly warmUpSeconds: number
}

/** A server, and what it is asked. */
interface Rival {
  readonly url: string
  readonly requests: Requests
  /** CPU time used so far, in µs. */
  cpu(): Promise<number> | number
}

/**
 * Measures the same page with the same form as an app of Sealform and of Next.js, in turns that alternate.
 *
 * @throws Error when npm cannot install Next.js, for example without a network, or on a system without `/proc`
 */
export async function measureNext(
  plan: NextPlan,
  cores: Cores,
  progress: (line: string) => void,
): Promise<readonly NextFigures[]> {
  progress('next: installing and building an app of Next.js')
  const next = await NextApp.start(nextNotes())
  const child = new Child('./apps/next-rival.js', cores.server, {
    SEALFORM_KEYS: randomBytes(32).toString('base64'),
  })
  try {
    await next.ready()
    const own = `http://127.0.0.1:${await child.ask('port', undefined)}`
    const figures: NextFigures[] = []
    for (const page of Object.keys(pages) as PagePath[]) {
      const [url, nextUrl] = [new URL(page, own).href, new URL(page, next.url).href]
      const rivals: [Rival, Rival] = [
        { url, requests: await sealformRequests(url), cpu: () => child.ask('cpu', undefined) },
        { url: nextUrl, requests: await nextRequests(nextUrl), cpu: () => cpuOfProcess(next.pid) },
      ]
      figures.push(...(await takeTurns(plan, page, { rivals, progress })))
    }
    return figures
  } finally {
    await Promise.all([next.stop(), child.stop()])
  }
}

async function takeTurns(
  { rounds, requests, warmUpSeconds }: NextPlan,
  page: PagePath,
  { rivals, progress }: { rivals: readonly [own: Rival, next: Rival]; progress: (line: string) => void },
): Promise<NextFigures[]> {
  const figures = kinds.map((kind): NextFigures => ({ page, kind, sealform: [], next: [] }))
  for (const { kind, sealform, next } of figures) {
    progress(`next: ${pages[page]}, ${kind}`)
    for (const rival of rivals) await warmUp(rival, kind, warmUpSeconds)
    for (let round = 0; round < rounds; round++) {
      const [own, other] = rivals
      const turns = [
        async () => sealform.push(await takeTurn(own, kind, requests)),
        async () => next.push(await takeTurn(other, kind, requests)),
      ]
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
    }
  }
  return figures
}

async function warmUp(rival: Rival, kind: Kind, seconds: number): Promise<void> {
  const enough = (await rival.cpu()) + seconds * 1e6
  while ((await rival.cpu()) < enough) await takeTurn(rival, kind, 100)
}

const connections = 4

/** Sends requests, and returns the CPU µs that the server has used for each. */
async function takeTurn({ url, requests, cpu }: Rival, kind: Kind, count: number): Promise<number> {
  const before = await cpu()
  let left = count
  const sendSome = async () => {
    while (left-- > 0) await send(url, requests[kind])
  }
  await Promise.all(Array.from({ length: connections }, sendSome))
  return ((await cpu()) - before) / count
}

/** Turn by turn, the CPU time of Next.js over that of Sealform. */
export function nextRatios({ sealform, next }: NextFigures): number[] {
  return next.map((cpu, i) => cpu / (sealform[i] ?? Number.NaN))
}
