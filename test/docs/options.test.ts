import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { S3Client } from '@aws-sdk/client-s3'
import { createCache } from '../../lib/cache/cache.js'
import { english } from '../../lib/outcome/messages.js'
import { s3Files } from '../../lib/s3/s3.js'
import { createActions, SealformError } from '../../lib/sealform.js'
import { sealform as sealformExpress } from '../../middleware/express.js'
import { sealform as sealformKoa } from '../../middleware/koa.js'
import { sealform as sealformNode } from '../../middleware/node.js'
import { testKey } from '../setup/koa-app.js'
import { root } from './project.js'

/** An option that resembles no other, so that its refusal lists all options. */
const unknown = { qqqqqqqqqqqqqqqqqqqqqqqq: true } as never

/** Returns the names of the options that the code takes, as it lists them when it refuses another one. */
function taken(call: () => unknown): string[] {
  try {
    call()
  } catch (error) {
    assert.ok(error instanceof SealformError, String(error))
    const [, list = ''] = /its options are (.*)\.$/.exec(error.message) ?? []
    return [...list.matchAll(/"(\w+)"/g)].map(([, name = '']) => name).sort()
  }
  return assert.fail('an unknown option was taken')
}

/** Returns the names in the first column of the table of a guide page that begins with this heading. */
function documented(page: string, heading: string): string[] {
  const lines = readFileSync(join(root, 'docs', 'guide', page), 'utf8').split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  assert.notEqual(start, -1, `${page} has no table "${heading}"`)
  const rows = lines.slice(start + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows
    .slice(0, end)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    .sort()
}

const actions = createActions({ keys: testKey })

describe('the tables of options in the guide', () => {
  it('name every option of an action, and no other', () => {
    const names = taken(() => actions.define('a', unknown))
    assert.ok(names.includes('once'))
    assert.deepEqual(documented('actions-and-binding.md', 'option of an action'), names)
  })

  it('name every option of createActions(), and no other', () => {
    const names = taken(() => createActions(unknown))
    assert.ok(names.includes('store'))
    assert.deepEqual(documented('actions-and-binding.md', 'option of createActions()'), names)
  })

  it('name every option of the middleware, and no other', () => {
    const names = documented('actions-and-binding.md', 'option of sealform()')
    assert.deepEqual(
      names,
      taken(() => sealformKoa(actions, unknown)),
    )
    assert.deepEqual(
      names,
      taken(() => sealformExpress(actions, unknown)),
    )
    const own = [...names, 'proxy', 'onError'].sort()
    assert.deepEqual(
      own,
      taken(() => sealformNode(actions, () => {}, unknown)),
    )
  })

  it('name every limit and every option of a file field, and no other', () => {
    assert.deepEqual(
      documented('limits-and-bodies.md', 'limit'),
      taken(() => createActions({ keys: testKey, limits: unknown })),
    )
    assert.deepEqual(
      documented('upload-storage.md', 'option of uploads'),
      taken(() => createActions({ keys: testKey, uploads: unknown })),
    )
    assert.deepEqual(
      documented('object-storage.md', 'option of s3Files'),
      taken(() => s3Files(new S3Client(), unknown)),
    )
    assert.deepEqual(
      documented('uploads.md', 'option of a field'),
      taken(() => actions.define('a', { files: { file: unknown }, run: () => {} })),
    )
  })

  it('name every text that visitors read, and no other', () => {
    const names = new Set(documented('refusals-and-messages.md', 'names of texts'))
    assert.deepEqual([...names], Object.keys(english).sort())
  })

  it('name every option of live regions, and no other', () => {
    const cached = createActions({ keys: testKey, cache: createCache() })
    assert.deepEqual(
      documented('live-regions.md', 'option of live'),
      taken(() => sealformKoa(cached, { live: unknown })),
    )
  })

  it('name every option of cached(), and no other', () => {
    const cache = createCache()
    assert.deepEqual(
      documented('caching.md', 'option'),
      taken(() => cache.cached(async () => 1, unknown)),
    )
  })

  it('name every option of createCache(), and no other', () => {
    assert.deepEqual(
      documented('caching.md', 'option of createCache()'),
      taken(() => createCache(unknown)),
    )
  })
})
