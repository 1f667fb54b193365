import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Registry } from '../../../lib/action/registry.js'
import { admit } from '../../../lib/answer/admit.js'
import { Refused } from '../../../lib/outcome/outcome.js'
import { encodeValues } from '../../../lib/seal/bound-values.js'
import { matchesSession, open } from '../../../lib/seal/seal.js'
import { redirect } from '../../../lib/sealform.js'
import { admitted, brief, registryWith, sealsOf } from '../../setup/pending-submission.js'

const registry = registryWith((actions) => {
  actions.define('act', async (_: unknown, _list: string) => {})
  actions.define('bound-path', { path: true, async run() {} })
})

function admitAt(here: Registry, token: string | undefined, { path = '/page', session }: Partial<Here> = {}) {
  const opened = token === undefined ? undefined : open(here.keys, 'action', token)
  const sessionMatches = opened !== undefined && matchesSession(here.keys, opened, session)
  return admit(here, { path }, { token, opened, sessionMatches })
}

interface Here {
  readonly path: string
  readonly session: string | undefined
}

test('returns the action that the seal names at once, with its bound values', () => {
  const own = admitAt(registry, sealsOf(registry).action('act', 'list 7'))
  assert.ok(!(own instanceof Promise))
  const { definition, values, boundText, opened, changeFields } = admitted(own)
  assert.equal(definition, registry.find('act'))
  assert.deepEqual(values, ['list 7'])
  assert.equal(boundText, opened.content.values)
  assert.equal(changeFields, undefined)
})

test('refuses text that is not a seal of this app', () => {
  const blog = registryWith((actions) => actions.define('act', async () => {}), { app: 'blog' })
  for (const token of [undefined, 'x', sealsOf(blog).action('act')]) {
    assert.equal(brief(admitAt(registry, token)), 'refused 400 malformed')
  }
})

test('refuses a seal of another session', () => {
  const token = sealsOf(registry, 'sid-1').action('act')
  assert.equal(brief(admitAt(registry, token, { session: 'sid-2' })), 'refused 403 other-session')
  assert.equal(brief(admitAt(registry, token)), 'refused 403 other-session')
  assert.equal(brief(admitAt(registry, token, { session: 'sid-1' })), '')
})

test('tells a developer why the session of a seal is another', () => {
  const refused = admitAt(registry, sealsOf(registry, 'sid-1').action('act'))
  assert.ok(refused instanceof Refused)
  assert.equal(
    refused.detail,
    'The value of the session option is not the one for which this form of "act" was printed. See docs/errors/other-session.md.',
  )
})

test('refuses a seal of another path when the action asks for its own', () => {
  const token = sealsOf(registry).action('bound-path')
  assert.equal(brief(admitAt(registry, token)), '')
  assert.equal(brief(admitAt(registry, token, { path: '/other' })), 'refused 403 other-path')
})

test('refuses a seal that has expired', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_760_000_000_000 })
  const token = sealsOf(registry).action('act')
  t.mock.timers.setTime(1_760_000_000_000 + 24 * 3_600_000)
  assert.equal(brief(admitAt(registry, token)), 'refused 409 expired')
})

test('refuses an action that is not registered here, bound or named', () => {
  const both = registryWith((actions) => {
    actions.define('act', async () => {})
    actions.define('gone', async () => {})
  })
  assert.equal(brief(admitAt(registry, sealsOf(both).action('gone'))), 'refused 409 unknown-action')
  const bound = sealsOf(both).action('act', both.restore('gone', []))
  assert.equal(brief(admitAt(registry, bound)), 'refused 409 unknown-action')
})

test('migrates a page of another version, and returns the migrated bound values', async () => {
  const old = registryWith((actions) =>
    actions.define('act', { version: 1, async run(_: unknown, _list: string) {} }),
  )
  const token = sealsOf(old).action('act', 'list 7')
  const without = registryWith((actions) => actions.define('act', { version: 2, async run() {} }))
  assert.equal(brief(admitAt(without, token)), 'refused 409 other-version')

  const migrating = registryWith((actions) =>
    actions.define('act', {
      version: 2,
      migrate: (from, list: string) => ({ bound: [`${list} of ${from}`], formData: (fields) => fields }),
      async run(_: unknown, _list: string) {},
    }),
  )
  const own = admitted(await admitAt(migrating, token))
  assert.deepEqual(own.values, ['list 7 of 1'])
  assert.equal(own.boundText, encodeValues(['list 7 of 1'], 'act', migrating))
  assert.equal(typeof own.changeFields, 'function')

  const answering = registryWith((actions) =>
    actions.define('act', {
      version: 2,
      migrate: () => {
        throw redirect('/news')
      },
      async run() {},
    }),
  )
  assert.equal(brief(await admitAt(answering, token)), 'redirect')
})
