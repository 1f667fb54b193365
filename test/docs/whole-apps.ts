import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { createBrowser, type TestBrowser } from '../../lib/testing/testing.js'
import { codeBlocks, modulesOf } from './code-blocks.js'
import { buildArea, compile, root } from './project.js'
import { start } from './start.js'

/** An app of a page that runs, and a browser without JavaScript that visits it. */
export interface RunningApp {
  readonly url: string
  readonly browser: TestBrowser
}

/** The apps of some pages of the guide. Those in TypeScript are compiled under strict settings. */
export interface WholeApps {
  /**
   * Starts a program of a page, such as `before` of `migrating-from-csurf`.
   *
   * @param change what becomes of its code, for a port that is known only when it runs
   */
  run(t: TestContext, page: string, program: string, change?: (code: string) => string): Promise<RunningApp>
  /** The path of a compiled module of a page. */
  file(page: string, module: string): string
}

/**
 * Compiles the programs of pages of the guide, and writes their templates beside them.
 *
 * @param name of the folder in the build area
 * @param options of the compiler, such as `jsxImportSource`
 */
export function compileApps(name: string, pages: readonly string[], options: object = {}): WholeApps {
  const files = new Map<string, string>()
  const templates = new Map<string, string>()
  for (const page of pages) {
    const blocks = codeBlocks(join(root, 'docs', 'guide', `${page}.md`))
    for (const [module, code] of modulesOf(blocks)) files.set(join(page, module), code)
    for (const { note, code, language } of blocks) {
      if (note !== '' && !/^tsx?$/.test(language)) templates.set(join(page, note), `${code}\n`)
    }
  }
  const folder = join(buildArea, name)
  if (files.size > 0) assert.equal(compile(name, files, options).output, '')
  for (const [path, text] of templates) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const file = (page: string, module: string) => join(folder, page, `${module}.js`)
  return {
    file,
    async run(t, page, program, change) {
      const path = file(page, program)
      if (change) writeFileSync(path, change(readFileSync(path, 'utf8')))
      const request = await start(path, (stop) => t.after(stop))
      const url = new URL(request.get('/').url).origin
      return { url, browser: createBrowser(url) }
    },
  }
}
