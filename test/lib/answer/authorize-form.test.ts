import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Registry } from '../../../lib/action/registry.js'
import { admit } from '../../../lib/answer/admit.js'
import { authorizeForm } from '../../../lib/answer/authorize-form.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { PendingSubmission } from '../../../lib/answer/pending-submission.js'
import { forbidden } from '../../../lib/sealform.js'
import {
  admitted,
  arrivalAt,
  brief,
  readingOf,
  registryWith,
  sealsOf,
} from '../../setup/pending-submission.js'

const typed = readingOf({ entries: [['title', 'Milk']], own: { form: 'f1' } })

async function authorizeAt(registry: Registry, page = registry, reading = typed) {
  const arrival = arrivalAt(registry, { seal: sealsOf(page).action('act', 'list 7'), reading })
  const pending = new PendingSubmission(arrival)
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in sent)
  const form = admitted(await admit(registry, arrival.exchange, sent))
  pending.admit(form)
  return { pending, refusal: await authorizeForm(pending, form), reads: arrival.body.reads }
}

function registryAsking(authorize: (...given: unknown[]) => unknown): Registry {
  return registryWith((actions) =>
    actions.define('act', { authorize, async run(_: unknown, _list: string) {} }),
  )
}

test('continues when authorize returns nothing, and reads nothing of the body', async () => {
  const asked: unknown[] = []
  const { refusal, reads } = await authorizeAt(registryAsking((_, list) => void asked.push(list)))
  assert.equal(refusal, undefined)
  assert.deepEqual(asked, ['list 7'])
  assert.deepEqual(reads, [])
})

test('refuses with the outcome of authorize, and returns the fields', async () => {
  const { pending, refusal, reads } = await authorizeAt(registryAsking(() => forbidden()))
  assert.equal(brief(refusal), 'refused 403 forbidden')
  assert.equal(reads[0]?.mode, 'give-back')
  assert.deepEqual(pending.submitted.entries, [['title', 'Milk']])
  assert.equal(pending.submitted.formId, 'f1')
  assert.equal(pending.submission.formData.get('title'), 'Milk')
  assert.equal(pending.aborted, false)
})

test('fails when authorize throws or returns another value', async () => {
  const thrown = await authorizeAt(
    registryAsking(() => {
      throw new Error('down')
    }),
  )
  assert.equal(brief(thrown.refusal), 'failed 500')
  assert.equal(brief((await authorizeAt(registryAsking(() => true))).refusal), 'failed 500')
})

test('notes that the visitor leaves while a refused body is read', async () => {
  const { pending } = await authorizeAt(
    registryAsking(() => forbidden()),
    undefined,
    readingOf({ aborted: true }),
  )
  assert.equal(pending.aborted, true)
})

test('returns the fields of another version in migrated form', async () => {
  const old = registryWith((actions) => actions.define('act', async (_: unknown, _list: string) => {}))
  const registry = registryWith((actions) =>
    actions.define('act', {
      version: 2,
      migrate: () => ({
        formData(fields) {
          fields.set('name', String(fields.get('title')))
          fields.delete('title')
          return fields
        },
      }),
      authorize: () => forbidden(),
      async run(_: unknown, _list: string) {},
    }),
  )
  const { pending, refusal } = await authorizeAt(registry, old)
  assert.equal(brief(refusal), 'refused 403 forbidden')
  assert.deepEqual(pending.submitted.entries, [['name', 'Milk']])
  assert.equal(pending.submitted.admitted, true)
})
