import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { codeBlocks } from './code-blocks.js'
import { root } from './project.js'

/** A whole program on a page, which a reader saves and runs. */
export interface Program {
  /** The page, such as `README` or `express`. */
  readonly page: string
  /** The file that the page gives it, such as `app.ts`. */
  readonly file: string
}

/** A page with whole programs, as a reader finds it. */
export interface ProgramPage {
  readonly page: string
  readonly programs: readonly Program[]
  /** The text of each file that the page names, by its path. */
  readonly files: ReadonlyMap<string, string>
  /** The packages that the page tells to install, or that its programs import without telling so. */
  readonly installed: ReadonlySet<string>
  readonly imported: ReadonlySet<string>
}

/** Programs that need a compiler between them and Node; other tests run them. */
const compiled = /\.tsx$|^nestjs\/main\.ts$/

/** Finds the pages of the README and the guide that hold whole programs: code with a file name that listens on port 3000. */
export function programPages(): readonly ProgramPage[] {
  const guide = join(root, 'docs', 'guide')
  const paths = [join(root, 'README.md'), ...readdirSync(guide).map((name) => join(guide, name))]
  return paths.map(readPage).filter(({ programs }) => programs.length > 0)
}

function readPage(path: string): ProgramPage {
  const page = basename(path, '.md')
  const files = new Map<string, string>()
  for (const { note, code, hidden } of codeBlocks(path)) {
    if (/^[\w./-]+\.\w+$/.test(note) && !hidden) files.set(note, `${code}\n`)
  }
  const programs = [...files]
    .filter(([file, code]) => /\.[jt]s$/.test(file) && /\.listen\((?:3000|\{ port: 3000 \})\)/.test(code))
    .map(([file]) => ({ page, file }))
    .filter(({ file }) => !compiled.test(file) && !compiled.test(`${page}/${file}`))
  const imported = new Set(
    [...files].flatMap(([file, code]) => (/\.[jt]s$/.test(file) ? packagesIn(code) : [])),
  )
  return { page, programs, files, imported, installed: toInstall(readFileSync(path, 'utf8')) }
}

/** The packages that code imports when it runs: types are gone by then. */
function packagesIn(code: string): string[] {
  const imports = code.matchAll(/^(?:import (?!type)(?:.* from )?|.*import\.meta\.resolve\()'([^'.][^']*)'/gm)
  return [...imports]
    .map(([, name = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '')
    .filter((name) => !name.startsWith('node:'))
}

function toInstall(text: string): Set<string> {
  const lines = text.matchAll(/(?:^npm install |Install `)((?!-)[^`#\n]*)/gm)
  return new Set([...lines].flatMap(([, names = '']) => names.trim().split(/\s+/)))
}
