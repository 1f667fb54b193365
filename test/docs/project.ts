import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** It is inside the package, so that `sealform` is the package itself, and in `dist`, which git ignores. */
export const buildArea = join(root, 'dist', 'docs')

export const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
)

const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'NodeNext',
  moduleDetection: 'force',
  // Pages import `./actions.ts`, as Node runs it.
  rewriteRelativeImportExtensions: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  types: ['node'],
}

/**
 * Writes files into a new folder of the build area and compiles them with the settings of a strict user.
 *
 * @param flags of the compiler
 * @returns the folder, with the JavaScript beside its sources, and the output of the compiler
 */
export function compile(
  name: string,
  files: ReadonlyMap<string, string>,
  more: object = {},
): { folder: string; output: string } {
  const folder = join(buildArea, name)
  rmSync(folder, { recursive: true, force: true })
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...more }, include: ['**/*.ts', '**/*.tsx'] }),
  )
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { folder, output: (stdout + stderr).trim() }
}
