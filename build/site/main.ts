import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stagePages } from './stage-pages.js'

// npm run docs: builds the site from docs/ and from the docstrings, into dist/site/pages. `npm run docs -- --serve` shows it.

const folder = 'dist/site'
const source = join(folder, 'source')
const { homepage }: { homepage: string } = JSON.parse(readFileSync('package.json', 'utf8'))

rmSync(folder, { recursive: true, force: true })
run('typedoc')
stagePages(source, homepage.replace(/#.*/, ''))
run('vitepress', 'build')
if (process.argv.includes('--serve')) run('vitepress', 'preview', '--host', '127.0.0.1')

/** Runs a command in the workspace `site`. It says what is wrong itself. */
function run(command: string, ...args: string[]): void {
  const { status, error } = spawnSync('npm', ['exec', '--workspace=site', '--', command, ...args], {
    stdio: 'inherit',
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
