import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noInput } from '../../../lib/action/run-action.js'
import { admit } from '../../../lib/answer/admit.js'
import { claimAndRun } from '../../../lib/answer/claim-and-run.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { invalid, redirect } from '../../../lib/sealform.js'
import { admitted, brief, pendingAt, registryWith, sealsOf } from '../../setup/pending-submission.js'

function appWith(once: boolean, run: (...given: unknown[]) => unknown = () => redirect('/done')) {
  const runs: unknown[] = []
  const registry = registryWith((actions) =>
    actions.define('act', {
      once,
      run(submission: unknown, ...bound: unknown[]) {
        runs.push(bound[0])
        return run(submission)
      },
    }),
  )
  const seal = sealsOf(registry).action('act', 'list 7')
  async function submit(checked: Parameters<typeof claimAndRun>[2] = noInput) {
    const pending = pendingAt(registry, { seal })
    const sent = openSeal(pending, { verdict: 'allow' })
    assert.ok('opened' in sent)
    const chosen = admitted(await admit(registry, pending.exchange, sent))
    return { pending, ran: claimAndRun(pending, chosen, checked) }
  }
  return { submit, runs }
}

test('runs the action with its bound values, and returns no promise when the action returns none', async () => {
  const { submit, runs } = appWith(false)
  const { ran } = await submit()
  assert.ok(!(ran instanceof Promise))
  assert.equal(brief(ran.outcome), 'redirect')
  assert.deepEqual(runs, ['list 7'])
})

test('gives the action the validated input', async () => {
  const { submit } = appWith(false, async (submission) => (submission as { input: unknown }).input)
  const { ran } = await submit({ ...noInput, input: { title: 'Milk' } })
  const { outcome } = await ran
  assert.deepEqual(outcome.kind === 'done' && outcome.state, { title: 'Milk' })
})

test('does not run the action with invalid input', async () => {
  const { submit, runs } = appWith(false)
  const { ran } = await submit(invalid('Enter a title'))
  assert.equal(brief((await ran).outcome), 'invalid 422')
  assert.deepEqual(runs, [])
})

test('runs a one-time submission once, and gives its copies the same outcome', async () => {
  const { submit, runs } = appWith(true)
  const first = await submit()
  assert.equal(brief((await first.ran).outcome), 'redirect')
  assert.equal(first.pending.repeated, false)
  const second = await submit()
  assert.equal(brief((await second.ran).outcome), 'redirect')
  assert.equal(second.pending.repeated, true)
  assert.deepEqual(runs, ['list 7'])
})

test('returns the issues of a one-time submission only when no copy has run before', async () => {
  const { submit, runs } = appWith(true)
  const first = await submit(invalid('Enter a title'))
  assert.equal(brief((await first.ran).outcome), 'invalid 422')
  assert.equal(first.pending.repeated, false)
  await (await submit()).ran
  const later = await submit(invalid('The name is taken'))
  assert.equal(brief((await later.ran).outcome), 'redirect')
  assert.equal(later.pending.repeated, true)
  assert.deepEqual(runs, ['list 7'])
})

test('reports that the visitor left while another copy ran', async () => {
  let finish = () => {}
  const running = new Promise<void>((resolve) => {
    finish = resolve
  })
  const { submit } = appWith(true, () => running)
  const first = await submit()
  const second = await submit()
  second.pending.exchange.res.destroy()
  await second.ran
  assert.equal(second.pending.aborted, true)
  finish()
  await first.ran
  assert.equal(first.pending.aborted, false)
})
