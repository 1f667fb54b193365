import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Profiler, Runtime } from 'node:inspector'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { App } from './apps.js'
import { Child } from './child.js'
import type { Cores } from './machine.js'
import { Server } from './rounds.js'
import type { Scenario } from './scenarios.js'

/** The CPU time of a server by place, in µs per request. */
export interface CpuProfile {
  readonly app: App
  readonly scenario: Scenario
  readonly cpuPerRequest: number
  /** By package or part of the project, most expensive first. */
  readonly parts: readonly Share[]
  /** By function, most expensive first. */
  readonly functions: readonly Share[]
}

export interface Share {
  readonly name: string
  readonly microseconds: number
}

/** Profiles one app under load. A warm-up before it keeps start and compilation out of the profile. */
export async function profileApp(
  app: App,
  cores: Cores,
  load: { readonly scenario: Scenario; readonly connections: number; readonly seconds: number },
): Promise<CpuProfile> {
  const directory = mkdtempSync(join(tmpdir(), 'sealform-bench-'))
  const generator = new Child('./load.js', cores.load)
  const server = await Server.start(app, cores)
  try {
    // Unprofiled first: sampling slows the server by a few per cent.
    await server.turn(generator, load)
    const { cpuPerRequest } = await server.turn(generator, load)
    await server.child.ask('profile', undefined)
    await server.turn(generator, load)
    const file = join(directory, 'server.cpuprofile')
    await server.child.ask('profiled', { file })
    const profile: Profiler.Profile = JSON.parse(readFileSync(file, 'utf8'))
    return { app, scenario: load.scenario, cpuPerRequest, ...attribute(profile, cpuPerRequest) }
  } finally {
    await Promise.all([generator.stop(), server.child.stop()])
    rmSync(directory, { recursive: true })
  }
}

/** Sums self time by part and by function, without idle time. */
function attribute(
  profile: Profiler.Profile,
  cpuPerRequest: number,
): Pick<CpuProfile, 'parts' | 'functions'> {
  const place = placeInSources()
  const nodes = new Map(profile.nodes.map((node) => [node.id, place(node.callFrame)]))
  const parts = new Map<string, number>()
  const functions = new Map<string, number>()
  let total = 0
  for (const [i, id] of (profile.samples ?? []).entries()) {
    const frame = nodes.get(id)
    const time = profile.timeDeltas?.[i] ?? 0
    if (!frame || frame.functionName === '(idle)') continue
    const part = partOf(frame.functionName, frame.url)
    total += time
    add(parts, part, time)
    add(functions, `${frame.functionName || '(anonymous)'} — ${placeOf(part, frame)}`, time)
  }
  const shares = (times: Map<string, number>): Share[] =>
    [...times]
      .map(([name, time]) => ({ name, microseconds: (time / total) * cpuPerRequest }))
      .sort((x, y) => y.microseconds - x.microseconds)
  return { parts: shares(parts), functions: shares(functions) }
}

function add(times: Map<string, number>, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time)
}

/** Where a function of the bundle stands in the sources; others stay where they are. */
function placeInSources(): (frame: Runtime.CallFrame) => Runtime.CallFrame {
  const maps = new Map<string, SourceMap>()
  return (frame) => {
    const { url, lineNumber, columnNumber } = frame
    if (!/\/dist\/bundle\/[^/]+\.js$/.test(url)) return frame
    const map = maps.get(url) ?? new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')))
    maps.set(url, map)
    const found = map.findEntry(lineNumber, columnNumber)
    if (!('originalSource' in found)) return frame
    return { ...frame, url: new URL(found.originalSource, url).href, lineNumber: found.originalLine }
  }
}

/** A package's name, `node`, one of our folders, or V8's own account such as `(garbage collector)`. */
function partOf(functionName: string, url: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'node, native'
  if (url.startsWith('node:')) return 'node'
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
  if (dependency) return dependency
  const folder = /\/(lib|middleware|views|bench)\/[^?]*$/.exec(url)?.[1]
  if (folder === undefined) return 'other'
  return folder === 'bench' ? 'the app itself' : `sealform ${folder}/`
}

function placeOf(part: string, { url, lineNumber }: { url: string; lineNumber: number }): string {
  if (url === '') return part
  const file = url.startsWith('node:') ? url : url.slice(url.lastIndexOf('/') + 1)
  return `${part === 'node' || part.startsWith('sealform') ? '' : `${part} `}${file}:${lineNumber + 1}`
}
