import { readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { build, type ChunkingContext, type LogLevel, type RolldownLog } from 'rolldown'
import { browserInput, browserOutput } from './for-browsers.js'

// Makes the JavaScript that the package holds: a file for each entry point of package.json, and one for all that two of
// them share; and the files for browsers, which import nothing. Why, and what is built when:
// docs/decisions/bundle.md.

interface Entry {
  readonly types: string
  /** The file for Node, where a component is made on the server. */
  readonly node?: string
  readonly default: string
}

const { exports: exported }: { exports: Record<string, Entry | string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
const entries = Object.values(exported).filter((entry) => typeof entry === 'object')

/** Rooms with much that only some entry points load: what two of these share has a file of its own for each room. */
const roomsBesideCore = ['inspect', 'middleware', 'react']
/** The modules that an import of `sealform/koa` loads. They are collected when all are known. */
const coreModules = new Set([resolve('middleware/koa.ts')])

await build({
  input: { ...inputs(entries.filter((entry) => !isForBrowsers(entry))), cli: 'lib/cli/cli.ts' },
  platform: 'node',
  tsconfig: 'tsconfig.json',
  // Packages and Node's own modules stay imports; a file of ours is named by a path.
  external: /^[^./]/,
  plugins: [
    { name: 'plain-builtins', renderChunk: (code) => ({ code: withPlainBuiltins(code), map: null }) },
    { name: 'ascii', renderChunk: (code) => ({ code: inAscii(code), map: null }) },
  ],
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    chunkFileNames: '[name].js',
    sourcemap: true,
    // The default prints the code once more, and escapes as the characters.
    minify: false,
    comments: { jsdoc: false },
    minifyInternalExports: false,
    codeSplitting: {
      groups: [
        { debugName: 'core', name: (id, context) => (isCore(id, context) ? 'core' : null), minShareCount: 2 },
        { debugName: 'shared', name: (id) => `shared-${roomOf(id)}`, minShareCount: 2 },
      ],
    },
  },
  onLog: failOnWarning,
})

/** Those that are imported. The others are classic scripts. */
const modules = ['call.js', 'react.js', 'react-on-server.js', 'preact.js']

// A page loads them with tags, and imports `client/call`. An app bundles `react` with its own script.
for (const entry of entries.filter(isForBrowsers)) {
  if (entry.node !== undefined) await buildForBrowsers({ types: entry.types, default: entry.node })
  await buildForBrowsers(entry)
}

async function buildForBrowsers(entry: Entry): Promise<void> {
  await build({
    ...browserInput,
    input: inputs([entry]),
    plugins: [{ name: 'shorter', renderChunk: (code) => ({ code: shorter(code), map: null }) }],
    output: {
      ...browserOutput,
      dir: 'dist/bundle',
      format: modules.includes(basename(entry.default)) ? 'esm' : 'iife',
      sourcemap: true,
    },
    onLog: failOnWarning,
  })
}

/** Tells whether a module that two entry points share belongs into the core: it does if `sealform/koa` loads it anyway. */
function isCore(id: string, context: ChunkingContext): boolean {
  if (!roomsBesideCore.includes(roomOf(id))) return true
  if (coreModules.size === 1) {
    for (const known of coreModules) {
      for (const imported of context.getModuleInfo(known)?.importedIds ?? []) coreModules.add(imported)
    }
  }
  return coreModules.has(id)
}

/** The room of a source file, as docs/decisions/house.md has it. */
function roomOf(id: string): string {
  return basename(dirname(id))
}

function inputs(some: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(some.map(inputOf))
}

function isForBrowsers({ types }: Entry): boolean {
  return types.startsWith('./dist/client/')
}

function failOnWarning(level: LogLevel, { message }: RolldownLog): void {
  if (level === 'warn') throw new Error(message)
}

/** `dist/bundle/koa.js` with types in `dist/middleware/koa.d.ts` is made of `middleware/koa.ts`. */
function inputOf({ types, default: file }: Entry): [name: string, source: string] {
  const source = types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts')
  const name = basename(file, '.js')
  return [name, name.endsWith('-on-server') ? join(dirname(source), `${name}.ts`) : source]
}

/**
 * Saves thirteen bytes of a compressed classic script. A comparison of values that TypeScript lets be compared with `===` has the
 * same result with `==`, but for `null` and `undefined`, which these scripts do not tell apart. In the column of a source map that is
 * a character less.
 */
function shorter(code: string): string {
  if (!code.startsWith('(function() {')) return code
  return code.replace('(function() {', '(() => {').replace(/([=!])==/g, '$1=')
}

/**
 * Takes Node's own modules as they are. For an `import`, Node makes an ES module of them, reads each of their exports
 * and loads what lies behind: all of Web Crypto for the sake of `randomBytes`. An import is one line, so the source map
 * stays right.
 */
function withPlainBuiltins(code: string): string {
  return code.replace(
    /^import \{ (.+) \} from "(node:.+)";$/gm,
    (_line, names: string, builtin) =>
      `const { ${names.replaceAll(' as ', ': ')} } = process.getBuiltinModule("${builtin}");`,
  )
}

/**
 * Writes characters beyond ASCII as escapes, which strings, templates and regular expressions read as the characters. For a single
 * one beyond Latin-1, V8 holds two bytes for each character of the whole file, and Node decodes the file more slowly. What stands
 * after it on its line has a column in the source map that is a few characters too small; a map that is edited would be half as
 * large again.
 */
function inAscii(code: string): string {
  return code.replace(/[\x80-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
