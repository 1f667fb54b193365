import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { build, type LogLevel, type RolldownLog } from 'rolldown'

// Makes the JavaScript that the package holds: a file for each entry point of package.json, and one for all that two of
// them share; and three files for browsers, which import nothing. Why, and what is built when:
// docs/decisions/bundle.md.

interface Entry {
  readonly types: string
  readonly default: string
}

const { exports: exported }: { exports: Record<string, Entry | string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
)
const entries = Object.values(exported).filter((entry) => typeof entry === 'object')

await build({
  input: { ...inputs(entries.filter((entry) => !isForBrowsers(entry))), cli: 'lib/cli/cli.ts' },
  platform: 'node',
  tsconfig: 'tsconfig.json',
  // Packages and Node's own modules stay imports; a file of ours is named by a path.
  external: /^[^./]/,
  plugins: [
    { name: 'plain-builtins', renderChunk: (code) => ({ code: withPlainBuiltins(code), map: null }) },
  ],
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    chunkFileNames: '[name].js',
    sourcemap: true,
    comments: { jsdoc: false },
    minifyInternalExports: false,
    codeSplitting: { groups: [{ name: 'core', minShareCount: 2 }] },
  },
  onLog: failOnWarning,
})

// A page loads them with tags, and imports `client/call`.
for (const entry of entries.filter(isForBrowsers)) {
  await build({
    input: inputs([entry]),
    platform: 'browser',
    // Six bytes, compressed.
    plugins: [
      {
        name: 'short-wrapper',
        renderChunk: (code) => ({ code: code.replace(/^\(function\(\) \{/, '(() => {'), map: null }),
      },
    ],
    tsconfig: 'client/tsconfig.json',
    transform: { target: 'es2022' },
    output: {
      dir: 'dist/bundle',
      format: entry === exported['./client/call'] ? 'esm' : 'iife',
      // Names of properties that no page and no browser reads: those of `Submission` in client/submission.ts.
      minify: { mangleProps: { include: /^(unmark|automatic|repeats|request|sealed)$/ } },
      sourcemap: true,
      comments: { annotation: false, legal: false, jsdoc: false },
    },
    onLog: failOnWarning,
  })
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
  return [basename(file, '.js'), types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts')]
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
