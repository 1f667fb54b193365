import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Files of these folders need little more than what they import, which costs more than most of their tests. */
const folders = /^test\/(lib|views|conformance|middleware)\//

/**
 * Matches what a test file shares with the others of its process: its state, its memory, hooks outside of `describe`
 * and the mocks that no test ends. Programs that a test starts need time of their own, as do the files that wait for them.
 */
const sharing =
  /\bprocess\.|'node:(child_process|v8)'|^(before|after|beforeEach|afterEach)\(|(?<!\.)\bmock\.|setup\/(redis|nginx|command|once-process|secret-process|upload-process)\.js'/m

/** How many files a process runs, one after the other. */
const mostFiles = 10

/** Whether a test file may run in one process with others. */
export function isBatched(path: string, source: string): boolean {
  return folders.test(path) && !sharing.test(source)
}

/**
 * Writes files that each import several test files, so that one process runs them. A failed test is reported with its own
 * file and line.
 *
 * @param tests paths from the root, such as `test/lib/seal/seal.test.ts`
 * @param built returns the compiled file of a test
 * @returns the files to run: those written, and the compiled ones of all other tests
 */
export function inBatches(root: string, tests: readonly string[], built: (path: string) => string): string[] {
  const batched = tests.filter((path) => isBatched(path, readFileSync(join(root, path), 'utf8')))
  const alone = tests.filter((path) => !batched.includes(path)).map(built)
  const folder = join(root, 'dist', 'test', 'batches')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const batches: string[] = []
  for (let at = 0; at < batched.length; at += mostFiles) {
    const imports = batched
      .slice(at, at + mostFiles)
      .map((path) => `import '${pathToFileURL(built(path))}'\n`)
    const file = join(folder, `batch-${batches.length + 1}.js`)
    writeFileSync(file, imports.join(''))
    batches.push(file)
  }
  return [...batches, ...alone]
}
