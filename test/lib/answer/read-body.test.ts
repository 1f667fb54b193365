import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit } from '../../../lib/answer/admit.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { PendingSubmission } from '../../../lib/answer/pending-submission.js'
import { readBody } from '../../../lib/answer/read-body.js'
import {
  admitted,
  arrivalAt,
  type Given,
  readingOf,
  registryWith,
  sealsOf,
} from '../../setup/pending-submission.js'

const registry = registryWith((actions) => {
  actions.define('act', async () => {})
  actions.define('upload', { files: { avatar: {} }, onFile: () => undefined, async run() {} })
})

async function formAt(name: string, given: Given = {}) {
  const arrival = arrivalAt(registry, { ...given, seal: sealsOf(registry).action(name) })
  const pending = new PendingSubmission(arrival)
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in sent)
  const form = admitted(await admit(registry, arrival.exchange, sent))
  return { pending, form, reads: arrival.body.reads }
}

test('gives the fields at once when the whole body is there', async () => {
  const reading = readingOf({ entries: [['title', 'Milk']] })
  const { pending, form, reads } = await formAt('act', { reading })
  assert.equal(readBody(pending, form), reading)
  assert.deepEqual(reads, [{ files: undefined, shutdown: registry.shutdown }])
  assert.equal(pending.files, undefined)
})

test('waits for the rest of a body', async () => {
  const reading = readingOf()
  const { pending, form } = await formAt('act', { reading: Promise.resolve(reading) })
  const waiting = readBody(pending, form)
  assert.ok(waiting instanceof Promise)
  assert.equal(await waiting, reading)
})

test('accepts the files of an action with file fields', async () => {
  const { pending, form, reads } = await formAt('upload')
  readBody(pending, form)
  assert.equal(pending.files?.definition, registry.find('upload'))
  assert.equal(reads[0]?.files, pending.files?.taking)
})
