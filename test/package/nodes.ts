import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { npmFlags, root } from './packed.js'
import { run } from './run.js'

/** Versions beside the one that runs the tests: the oldest that is supported, and the next two. */
const versions = ['20.19.0', '24.21.0', '26.10.0']

/** For other systems, npm has no package of every Node version. */
export const hasOtherNodes =
  process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')

/** Real Nodes of other versions, from npm. They stay in `.cache`, because each one has more than 150 MB. */
export async function installNodes(): Promise<void> {
  if (versions.every((version) => existsSync(nodeOf(version)))) return
  const packages = versions.map((version) => `node-${version}@npm:node-linux-${process.arch}@${version}`)
  const place = join(root, '.cache', 'nodes')
  await run('npm', ['install', ...npmFlags, '--no-save', '--prefix', place, ...packages], { cwd: root })
}

export function nodeOf(version: string): string {
  return join(root, '.cache', 'nodes', 'node_modules', `node-${version}`, 'bin', 'node')
}
