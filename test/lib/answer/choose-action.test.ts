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
  actions.define('save', async (_: unknown, _id: string) => {})
  actions.define('remove', { once: true, async run(_: unknown, _id: string) {} })
  actions.define('private', { authorize: () => unauthorized(), async run() {} })
})
const seals = sealsOf(registry)

async function chooseAt(submit: string | undefined, previous?: unknown) {
  const pending = pendingAt(registry, { seal: seals.action('save', 'b1') })
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in sent)
  const form = admitted(await admit(registry, pending.exchange, sent))
  pending.admit(form)
  pending.submission.previous = previous
  return { pending, form, chosen: chooseAction(pending, form, readingOf({ own: { submit } })) }
}

test('chooses the action of the form at once when no button names one', async () => {
  const { pending, form, chosen } = await chooseAt(undefined)
  assert.equal(chosen, form)
  assert.equal(pending.action?.name, 'save')
  assert.equal(pending.submission.outlivesVisitor, false)
})

test('chooses the action of the button, with its own values', async () => {
  const { pending, chosen } = await chooseAt(seals.button(['save', 'b1'], 'remove', '7'))
  assert.deepEqual(admitted(await chosen).values, ['7'])
  assert.equal(pending.action?.name, 'remove')
  assert.equal(pending.submission.outlivesVisitor, true)
  assert.equal(pending.submitted.definition?.name, 'save')
})

test('refuses a button whose seal does not open, or is not for this visitor', async () => {
  for (const [submit, refusal] of [
    ['x', 'refused 400 malformed'],
    [sealsOf(registry, 'sid-2').button(['save', 'b1'], 'remove', '7'), 'refused 403 other-session'],
  ] as const) {
    const { pending, chosen } = await chooseAt(submit)
    assert.equal(brief(await chosen), refusal)
    assert.equal(pending.action?.name, 'save')
  }
})

test('refuses a seal that was not made for a button of this form', async () => {
  for (const submit of [
    seals.action('remove', '7'),
    seals.action('save', 'b1'),
    seals.state('save', 1, 'b1'),
    seals.button(['save', 'b2'], 'remove', '7'),
    seals.button(['save'], 'remove', '7'),
    seals.button(['private', 'b1'], 'remove', '7'),
    seals.button(['remove', '7'], 'remove', '7'),
  ]) {
    const { pending, chosen } = await chooseAt(submit)
    assert.equal(brief(await chosen), 'refused 400 malformed')
    assert.equal(pending.action?.name, 'save')
  }
})

test('names the form that a button was printed in, for the log', async () => {
  const detailOf = async (submit: string) => Object(await (await chooseAt(submit)).chosen).detail
  assert.equal(
    await detailOf(seals.button(['private'], 'remove', '7')),
    'The button for "remove" was printed in a form of "private", and came with a form of "save".',
  )
  assert.equal(
    await detailOf(seals.button(['save', 'b2'], 'remove', '7')),
    'The button for "remove" was printed in a form of "save", and came with one with other bound values.',
  )
})

test('is no seal of a form', async () => {
  const pending = pendingAt(registry, { seal: seals.button(['save'], 'save', 'b1') })
  const sent = openSeal(pending, { verdict: 'allow' })
  assert.equal('opened' in sent && sent.opened, undefined)
})

test('keeps the state of the form from another action', async () => {
  for (const [submit, previous] of [
    [seals.button(['save', 'b1'], 'remove', '7'), undefined],
    [seals.button(['save', 'b1'], 'save', 'b2'), 'carried'],
  ] as const) {
    const { pending, chosen } = await chooseAt(submit, 'carried')
    admitted(await chosen)
    assert.equal(pending.submission.previous, previous)
  }
})

test('runs authorize of the action of the button', async () => {
  const { pending, chosen } = await chooseAt(seals.button(['save', 'b1'], 'private'))
  assert.equal(brief(await chosen), 'refused 401 unauthorized')
  assert.equal(pending.action?.name, 'save')
})
