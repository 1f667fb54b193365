import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { versions } from '../../create/manifest.js'
import { npmFlags, type Packed, pack, root, temporaryFolder } from './packed.js'
import { run } from './run.js'

/** Projects that use the package, installed side by side. Those with the same dependencies share a folder. */
interface Household {
  /** Folders of `test/package/projects`. */
  readonly projects: readonly string[]
  readonly packages: Readonly<Record<string, string>>
}

const typing = Object.fromEntries(['@types/node', 'zod'].map((name) => [name, ownRange(name)]))

/** What the apps of `npm create sealform` need, but for the package under test. */
const { sealform: _, ...ownPackages } = versions

const households = {
  alone: { projects: ['alone'], packages: {} },
  koa2: { projects: ['commonjs'], packages: { koa: '2' } },
  koa3: {
    projects: ['esm', 'typescript'],
    packages: {
      koa: '3',
      typescript: '5',
      ...typing,
      ...Object.fromEntries(
        ['@types/koa', 'supertest', 'parse5', 'tough-cookie'].map((name) => [name, ownRange(name)]),
      ),
    },
  },
  created: { projects: [], packages: ownPackages },
  express4: {
    projects: ['express', 'typescript-express'],
    packages: { express: '4', '@types/express': '4', ...typing },
  },
  express5: {
    projects: ['express', 'typescript-express'],
    packages: { express: '5', '@types/express': ownRange('@types/express'), ...typing },
  },
} as const satisfies Record<string, Household>

type HouseholdName = keyof typeof households

const folder = temporaryFolder()
let packed: Packed | undefined

/** The tarball, which is packed and installed once, before the first test. */
export function tarball(): Packed {
  if (!packed) throw new Error('The package is packed in before().')
  return packed
}

/** Where the packages of a project are installed. */
export function householdOf(name: HouseholdName): string {
  return join(folder.path, name)
}

export function projectIn<Name extends HouseholdName>(
  name: Name,
  project: (typeof households)[Name]['projects'][number],
): string {
  return join(folder.path, name, project)
}

before(async () => {
  packed = await pack(folder.path)
  for (const [name, { projects, packages }] of Object.entries(households)) {
    mkdirSync(join(folder.path, name))
    for (const project of projects) {
      cpSync(join(root, 'test', 'package', 'projects', project), join(folder.path, name, project), {
        recursive: true,
      })
    }
    const dependencies = { sealform: `file:${packed.tarball}`, ...packages }
    writeJson(join(folder.path, name, 'package.json'), {
      name: `household-${name}`,
      private: true,
      dependencies,
    })
  }
  writeJson(join(folder.path, 'package.json'), { private: true, workspaces: Object.keys(households) })
  // Each project has its own node_modules, as if it were alone.
  await run('npm', ['install', '--install-strategy=shallow', ...npmFlags], { cwd: folder.path })
})
after(folder.remove)

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value))
}

/** The version range under which this repository itself installs a package. */
export function ownRange(name: string): string {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const range = devDependencies[name]
  if (!range) throw new Error(`${name} is not among the devDependencies.`)
  return range
}
