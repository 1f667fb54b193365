import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { versions } from '../../create/manifest.js'
import { link, ownCopy, ownRange } from './own-packages.js'
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
    const toInstall = Object.entries(packages).filter((wanted) => ownCopy(...wanted) === undefined)
    writeJson(join(folder.path, name, 'package.json'), {
      name: `household-${name}`,
      private: true,
      dependencies: { sealform: `file:${packed.tarball}`, ...Object.fromEntries(toInstall) },
    })
  }
  writeJson(join(folder.path, 'package.json'), { private: true, workspaces: Object.keys(households) })
  // Each project has its own node_modules, as if it were alone.
  await run('npm', ['install', '--install-strategy=shallow', ...npmFlags], { cwd: folder.path })
  for (const [name, { packages }] of Object.entries(households)) {
    for (const wanted of Object.entries(packages)) link(householdOf(name as HouseholdName), ...wanted)
  }
})
after(folder.remove)

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value))
}
