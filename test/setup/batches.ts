import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Test files that may run in one process, and how many of them one after the other. */
interface Kind {
  readonly paths: RegExp
  readonly mostFiles: number
}

/** In the order in which they begin: the longest first, so that none of them is left alone at the end. */
const kinds: readonly Kind[] = [
  {
    paths:
      /^test\/(browser\/(clients|journeys|order|states|upload)|docs\/guide|examples\/servers|lib\/redis\/claims|package\/package|p?react\/with|site\/site)/,
    mostFiles: 1,
  },
  { paths: /^test\/(browser|client)\//, mostFiles: 4 },
  { paths: /^test\/docs\//, mostFiles: 7 },
  { paths: /^test\//, mostFiles: 14 },
]

/**
 * Matches what a test file would share with the others of its process: the state and memory of the process, mocks that no
 * test ends, and helpers whose hooks are those of one file.
 */
const sharing =
  /\bprocess\.(?!execPath|platform|version|argv|cwd|js')|'node:v8'|(?<!\.)\bmock\.|launchChromium|\/(both|nginx|redis|(once|secret|upload)-process)\.js'/

/**
 * Writes files that each import several test files, so that one process runs them: to start Node and to import the library
 * and a framework takes longer than the tests of most files. Each test file is a suite, which bears its path as name and
 * has its hooks; a failed test is reported with its own file and line.
 *
 * @param tests paths from the root, such as `test/lib/seal/seal.test.ts`
 * @param built returns the compiled file of a test
 * @returns the files to run: those written, and the compiled ones of all other tests. `node --test` takes them in the
 *   order of their names.
 */
export function inBatches(root: string, tests: readonly string[], built: (path: string) => string): string[] {
  const folder = join(root, 'dist', 'test', 'batches')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const batched = kinds.flatMap((kind) =>
    chunksOf(
      kind.mostFiles,
      tests.filter((path) => kindOf(path) === kind && (kind.mostFiles === 1 || !shares(root, path))),
    ),
  )
  const files = batched.map((paths, i) => {
    const suites = paths.map(
      (path) => `describe('${path}', async () => void (await import('${pathToFileURL(built(path))}')))\n`,
    )
    const file = join(folder, `batch-${String(i + 1).padStart(2, '0')}.js`)
    writeFileSync(file, ["import { describe } from 'node:test'\n", ...suites].join(''))
    return file
  })
  const together = new Set(batched.flat())
  return [...files, ...tests.filter((path) => !together.has(path)).map(built)]
}

function kindOf(path: string): Kind | undefined {
  return kinds.find(({ paths }) => paths.test(path))
}

function shares(root: string, path: string): boolean {
  return sharing.test(readFileSync(join(root, path), 'utf8'))
}

function chunksOf<Item>(size: number, items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}
