import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { describe, it } from 'node:test'
import { root } from './docs/project.js'
import { headlessChromium, nginx, redis } from './setup/programs.js'

/** Which room may import which. docs/decisions/house.md says why. */
const plan: Readonly<Record<string, readonly string[]>> = {
  client: ['base'],
  middleware: ['answer', 'search', 'page', 'action', 'inspect', 'outcome', 'cache', 'base', 'views'],
  views: ['search', 'page', 'action', 'inspect', 'files', 'input', 'outcome', 'base'],
  react: ['answer', 'page', 'action', 'seal', 'base'],
  preact: ['react', 'answer', 'page', 'action', 'outcome', 'base'],
  testing: ['answer', 'page', 'action', 'origin', 'seal', 'outcome', 'base'],
  redis: ['claims', 'files', 'cache', 'base'],
  s3: ['files', 'base'],
  answer: [
    'page',
    'action',
    'inspect',
    'live',
    'files',
    'claims',
    'body',
    'origin',
    'seal',
    'outcome',
    'base',
  ],
  search: ['page', 'action', 'input', 'body', 'outcome', 'base'],
  page: ['action', 'cache', 'files', 'seal', 'outcome', 'base'],
  action: ['inspect', 'input', 'files', 'claims', 'body', 'seal', 'outcome', 'base'],
  live: ['cache', 'origin', 'seal', 'base'],
  cli: ['inspect', 'seal', 'origin', 'base'],
  inspect: ['seal', 'base'],
  files: ['seal', 'body', 'outcome', 'base'],
  input: ['outcome', 'base'],
  cache: ['base'],
  seal: ['outcome', 'base'],
  claims: ['base'],
  origin: ['base'],
  body: ['base'],
  outcome: ['base'],
  base: [],
}

const mostFloors = 11

/** The files that stand in `lib/` itself: entry points, which only hand names on. */
const entryPoints = ['lib/sealform.ts', 'lib/types.ts']

const files = ['client', 'lib', 'middleware', 'views', 'bench'].flatMap(sourcesIn)
const imports = new Map(files.map((file) => [file, importsOf(file)]))

describe('the house', () => {
  it('has a room for every file of the library', () => {
    const homeless = files.filter(
      (file) => !file.startsWith('bench/') && !entryPoints.includes(file) && !isPlanned(file),
    )
    assert.deepEqual(homeless, [])
  })

  it('imports between rooms only what the plan allows', () => {
    const forbidden: string[] = []
    for (const [file, targets] of imports) {
      if (!isPlanned(file)) continue
      const room = roomOf(file)
      for (const target of targets) {
        const other = roomOf(target)
        if (room !== other && !plan[room]?.includes(other)) forbidden.push(`${file} imports ${target}`)
      }
    }
    assert.deepEqual(forbidden, [])
  })

  it('lets the browser script know the names of the wire, and nothing else of the server', () => {
    const foreign = [...imports].flatMap(([file, targets]) =>
      roomOf(file) === 'client' ? targets.filter((target) => roomOf(target) !== 'client') : [],
    )
    assert.deepEqual([...new Set(foreign)], ['lib/base/wire-names.ts'])
  })

  it('allows no import that no file needs', () => {
    const used = new Set(
      [...imports].flatMap(([file, targets]) => targets.map((target) => `${roomOf(file)} ${roomOf(target)}`)),
    )
    const idle = Object.entries(plan).flatMap(([room, others]) =>
      others.map((other) => `${room} ${other}`).filter((arrow) => !used.has(arrow)),
    )
    assert.deepEqual(idle, [])
  })

  it('has no circle of files', () => {
    assert.deepEqual(circles(imports), [])
  })

  it(`has at most ${mostFloors} floors`, () => {
    const floors = new Map<string, number>()
    const floorOf = (room: string): number => {
      const known = floors.get(room)
      if (known !== undefined) return known
      const floor = 1 + Math.max(0, ...(plan[room] ?? []).map(floorOf))
      floors.set(room, floor)
      return floor
    }
    for (const room of Object.keys(plan))
      assert.ok(floorOf(room) <= mostFloors, `${room} is on floor ${floorOf(room)}`)
  })

  it('is drawn at the top of docs/contributing.md as it stands', () => {
    const page = readFileSync(join(root, 'docs', 'contributing.md'), 'utf8')
    const picture = /```text\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    const drawn = [...picture.matchAll(/^ *\d+ +(?:lib\/)?(\w+)\/ .*→ *(.*)$/gm)].map(
      ([, room = '', others = '']) => [
        room,
        others.split(' ').filter((other) => other !== '' && other !== '–'),
      ],
    )
    assert.deepEqual(Object.fromEntries(drawn), plan)
  })
})

describe('a program that npm packages do not have', () => {
  const tests = new Map(sourcesIn('test').map((file) => [file, importsOf(file)]))
  const helpers = [
    [headlessChromium, 'test/browser/chromium.ts'],
    [redis, 'test/setup/redis.ts'],
    [nginx, 'test/setup/nginx.ts'],
  ] as const
  for (const [program, helper] of helpers) {
    it(`is provided for each test that uses it: ${program.title}`, () => {
      const without = [...tests.keys()].filter(
        (file) => file.endsWith('.test.ts') && reaches(tests, file, helper) && !program.neededBy(file),
      )
      assert.deepEqual(without, [])
    })
  }
})

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll(sep, '/')}`)
}

/** The files of this repository that a file imports or hands on, types included. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  const specifiers = source.matchAll(
    /^(?:import|export)\b[^'"]*?\bfrom '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm,
  )
  return [...specifiers].map(([, named, called]) =>
    posix.join(posix.dirname(file), named ?? called ?? '').replace(/\.js$/, '.ts'),
  )
}

function roomOf(file: string): string {
  const [top = '', room = ''] = file.split('/')
  return top === 'lib' ? room : top
}

function isPlanned(file: string): boolean {
  return roomOf(file) in plan
}

/** Whether a file imports another one, itself or by what it imports. */
function reaches(graph: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from])
  for (const file of seen) for (const target of graph.get(file) ?? []) seen.add(target)
  return seen.has(to)
}

/** Each circle as the files on it: the strongly connected components of more than one file (Tarjan, 1972). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const path: string[] = []
  const found: string[][] = []
  for (const file of graph.keys()) if (!order.has(file)) visit(file)
  return found

  function visit(file: string): number {
    let low = order.size
    order.set(file, low)
    path.push(file)
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target))
      else if (path.includes(target)) low = Math.min(low, order.get(target) ?? low)
    }
    if (low === order.get(file)) {
      const circle = path.splice(path.indexOf(file))
      if (circle.length > 1) found.push(circle)
    }
    return low
  }
}
