import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pruneTypes } from '../../build/types-of-entries.js'
import { provesInFull } from '../setup/proofs.js'
import { run } from './run.js'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Everything that `npm pack` puts into the tarball. */
export interface Packed {
  readonly tarball: string
  /** Bytes of the tarball. */
  readonly size: number
  /** Bytes of everything in it. */
  readonly unpackedSize: number
  readonly files: readonly string[]
  /** The text of one of the files. */
  read(path: string): string
}

/** A temporary folder; the function that removes it goes into `after()`. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sealform-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/**
 * Packs what is built, and in the full proofs as a publisher does, with a new build. Works in a copy, because that build begins
 * by removing `dist`, from which the tests are running.
 */
export async function pack(folder: string): Promise<Packed> {
  const copy = join(folder, 'sources')
  cpSync(root, copy, { recursive: true, filter: provesInFull ? isSource : mayBePacked })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  if (!provesInFull) pruneTypes(copy)
  const flags = ['--json', '--pack-destination', folder, ...(provesInFull ? [] : ['--ignore-scripts'])]
  const { stdout } = await run('npm', ['pack', ...flags], { cwd: copy })
  const [report]: { filename: string; size: number; unpackedSize: number; files: { path: string }[] }[] =
    JSON.parse(stdout)
  if (!report) throw new Error(`npm pack reported nothing:\n${stdout}`)
  const { filename, size, unpackedSize, files } = report
  return {
    tarball: join(folder, filename),
    size,
    unpackedSize,
    files: files.map(({ path }) => path).sort(),
    read: (path) => readFileSync(join(copy, path), 'utf8'),
  }
}

const left = new Set(['.git', '.cache', 'node_modules', 'dist'])

function isSource(path: string): boolean {
  return !left.has(basename(path))
}

/** What a publisher has after the build: of `dist`, nothing whose source was removed or that only the tests use. */
function mayBePacked(path: string): boolean {
  const inner = relative(root, path).replaceAll(sep, '/')
  if (!inner.startsWith('dist/')) return /^(?:$|dist$|docs\b|[^/]+\.(?:md|json)$|LICENSE$)/.test(inner)
  if (!/^dist\/(?:bundle|client|lib|middleware|views)\b/.test(inner)) return false
  const source = inner.replace('dist/', '').replace(/\.(?:d\.ts|js)$/, '.ts')
  return inner.startsWith('dist/bundle') || existsSync(join(root, source))
}

/** Prefers npm's cache, which has these packages since `npm ci`. */
export const npmFlags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']

/** The names of the packages in a project's `node_modules`. */
export function installedPackages(project: string): string[] {
  const folder = join(project, 'node_modules')
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((own) => `${name}/${own}`) : name,
    )
    .sort()
}
