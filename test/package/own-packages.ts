import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { provesInFull } from '../setup/proofs.js'
import { root } from './packed.js'

const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

/** The version range under which this repository itself installs a package. */
export function ownRange(name: string): string {
  const range = devDependencies[name]
  if (!range) throw new Error(`${name} is not among the devDependencies.`)
  return range
}

/**
 * Finds a package in the `node_modules` of this repository, perhaps under another name, in the major version that is asked for. In the
 * full proofs it finds none: there npm installs everything, as for any app, and so checks that the versions agree.
 */
export function ownCopy(name: string, range: string): string | undefined {
  if (provesInFull) return undefined
  return Object.keys(devDependencies)
    .filter((key) => key === name || devDependencies[key]?.startsWith(`npm:${name}@`))
    .map((key) => join(root, 'node_modules', key))
    .find((folder) => majorOf(versionIn(folder)) === majorOf(range))
}

/** Links the repository's copy of a package, if there is one, to where a project finds it. */
export function link(project: string, name: string, range: string): void {
  const copy = ownCopy(name, range)
  if (copy === undefined) return
  const place = join(project, 'node_modules', name)
  mkdirSync(dirname(place), { recursive: true })
  // npm may have installed it as a dependency of another package.
  rmSync(place, { recursive: true, force: true })
  symlinkSync(copy, place, 'junction')
}

function versionIn(folder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return version
}

function majorOf(range: string): string | undefined {
  return /\d+/.exec(range)?.[0]
}
