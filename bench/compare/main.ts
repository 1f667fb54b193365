import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, type } from 'node:os'
import type { Browser } from 'playwright-core'
import { openChromium } from '../../test/browser/chromium.js'
import { check } from './checks.js'
import type { Cpu, Facts } from './facts.js'
import { scriptBytes, sendLargeFile, sendWithoutScript } from './in-browser.js'
import { build, nodeVersion, prepare } from './install.js'
import { type LoadPlan, measureCpu } from './load.js'
import { readOptions, usage } from './options.js'
import { countPackages } from './packages.js'
import type { Peer } from './peers.js'
import { PeerServer } from './server.js'
import { type Compared, comparison, replaceBetween } from './table.js'
import { bytesTaken } from './upload.js'

const page = 'docs/guide/comparison.md'
const plan: LoadPlan = { rounds: 9, requests: 200, warmUp: 800 }

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`)
    return 2
  }
  if (process.platform !== 'linux')
    throw new Error('The CPU time and the bytes read come from /proc of Linux.')
  const all = await compare(options.peers)
  const text = comparison(all, describeRun())
  console.log(text)
  const complete = all.every(({ facts }) => typeof facts !== 'string')
  if (!complete) for (const { facts } of all) if (typeof facts === 'string') console.error(facts)
  if (options.write && complete) writeFileSync(page, replaceBetween(readFileSync(page, 'utf8'), text))
  return complete ? 0 : 1
}

/** One app after the other; then all servers together for the load, whose turns alternate. */
async function compare(peers: readonly Peer[]): Promise<Compared[]> {
  progress('packing this repository')
  const { tarball } = await prepare()
  const browser = await openChromium()
  const seen = new Map<Peer, Omit<Facts, 'cpu'> | string>()
  try {
    for (const peer of peers) {
      try {
        progress(`${peer.name}: installing and building`)
        await build(peer, tarball)
        progress(`${peer.name}: checks`)
        seen.set(peer, await examine(browser, peer))
      } catch (error) {
        seen.set(peer, error instanceof Error ? error.message : String(error))
      }
    }
  } finally {
    await browser.close()
  }
  const cpu = await measureAll(peers.filter((peer) => typeof seen.get(peer) !== 'string'))
  return peers.map((peer) => {
    const facts = seen.get(peer) ?? 'it was left out'
    const own = cpu.get(peer)
    return { peer, facts: typeof facts === 'string' ? facts : own ? { ...facts, cpu: own } : 'no CPU time' }
  })
}

async function examine(browser: Browser, peer: Peer): Promise<Omit<Facts, 'cpu'>> {
  const server = await PeerServer.start(peer)
  try {
    return {
      packages: await countPackages(peer),
      script: await scriptBytes(browser, server),
      withoutScript: await sendWithoutScript(browser, server),
      upload: { taken: await bytesTaken(server), ...(await sendLargeFile(browser, server)) },
      // The server starts again here.
      ...(await check(server)),
    }
  } finally {
    await server.stop()
  }
}

async function measureAll(peers: readonly Peer[]): Promise<ReadonlyMap<Peer, Cpu>> {
  const servers = new Map<Peer, PeerServer>()
  try {
    for (const peer of peers) servers.set(peer, await PeerServer.start(peer))
    return await measureCpu(servers, plan, progress)
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()))
  }
}

function describeRun(): string[] {
  return [
    `${new Date().toISOString().slice(0, 10)}, Node ${nodeVersion}`,
    `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${type()} ${release()}; load average ${loadavg()[0]?.toFixed(1)}`,
    `CPU: ${plan.rounds} turns of ${plan.requests} requests each, after ${plan.warmUp}`,
  ]
}

function progress(line: string): void {
  console.error(line)
}
