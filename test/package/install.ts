import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { testKey } from '../setup/koa-app.js'
import { hasNodes, installNodes, nodeOf } from '../setup/nodes.js'
import { provesInFull } from '../setup/proofs.js'
import { householdOf, projectIn } from './installed.js'
import { installedPackages, root } from './packed.js'
import { run } from './run.js'
import { serve, useTodos } from './serve.js'

/** What every app prints to stderr at its start. */
const modeLine =
  'sealform: production mode, because NODE_ENV is "production". Visitors see nothing of development.\n'

/** The oldest one, and one of each later line. `npm test` downloads only that which runs TypeScript as well. */
const versions = provesInFull ? ['20.19.0', '24.21.0', '26.10.0'] : ['24.21.0']

describe('the package, installed', () => {
  const esm = projectIn('koa3', 'esm')
  const commonjs = projectIn('koa2', 'commonjs')
  const alone = projectIn('alone', 'alone')
  const express = projectIn('express5', 'express')
  const express4 = projectIn('express4', 'express')

  it('serves a Koa 3 app of an ESM project', async () => {
    assert.equal(await serveTodos(esm), modeLine)
  })

  it('serves a Koa 2 app of a CommonJS project', async () => {
    await serveTodos(commonjs)
  })

  it('serves an Express 5 app', async () => {
    assert.equal(await serveTodos(express), modeLine)
  })

  it('serves an Express 4 app', async () => {
    assert.equal(await serveTodos(express4), modeLine)
  })

  it('serves a plain Node server without a framework', async () => {
    assert.equal(await serveTodos(alone, process.execPath, 'server.js'), modeLine)
  })

  it('works without Koa, which is an optional peer', async () => {
    const { stdout } = await run(process.execPath, ['app.js'], { cwd: alone })
    assert.equal(stdout, 'todos.add <p>1 &lt; 2</p>\n')
    assert.ok(!existsSync(join(householdOf('alone'), 'node_modules', 'koa')))
  })

  it('works without lru-cache, and says how to install it when a cache is made', async () => {
    const { stdout } = await run(process.execPath, ['cache.js'], { cwd: alone })
    assert.match(stdout, /^function ERR_OPTION_INVALID .*: npm install lru-cache@11\n$/)
    assert.ok(!existsSync(join(alone, 'node_modules', 'lru-cache')))
  })

  it('brings at most six packages with it', () => {
    const others = installedPackages(householdOf('alone')).filter((name) => name !== 'sealform')
    assert.deepEqual(others, [
      '@standard-schema/spec',
      'busboy',
      'cookie',
      'devalue',
      'streamsearch',
      'tweetnacl',
    ])
  })

  it('loads no other package when an app imports it, and not the fetch of Node', async () => {
    const program = [
      "for (const name of ['sealform', 'sealform/html', 'sealform/node', 'sealform/koa']) await import(name)",
      "const { createRequire } = process.getBuiltinModule('node:module')",
      'console.log(Object.keys(createRequire(process.argv[0]).cache))',
      "console.log(process.moduleLoadList.filter((name) => name.includes('undici')))",
    ].join('\n')
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: alone })
    assert.equal(stdout, '[]\n[]\n')
  })

  it('prints with `npx sealform keygen` a key that an app can start with', async () => {
    const { stdout } = await run('npx', ['--no-install', 'sealform', 'keygen'], {
      cwd: householdOf('alone'),
    })
    assert.match(stdout, /^[A-Za-z0-9+/]{43}=\n$/)
    await run(process.execPath, ['app.js'], {
      cwd: alone,
      env: { NODE_ENV: 'production', SEALFORM_KEYS: stdout.trim() },
    })
  })

  it('does not start in production without a key, and says how to make one', async () => {
    const { stderr } = await run(process.execPath, ['app.js'], {
      cwd: alone,
      env: { NODE_ENV: 'production', SEALFORM_KEYS: '' },
      allowed: [1],
    })
    assert.match(stderr, /ERR_KEY_MISSING/)
    assert.match(stderr, /npx sealform keygen/)
  })

  // For other systems, npm has no package of every Node version.
  if (hasNodes) {
    before(() => installNodes(versions))
    for (const version of versions) it(`runs on Node ${version}`, () => serveBothOn(version))
  }

  async function serveBothOn(version: string): Promise<void> {
    const node = nodeOf(version)
    const { stdout } = await run(node, ['--version'], { cwd: root })
    assert.equal(stdout, `v${version}\n`)
    await serveTodos(esm, node)
    await serveTodos(commonjs, node)
  }
})

/** @returns what the app has printed to stderr */
async function serveTodos(project: string, node = process.execPath, script = 'app.js'): Promise<string> {
  const app = await serve(node, [script], {
    cwd: project,
    env: { NODE_ENV: 'production', SEALFORM_KEYS: testKey },
  })
  try {
    await useTodos(app.url)
  } finally {
    await app.stop()
  }
  return app.errors()
}
