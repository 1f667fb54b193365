import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { npmFlags, root } from '../package/packed.js'
import { run } from '../package/run.js'

/** Whether npm has real Nodes of other versions for this system. */
export const hasNodes = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')

/**
 * Installs real Nodes from npm. They stay in `.cache`, because each one has more than 150 MB.
 *
 * @param versions exact ones, such as `20.19.0`
 */
export async function installNodes(versions: readonly string[]): Promise<void> {
  for (const version of versions) {
    if (existsSync(nodeOf(version))) continue
    // npm removes what it finds in a folder and does not know, so each version has its own.
    const name = `node@npm:node-linux-${process.arch}@${version}`
    await run('npm', ['install', ...npmFlags, '--no-save', '--prefix', folderOf(version), name], {
      cwd: root,
    })
  }
}

/** The path of an installed Node. */
export function nodeOf(version: string): string {
  return join(folderOf(version), 'node_modules', 'node', 'bin', 'node')
}

function folderOf(version: string): string {
  return join(root, '.cache', 'nodes', version)
}
