import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { installProject, ownRange, pack, root, temporaryFolder } from './packed.js'
import { run } from './run.js'
import { serve, useTodos } from './serve.js'

const ownCompiler = join(root, 'node_modules/typescript/bin/tsc')
const olderCompiler = 'node_modules/typescript/bin/tsc'

describe('the types of the package, installed', () => {
  const folder = temporaryFolder()
  let project = ''
  before(async () => {
    const { tarball } = await pack(folder.path)
    const others = ['@types/koa', '@types/node', 'zod', 'supertest', 'parse5', 'tough-cookie'].map(
      (name) => `${name}@${ownRange(name)}`,
    )
    project = await installProject(folder.path, 'typescript', [tarball, 'koa@3', 'typescript@5', ...others])
  })
  after(folder.remove)

  const compile = (compiler: string, part: string) =>
    run(process.execPath, [compiler, '-p', part], { cwd: project, allowed: [0, 1, 2] })

  it('fit an app in strict mode that checks the declarations too', async () => {
    const { stdout } = await compile(ownCompiler, '.')
    assert.equal(stdout, '')
  })

  it('fit the same app in TypeScript 5', async () => {
    const { stdout } = await compile(olderCompiler, '.')
    assert.equal(stdout, '')
  })

  it(`fit an app that augments Koa's context`, async () => {
    const { stdout } = await compile(ownCompiler, 'augmented')
    assert.equal(stdout, '')
  })

  it('refuse each line of an app that is wrong, and no other', async () => {
    const { stdout } = await compile(ownCompiler, 'wrong')
    assert.deepEqual(errorsOf(stdout), expectedErrors(join(project, 'wrong', 'app.ts')))
  })

  it('make tests that run', async () => {
    await run(process.execPath, [ownCompiler, '-p', '.'], { cwd: project })
    const { stdout: key } = await run('npx', ['--no-install', 'sealform', 'keygen'], { cwd: project })
    const env = { SEALFORM_KEYS: key.trim() }
    const { stdout } = await run(process.execPath, ['--test', 'built/visits.js'], { cwd: project, env })
    assert.match(stdout, /pass 2/)
  })

  it('make an app that runs', async () => {
    await run(process.execPath, [ownCompiler, '-p', '.'], { cwd: project })
    const { stdout: key } = await run('npx', ['--no-install', 'sealform', 'keygen'], { cwd: project })
    const app = await serve(process.execPath, ['built/app.js'], {
      cwd: project,
      env: { SEALFORM_KEYS: key.trim() },
    })
    try {
      await useTodos(app.url)
    } finally {
      await app.stop()
    }
  })
})

describe('the types of the package on Express, installed', () => {
  const folder = temporaryFolder()
  let project = ''
  let older = ''
  before(async () => {
    const { tarball } = await pack(folder.path)
    const others = [
      tarball,
      'typescript@5',
      `zod@${ownRange('zod')}`,
      `@types/node@${ownRange('@types/node')}`,
    ]
    project = await installProject(folder.path, 'typescript-express', [
      ...others,
      'express@5',
      `@types/express@${ownRange('@types/express')}`,
    ])
    older = join(folder.path, 'older')
    mkdirSync(older)
    older = await installProject(older, 'typescript-express', [...others, 'express@4', '@types/express@4'])
  })
  after(folder.remove)

  const compile = (cwd: string, part: string) =>
    run(process.execPath, [ownCompiler, '-p', part], { cwd, allowed: [0, 1, 2] })

  it('fit an app in strict mode that checks the declarations too, and it runs', async () => {
    const { stdout } = await compile(project, '.')
    assert.equal(stdout, '')
    const { stdout: key } = await run('npx', ['--no-install', 'sealform', 'keygen'], { cwd: project })
    const app = await serve(process.execPath, ['built/app.js'], {
      cwd: project,
      env: { SEALFORM_KEYS: key.trim() },
    })
    try {
      await useTodos(app.url)
    } finally {
      await app.stop()
    }
  })

  it('fit the same app with the types of Express 4', async () => {
    const { stdout } = await compile(older, '.')
    assert.equal(stdout, '')
  })

  it('fit an app that augments nothing', async () => {
    for (const cwd of [project, older]) {
      const { stdout } = await compile(cwd, 'plain')
      assert.equal(stdout, '')
    }
  })

  it('refuse each line of an app that is wrong, and no other', async () => {
    const { stdout } = await compile(project, 'wrong')
    assert.deepEqual(errorsOf(stdout), expectedErrors(join(project, 'wrong', 'app.ts')))
  })
})

/** What the compiler reports, as `line code`. */
function errorsOf(output: string): string[] {
  return [...output.matchAll(/^wrong\/app\.ts\((\d+),\d+\): error (TS\d+)/gm)].map(
    ([, line, code]) => `${line} ${code}`,
  )
}

/** Each line that has to be refused ends in a comment with the code of its error. */
function expectedErrors(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, i) => {
      const code = /\/\/ (TS\d+)$/.exec(text)?.[1]
      return code ? [`${i + 1} ${code}`] : []
    })
}
