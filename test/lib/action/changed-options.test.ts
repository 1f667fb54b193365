import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { changedOptions } from '../../../lib/action/changed-options.js'
import { asRegistry } from '../../../lib/action/registry.js'
import { createActions } from '../../../lib/sealform.js'
import { testKey } from '../../setup/koa-app.js'

const nothing = () => {}

/** Returns what the inspector says of the action that is defined last. */
function changed(define: (actions: ReturnType<typeof createActions>) => unknown, ttl = '24h') {
  const actions = createActions({ keys: testKey, ttl, before: nothing, limits: { fields: 50 } })
  define(actions)
  const registry = asRegistry(actions, 'test')
  const definition = registry.find(registry.names.at(-1) ?? '')
  assert.ok(definition)
  return Object.fromEntries(changedOptions(definition, registry))
}

describe('the options of an action that differ from the defaults', () => {
  it('are none when the action is a function, or gives what is the default', () => {
    assert.deepEqual(
      changed((actions) => actions.define('a', nothing)),
      {},
    )
    const same = {
      run: nothing,
      path: true,
      once: false,
      history: 'keep',
      ttl: '24h',
      limits: { fields: 50 },
    } as const
    assert.deepEqual(
      changed((actions) => actions.define('a', same)),
      {},
    )
  })

  it('have the default life of a one-time action', () => {
    const define = (ttl?: string) => (actions: ReturnType<typeof createActions>) =>
      actions.define('a', { run: nothing, once: true, ...(ttl && { ttl }) })
    assert.deepEqual(changed(define()), { once: 'true' })
    assert.deepEqual(changed(define(), '10m'), { once: 'true' })
    assert.deepEqual(changed(define('2h')), { once: 'true', ttl: '7200 s' })
  })

  it('are named with their values', () => {
    const options = changed((actions) => {
      const state = actions.define('state', nothing)
      actions.define('a', {
        run: nothing,
        input: z.object({ title: z.string() }),
        authorize: nothing,
        files: { a: { required: true }, b: { maxFiles: 3, types: ['image/*'], maxSize: '10MB' } },
        version: 3,
        migrate: () => undefined,
        path: false,
        ttl: '15m',
        timeout: '5s',
        minFillTime: '2s',
        onSpam: nothing,
        history: 'forget',
        secrets: ['code'],
        stateOf: state,
        limits: { depth: 2, fields: 10 },
        after: nothing,
      })
    })
    assert.deepEqual(options, {
      input: 'a schema of zod',
      authorize: 'a function',
      files: 'a (required, at most 5.2 MB); b (up to 3 files, at most 10 MB, image/*)',
      version: '3',
      migrate: 'a function',
      path: 'false: a form is good on every path',
      ttl: '900 s',
      timeout: '5 s',
      minFillTime: '2 s',
      onSpam: 'a function',
      history: 'forget',
      secrets: 'code',
      stateOf: 'state',
      limits: 'fields 10, depth 2',
      hooks: 'before, after',
    })
  })
})
