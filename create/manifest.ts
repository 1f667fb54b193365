import type { Choices } from './choices.js'

/** The `package.json` of a new app. */
export interface Manifest {
  readonly name: string
  readonly private: true
  readonly type: 'module'
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The version ranges of everything that an app may need. */
export const versions = {
  '@koa/router': '^15.7.0',
  '@types/ejs': '^3.1.5',
  '@types/express': '^5.0.6',
  '@types/koa': '^3.0.3',
  '@types/koa__router': '^12.0.5',
  '@types/node': '^20.19.43',
  '@types/supertest': '^7.2.1',
  ejs: '^7.0.2',
  express: '^5.3.0',
  koa: '^3.3.0',
  parse5: '^8.1.1',
  sealform: '^0.1.0',
  supertest: '^7.3.2',
  'tough-cookie': '^6.1.0',
  tsx: '^4.23.15',
  typescript: '^7.0.2',
  zod: '^4.6.7',
} as const

type PackageName = keyof typeof versions

export function manifestOf(folderName: string, choices: Choices): Manifest {
  const { framework, language, pages } = choices
  const typed = language === 'typescript'
  const run = typed ? 'node --import tsx' : 'node'
  const extension = typed ? 'ts' : 'js'
  return {
    name: packageName(folderName),
    private: true,
    type: 'module',
    scripts: {
      start: `${run} src/server.${extension}`,
      dev: `${run} --watch src/server.${extension}`,
      test: `${run} --test test/*.test.${extension}`,
      ...(typed ? { types: 'tsc' } : {}),
    },
    dependencies: ranges([
      'sealform',
      'zod',
      ...(framework === 'koa' ? (['koa', '@koa/router'] as const) : (['express'] as const)),
      ...(pages === 'ejs' ? (['ejs'] as const) : []),
      // `npm start` runs TypeScript as it is.
      ...(typed ? (['tsx'] as const) : []),
    ]),
    devDependencies: ranges(['supertest', 'parse5', 'tough-cookie', ...(typed ? typesOf(choices) : [])]),
  }
}

function typesOf({ framework, pages }: Choices): PackageName[] {
  return [
    'typescript',
    '@types/node',
    '@types/supertest',
    ...(framework === 'koa'
      ? (['@types/koa', '@types/koa__router'] as const)
      : (['@types/express'] as const)),
    ...(framework === 'koa' && pages === 'ejs' ? (['@types/ejs'] as const) : []),
  ]
}

function ranges(names: readonly PackageName[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...names].sort().map((name) => [name, versions[name]]))
}

/** A name that npm accepts. */
function packageName(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 200)
  return name || 'app'
}
