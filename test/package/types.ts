import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { testKey } from '../setup/koa-app.js'
import { provesInFull } from '../setup/proofs.js'
import { householdOf, projectIn } from './installed.js'
import { root } from './packed.js'
import { run } from './run.js'
import { serve, useTodos } from './serve.js'

const ownCompiler = join(root, 'node_modules/typescript/bin/tsc')
const olderCompiler = join(householdOf('koa3'), 'node_modules/typescript/bin/tsc')

describe('the types of the package, installed', () => {
  const project = projectIn('koa3', 'typescript')

  const compile = (compiler: string, part: string, ...flags: string[]) =>
    run(process.execPath, [compiler, '-p', part, ...flags], { cwd: project, allowed: [0, 1, 2] })
  const app = once(() => compile(ownCompiler, '.'))

  it('fit an app in strict mode that checks the declarations too', async () => {
    const { stdout } = await app()
    assert.equal(stdout, '')
  })

  it('fit the same app in TypeScript 5', async () => {
    // It reads each declaration and checks the app. To check all declarations takes it the time of twenty tests.
    const { stdout } = await compile(olderCompiler, '.', ...(provesInFull ? [] : ['--skipLibCheck']))
    assert.equal(stdout, '')
  })

  it(`fit an app that augments Koa's context`, async () => {
    const { stdout } = await compile(ownCompiler, 'augmented')
    assert.equal(stdout, '')
  })

  it('refuse each wrong line of an app, and no other', async () => {
    const { stdout } = await compile(ownCompiler, 'wrong')
    assert.deepEqual(errorsOf(stdout), expectedErrors(join(project, 'wrong', 'app.ts')))
  })

  it('compile tests that run', async () => {
    await app()
    const env = { SEALFORM_KEYS: testKey }
    const { stdout } = await run(process.execPath, ['--test', 'built/visits.js'], { cwd: project, env })
    assert.match(stdout, /pass 2/)
  })

  it('compile an app that runs', async () => {
    await app()
    const served = await serve(process.execPath, ['built/app.js'], {
      cwd: project,
      env: { SEALFORM_KEYS: testKey },
    })
    try {
      await useTodos(served.url)
    } finally {
      await served.stop()
    }
  })
})

describe('the types of the package on Express, installed', () => {
  const project = projectIn('express5', 'typescript-express')
  const older = projectIn('express4', 'typescript-express')

  const compile = (cwd: string, part: string) =>
    run(process.execPath, [ownCompiler, '-p', part], { cwd, allowed: [0, 1, 2] })

  it('fit an app in strict mode that checks the declarations too, and it runs', async () => {
    const { stdout } = await compile(project, '.')
    assert.equal(stdout, '')
    const served = await serve(process.execPath, ['built/app.js'], {
      cwd: project,
      env: { SEALFORM_KEYS: testKey },
    })
    try {
      await useTodos(served.url)
    } finally {
      await served.stop()
    }
  })

  it('fit the same app with the types of Express 4', async () => {
    const { stdout } = await compile(older, '.')
    assert.equal(stdout, '')
  })

  it('fit an app without augmentation', async () => {
    for (const cwd of [project, older]) {
      const { stdout } = await compile(cwd, 'plain')
      assert.equal(stdout, '')
    }
  })

  it('refuse each wrong line of an app, and no other', async () => {
    const { stdout } = await compile(project, 'wrong')
    assert.deepEqual(errorsOf(stdout), expectedErrors(join(project, 'wrong', 'app.ts')))
  })
})

/** Computes a result at the first call, and returns it to every caller. */
function once<Result>(work: () => Result): () => Result {
  let result: { readonly of: Result } | undefined
  return () => {
    result ??= { of: work() }
    return result.of
  }
}

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
