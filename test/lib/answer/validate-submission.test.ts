import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { noInput } from '../../../lib/action/check-input.js'
import type { Registry } from '../../../lib/action/registry.js'
import { acceptFields } from '../../../lib/answer/accept-fields.js'
import { admit } from '../../../lib/answer/admit.js'
import { chooseAction } from '../../../lib/answer/choose-action.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { readBody } from '../../../lib/answer/read-body.js'
import { validateSubmission } from '../../../lib/answer/validate-submission.js'
import type { Reading } from '../../../lib/body/reading.js'
import { isOutcome, issuesOf } from '../../../lib/outcome/outcome.js'
import {
  admitted,
  brief,
  pendingAt,
  readingOf,
  registryWith,
  sealsOf,
} from '../../setup/pending-submission.js'

const schema = z.object({ title: z.string().min(1, 'Enter a title') })
const registry = registryWith((actions) => {
  actions.define('plain', async () => {})
  actions.define('save', { input: schema, async run() {} })
  actions.define('upload', {
    input: schema,
    files: { avatar: { required: true } },
    onFile: () => undefined,
    async run() {},
  })
})

async function validateAt(here: Registry, seal: string, reading: Reading) {
  const pending = pendingAt(here, { seal, reading })
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in sent)
  const form = admitted(await admit(here, pending.exchange, sent))
  pending.admit(form)
  await readBody(pending, form)
  assert.equal(await acceptFields(pending, form, reading), undefined)
  const chosen = admitted(await chooseAction(pending, form, reading))
  return { pending, checked: validateSubmission(pending, { form, chosen, reading }) }
}

test('returns no promise when there is nothing to check', async () => {
  const { checked } = await validateAt(registry, sealsOf(registry).action('plain'), readingOf())
  assert.equal(checked, noInput)
})

test('returns the output of the schema', async () => {
  const reading = readingOf({ entries: [['title', 'Milk']] })
  const { checked } = await validateAt(registry, sealsOf(registry).action('save'), reading)
  const result = await checked
  assert.ok(!isOutcome(result))
  assert.deepEqual(result.input, { title: 'Milk' })
})

test('returns the issues of the fields', async () => {
  const reading = readingOf({ entries: [['title', '']] })
  const { checked } = await validateAt(registry, sealsOf(registry).action('save'), reading)
  const result = await checked
  assert.equal(brief(result), 'invalid 422')
  assert.deepEqual(isOutcome(result) && issuesOf(result), [{ name: 'title', message: 'Enter a title' }])
})

test('validates the fields for the action of the button', async () => {
  const seals = sealsOf(registry)
  const reading = readingOf({ entries: [['title', '']], own: { submit: seals.button(['plain'], 'save') } })
  const { checked } = await validateAt(registry, seals.action('plain'), reading)
  assert.equal(brief(await checked), 'invalid 422')
})

test('joins the issues of files and fields', async () => {
  const reading = readingOf({ entries: [['title', '']] })
  const { pending, checked } = await validateAt(registry, sealsOf(registry).action('upload'), reading)
  const result = await checked
  assert.deepEqual(isOutcome(result) && issuesOf(result).map(({ name }) => name), ['title', 'avatar'])
  pending.concludeFiles()
})

test('does not require the files of the form for the action of a button', async () => {
  const seals = sealsOf(registry)
  const reading = readingOf({ own: { submit: seals.button(['upload'], 'plain') } })
  const { pending, checked } = await validateAt(registry, seals.action('upload'), reading)
  assert.equal(isOutcome(await checked), false)
  pending.concludeFiles()
})

test('asks for the files of the action of the button', async () => {
  const seals = sealsOf(registry)
  const reading = readingOf({
    entries: [
      ['title', 'Milk'],
      ['avatar', ''],
    ],
    own: { submit: seals.button(['plain'], 'upload') },
  })
  const { pending, checked } = await validateAt(registry, seals.action('plain'), reading)
  const result = await checked
  assert.equal(brief(result), 'invalid 422')
  assert.deepEqual(isOutcome(result) && issuesOf(result).map(({ name }) => name), ['avatar'])
  assert.deepEqual([...pending.submission.formData.keys()], ['title'])
})

test('refuses text in a file field of the action of the button', async () => {
  const seals = sealsOf(registry)
  const reading = readingOf({
    entries: [['avatar', 'me.png']],
    own: { submit: seals.button(['plain'], 'upload') },
  })
  const { checked } = await validateAt(registry, seals.action('plain'), reading)
  assert.equal(brief(await checked), 'refused 415 unsupported')
})

test('refuses text in a file field', async () => {
  const reading = readingOf({ entries: [['avatar', 'me.png']] })
  const { pending, checked } = await validateAt(registry, sealsOf(registry).action('upload'), reading)
  assert.equal(brief(await checked), 'refused 415 unsupported')
  pending.concludeFiles()
})

test('validates the fields of another version in migrated form', async () => {
  const old = registryWith((actions) => actions.define('save', async () => {}))
  const here = registryWith((actions) =>
    actions.define('save', {
      version: 2,
      input: schema,
      migrate: () => ({
        formData(fields) {
          fields.set('title', String(fields.get('name')))
          fields.delete('name')
          return fields
        },
      }),
      async run() {},
    }),
  )
  const reading = readingOf({ entries: [['name', 'Milk']] })
  const { pending, checked } = await validateAt(here, sealsOf(old).action('save'), reading)
  const result = await checked
  assert.ok(!isOutcome(result))
  assert.deepEqual(result.input, { title: 'Milk' })
  assert.equal(pending.submission.formData.get('title'), 'Milk')
})
