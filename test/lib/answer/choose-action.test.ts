import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit } from '../../../lib/answer/admit.js'
import { chooseAction } from '../../../lib/answer/choose-action.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { unauthorized } from '../../../lib/sealform.js'
import {
  admitted,
  brief,
  pendingAt,
  readingOf,
  registryWith,
  sealsOf,
} from '../../setup/pending-submission.js'

const registry = registryWith((actions) => {
  actions.define('save', async () => {})
  actions.define('remove', { once: true, async run(_: unknown, _id: string) {} })
  actions.define('private', { authorize: () => unauthorized(), async run() {} })
})
const seals = sealsOf(registry)

async function chooseAt(submit: string | undefined) {
  const pending = pendingAt(registry, { seal: seals.action('save') })
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in sent)
  const form = admitted(await admit(registry, pending.exchange, sent))
  pending.admit(form)
  return { pending, form, chosen: chooseAction(pending, form, readingOf({ own: { submit } })) }
}

test('chooses the action of the form at once when no button names one', async () => {
  const { pending, form, chosen } = await chooseAt(undefined)
  assert.equal(chosen, form)
  assert.equal(pending.action?.name, 'save')
  assert.equal(pending.submission.outlivesVisitor, false)
})

test('chooses the action of the button, with its own values', async () => {
  const { pending, chosen } = await chooseAt(seals.action('remove', '7'))
  assert.deepEqual(admitted(await chosen).values, ['7'])
  assert.equal(pending.action?.name, 'remove')
  assert.equal(pending.submission.outlivesVisitor, true)
  assert.equal(pending.submitted.definition?.name, 'save')
})

test('refuses a button whose seal does not open, or is not for this visitor', async () => {
  for (const [submit, refusal] of [
    ['x', 'refused 400 malformed'],
    [sealsOf(registry, 'sid-2').action('remove', '7'), 'refused 403 other-session'],
  ] as const) {
    const { pending, chosen } = await chooseAt(submit)
    assert.equal(brief(await chosen), refusal)
    assert.equal(pending.action?.name, 'save')
  }
})

test('runs authorize of the action of the button', async () => {
  const { pending, chosen } = await chooseAt(seals.action('private'))
  assert.equal(brief(await chosen), 'refused 401 unauthorized')
  assert.equal(pending.action?.name, 'save')
})
