import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stagePages } from './stage-pages.js'

/** How much of the work is done. Two thirds of it are the reference of the API and the colours of code. */
export interface SiteScope {
  /** Source files of entry points for the reference of the API, from the root. @default all of `site/typedoc.json` */
  readonly entryPoints?: readonly string[]
  /** Pages whose code is coloured, by their place on the site, such as `guide/forms.md`. @default all */
  readonly coloredPages?: readonly string[]
}

/**
 * Builds the site from docs/ and from the docstrings. The generators print to this process, and check that no link is dead.
 *
 * @param folder gets `source`, the Markdown of all pages, and `pages`, the site
 * @throws Error when a generator refuses
 */
export function buildSite(folder: string, { entryPoints = [], coloredPages }: SiteScope = {}): void {
  const { homepage }: { homepage: string } = JSON.parse(readFileSync('package.json', 'utf8'))
  const source = join(folder, 'source')
  rmSync(folder, { recursive: true, force: true })
  const some = entryPoints.flatMap((path) => ['--entryPoints', resolve(path)])
  runInSite(folder, 'typedoc', '--out', resolve(source, 'api'), '--docsRoot', resolve(source), ...some)
  stagePages(source, homepage.replace(/#.*/, ''), coloredPages)
  runInSite(folder, 'vitepress', 'build')
}

/** Runs a command in the workspace `site`. `site/.vitepress/config.ts` reads the folder from the environment. */
export function runInSite(folder: string, command: string, ...args: string[]): void {
  const { status, error } = spawnSync('npm', ['exec', '--workspace=site', '--', command, ...args], {
    env: { ...process.env, SEALFORM_SITE: resolve(folder) },
    // To stderr: the stdout of a test file belongs to the test runner.
    stdio: ['ignore', 2, 2],
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ended with ${status}.`)
}
