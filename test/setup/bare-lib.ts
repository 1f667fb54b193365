import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { scratch } from './file-storage.js'

/**
 * Copies `lib` to where no package is installed.
 *
 * @returns the address of a module of that copy, for `import()`
 */
export function bareLib(t: TestContext, path: string): string {
  const bare = scratch(t)
  cpSync(fileURLToPath(new URL('../../lib', import.meta.url)), join(bare, 'lib'), { recursive: true })
  writeFileSync(join(bare, 'package.json'), '{ "type": "module" }')
  return pathToFileURL(join(bare, 'lib', path)).href
}
