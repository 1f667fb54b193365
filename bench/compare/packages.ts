import { lstatSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run } from '../../test/package/run.js'
import type { Packages } from './facts.js'
import { folderOf, node } from './install.js'
import type { Peer } from './peers.js'

/** Counts what npm has installed for an app: all of it, and what it needs once it is built. */
export async function countPackages(peer: Peer): Promise<Packages> {
  const cwd = folderOf(peer)
  const list = async (...flags: string[]) => {
    const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
    // npm ends with 1 where an optional peer dependency is missing.
    const args = ['ls', '--all', '--parseable', ...flags]
    const { stdout } = await run('npm', args, { cwd, env, allowed: [0, 1] })
    return new Set(stdout.split('\n').filter(isPackage))
  }
  return {
    installed: (await list()).size,
    toRun: (await list('--omit=dev')).size,
    megabytes: sizeOf(join(cwd, 'node_modules')) / 1_000_000,
  }
}

/** SvelteKit writes folders such as `$app` into node_modules, and npm lists them as well. */
function isPackage(path: string): boolean {
  return path.includes('/node_modules/') && !path.includes('/node_modules/$')
}

/** Bytes of all files of a folder. */
function sizeOf(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += lstatSync(join(entry.parentPath, entry.name)).size
  }
  return bytes
}
