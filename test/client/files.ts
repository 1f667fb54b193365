import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../docs/project.js'

/** Reads a file for browsers as the middleware serves it, without the comment that names its source map. */
export function fileFor(name: string): string {
  return readFileSync(join(root, 'dist', 'bundle', `${name}.js`), 'utf8').replace(
    /\n\/\/# sourceMappingURL=.*\n?$/,
    '',
  )
}
