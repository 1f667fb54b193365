import { type Cpu, type CpuKind, cpuKinds } from './facts.js'
import type { Prepared } from './form.js'
import type { Peer } from './peers.js'
import type { PeerServer } from './server.js'
import { emptyTitle, typed } from './typed.js'
import { type Answer, Visitor } from './visitor.js'

export interface LoadPlan {
  readonly rounds: number
  /** Requests of a turn. */
  readonly requests: number
  /** Requests of each kind before the first turn, so that V8 has compiled what it compiles. */
  readonly warmUp: number
}

const connections = 4

/** Measures all servers in turns that alternate; the order turns round, so that none is always the first. */
export async function measureCpu(
  servers: ReadonlyMap<Peer, PeerServer>,
  { rounds, requests, warmUp }: LoadPlan,
  progress: (line: string) => void,
): Promise<ReadonlyMap<Peer, Cpu>> {
  const all = new Map(
    [...servers.keys()].map((peer) => [peer, { page: [], redirect: [], invalid: [] } as Cpu]),
  )
  for (const kind of cpuKinds) {
    progress(`CPU, ${kind}`)
    for (const [peer, server] of servers) await takeTurn({ peer, server, kind }, warmUp)
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [...servers] : [...servers].reverse()
      for (const [peer, server] of order) {
        all.get(peer)?.[kind].push(await takeTurn({ peer, server, kind }, requests))
      }
    }
  }
  return all
}

interface Turn {
  readonly peer: Peer
  readonly server: PeerServer
  readonly kind: CpuKind
}

/** Sends requests, and returns the CPU µs that the server has used for each. */
async function takeTurn({ peer, server, kind }: Turn, count: number): Promise<number> {
  const visitor = new Visitor(server.origin, connections)
  const forms = kind === 'page' ? [] : await prepareForms(visitor, kind, peer.oneTime ? count : 1)
  const before = server.cpu()
  let sent = 0
  const sendSome = async () => {
    while (sent < count) {
      const form = forms[sent++ % forms.length]
      const answer = await (form ? visitor.post(form) : visitor.get('/'))
      if (!isRight[kind](answer)) {
        throw new Error(`${peer.name} answered ${kind} with ${answer.status}:\n${answer.text.slice(0, 2000)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, sendSome))
  const used = server.cpu() - before
  visitor.disconnect()
  return used / count
}

function prepareForms(visitor: Visitor, kind: CpuKind, count: number): Promise<Prepared[]> {
  const values = kind === 'invalid' ? { ...typed, title: '' } : typed
  return Promise.all(Array.from({ length: count }, async () => (await visitor.form('/')).fill(values)))
}

const isRight: Record<CpuKind, (answer: Answer) => boolean> = {
  page: ({ status, text }) => status === 200 && text.includes('name="title"'),
  redirect: ({ status, location }) => [302, 303].includes(status) && location?.endsWith('/done') === true,
  invalid: ({ text }) => text.includes(emptyTitle),
}
