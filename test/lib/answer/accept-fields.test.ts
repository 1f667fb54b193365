import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Registry } from '../../../lib/action/registry.js'
import { acceptFields } from '../../../lib/answer/accept-fields.js'
import { admit } from '../../../lib/answer/admit.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import type { Reading } from '../../../lib/body/reading.js'
import {
  admitted,
  brief,
  pendingAt,
  readingOf,
  registryWith,
  sealsOf,
} from '../../setup/pending-submission.js'

const registry = registryWith((actions) => actions.define('act', async (_: unknown, _list: string) => {}))
const seals = sealsOf(registry)

async function acceptAt(here: Registry, seal: string, reading: Reading) {
  const pending = pendingAt(here, { seal })
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in sent)
  const form = admitted(await admit(here, pending.exchange, sent))
  pending.admit(form)
  return { pending, accepted: acceptFields(pending, form, reading) }
}

test('hands the fields to action and page without a promise', async () => {
  const reading = readingOf({ entries: [['title', 'Milk']], own: { form: 'f1' } })
  const { pending, accepted } = await acceptAt(registry, seals.action('act', 'a'), reading)
  assert.equal(accepted, undefined)
  assert.equal(pending.submission.formData.get('title'), 'Milk')
  assert.deepEqual(pending.submitted.entries, [['title', 'Milk']])
  assert.equal(pending.submitted.formId, 'f1')
  assert.equal(pending.submitted.admitted, true)
})

test('reports that the visitor has left', async () => {
  const { pending, accepted } = await acceptAt(
    registry,
    seals.action('act', 'a'),
    readingOf({ aborted: true }),
  )
  assert.equal(brief(accepted), 'refused 400 malformed')
  assert.equal(pending.aborted, true)
})

test('refuses a body over a limit, and returns the fields', async () => {
  const refusal = { status: 413, reason: 'fields', detail: 'too many' } as const
  const reading = readingOf({ entries: [['title', 'Milk']], refusal })
  const { pending, accepted } = await acceptAt(registry, seals.action('act', 'a'), reading)
  assert.equal(brief(accepted), 'refused 413 too-large')
  assert.deepEqual(pending.submitted.entries, [['title', 'Milk']])
})

test('opens the state that the form carries', async () => {
  const state = seals.state('act', { tries: 2 }, 'a')
  const { pending, accepted } = await acceptAt(
    registry,
    seals.action('act', 'a'),
    readingOf({ own: { state } }),
  )
  assert.equal(accepted, undefined)
  assert.deepEqual(pending.submission.previous, { tries: 2 })
  assert.equal(pending.submitted.hasState, true)
})

test('refuses a state of another form, whose bound values differ', async () => {
  const state = seals.state('act', { tries: 2 }, 'b')
  const { pending, accepted } = await acceptAt(
    registry,
    seals.action('act', 'a'),
    readingOf({ own: { state } }),
  )
  assert.equal(brief(accepted), 'refused 400 malformed')
  assert.equal(pending.submission.previous, undefined)
})

test('refuses a state that has expired, and lets the page show it again', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_760_000_000_000 })
  const state = seals.state('act', { tries: 2 }, 'a')
  t.mock.timers.setTime(1_760_000_000_000 + 24 * 3_600_000)
  const { pending, accepted } = await acceptAt(
    registry,
    seals.action('act', 'a'),
    readingOf({ own: { state } }),
  )
  assert.equal(brief(accepted), 'refused 409 expired')
  assert.deepEqual(pending.submitted.state, { tries: 2 })
})

test('refuses references to kept files when the action takes none', async () => {
  const kept = { references: [], dropped: [] }
  const { accepted } = await acceptAt(registry, seals.action('act', 'a'), readingOf({ kept }))
  assert.equal(brief(accepted), 'refused 400 malformed')
})

function migrating(formData: (fields: FormData) => FormData): Registry {
  return registryWith((actions) =>
    actions.define('act', {
      version: 2,
      migrate: () => ({ formData }),
      async run(_: unknown, _list: string) {},
    }),
  )
}

test('migrates the fields of another version before the page may seal them', async () => {
  const here = migrating((fields) => {
    fields.set('name', String(fields.get('title')))
    fields.delete('title')
    return fields
  })
  const reading = readingOf({ entries: [['title', 'Milk']] })
  const { pending, accepted } = await acceptAt(here, seals.action('act', 'a'), reading)
  assert.equal(pending.submitted.admitted, false)
  assert.equal(await accepted, undefined)
  assert.equal(pending.submitted.admitted, true)
  assert.deepEqual(pending.submitted.entries, [['name', 'Milk']])
})

test('keeps the fields as they were sent when the migration fails', async () => {
  const here = migrating(() => {
    throw new Error('no such field')
  })
  const reading = readingOf({ entries: [['title', 'Milk']] })
  const { pending, accepted } = await acceptAt(here, seals.action('act', 'a'), reading)
  assert.equal(brief(await accepted), 'failed 500')
  assert.equal(pending.submitted.admitted, false)
  assert.deepEqual(pending.submitted.entries, [['title', 'Milk']])
})
