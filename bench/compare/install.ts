import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { npmFlags, root } from '../../test/package/packed.js'
import { run } from '../../test/package/run.js'
import { installNodes, nodeOf } from '../../test/setup/nodes.js'
import type { Peer } from './peers.js'

/** SvelteKit, React Router and Astro need Node 22 or later, so all run on this one. */
export const nodeVersion = '24.21.0'
export const node = nodeOf(nodeVersion)

const cache = join(root, '.cache', 'compare')
const sources = join(root, 'bench', 'compare', 'peers')

export function folderOf({ id }: Peer): string {
  return join(cache, id)
}

/** Installs the Node that runs the peers, and packs this repository as it is built. */
export async function prepare(): Promise<{ readonly tarball: string }> {
  mkdirSync(cache, { recursive: true })
  await installNodes([nodeVersion])
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', cache]
  const { stdout } = await run('npm', args, { cwd: root })
  const [report]: { filename: string }[] = JSON.parse(stdout)
  if (!report) throw new Error(`npm pack reported nothing:\n${stdout}`)
  return { tarball: join(cache, report.filename) }
}

/**
 * Installs and builds an app in `.cache/compare/<id>`, unless it stands there as it would become.
 *
 * @throws Error with what npm or the build printed
 */
export async function build(peer: Peer, tarball: string): Promise<void> {
  const folder = folderOf(peer)
  const manifest = JSON.stringify(manifestOf(peer, tarball), undefined, 2)
  const stamp = stampOf(
    [manifest, nodeVersion],
    ['sealform' in peer.dependencies ? tarball : '', ...filesOf(peer)],
  )
  const stampFile = join(folder, '.stamp')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const name of ['glue', peer.id]) cpSync(join(sources, name), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), manifest)
  const path = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  await run('npm', ['install', ...npmFlags, '--ignore-scripts', '--include=dev'], { cwd: folder, env: path })
  const [program, ...args] = peer.build ?? []
  if (program !== undefined) {
    const env = { ...path, ...peer.env?.(peer.port ?? 0), NODE_ENV: 'production' }
    await run(join(folder, 'node_modules', '.bin', program), args, { cwd: folder, env })
  }
  writeFileSync(stampFile, stamp)
}

function manifestOf({ dependencies, devDependencies = {} }: Peer, tarball: string) {
  const { sealform, ...others } = dependencies
  const all = sealform === undefined ? others : { sealform: `file:${tarball}`, ...others }
  return { private: true, type: 'module', dependencies: all, devDependencies }
}

function filesOf({ id }: Peer): string[] {
  return ['glue', id].flatMap((name) =>
    readdirSync(join(sources, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  )
}

function stampOf(texts: readonly string[], files: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(texts))
  for (const file of files) if (file !== '') hash.update(`\n${file}\n`).update(readFileSync(file))
  return hash.digest('hex')
}
