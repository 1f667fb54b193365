// npm run test:nodes: all tests on each supported line of Node, or those given, as in `npm run test:nodes -- test/lib`.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { hasNodes, installNodes, nodeOf } from './nodes.js'

/** The oldest supported version of the oldest line, and one of each later line. */
const versions = ['20.19.0', '22.12.0', '24.21.0', '26.10.0']

if (!hasNodes) throw new Error('npm has these Nodes for Linux on x64 and arm64 only.')
await installNodes(versions)
const failed: string[] = []
for (const version of versions) {
  console.log(`\n=== Node ${version}`)
  const runner = fileURLToPath(new URL('run.js', import.meta.url))
  const child = spawn(nodeOf(version), [runner, ...process.argv.slice(2)], { stdio: 'inherit' })
  const [code] = await once(child, 'close')
  if (code !== 0) failed.push(version)
}
console.log(failed.length === 0 ? `\nPassed on ${versions.join(', ')}.` : `\nFailed on ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
