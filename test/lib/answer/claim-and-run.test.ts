import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noInput } from '../../../lib/action/check-input.js'
import { admit } from '../../../lib/answer/admit.js'
import { claimAndRun } from '../../../lib/answer/claim-and-run.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import { english } from '../../../lib/outcome/messages.js'
import { issuesOf } from '../../../lib/outcome/outcome.js'
import { invalid, redirect } from '../../../lib/sealform.js'
import {
  admitted,
  brief,
  pendingAt,
  readingOf,
  registryWith,
  sealsOf,
} from '../../setup/pending-submission.js'

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
  async function submit(
    checked: Parameters<typeof claimAndRun>[2] = noInput,
    given: Parameters<typeof readingOf>[0] = {},
    meanwhile: () => void = () => {},
  ) {
    const pending = pendingAt(registry, { seal })
    if (given.own?.state !== undefined) pending.submission.previous = given.own.state
    const sent = openSeal(pending, { verdict: 'allow' })
    assert.ok('opened' in sent)
    const chosen = admitted(await admit(registry, pending.exchange, sent))
    meanwhile()
    return { pending, ran: claimAndRun(pending, { chosen, reading: readingOf(given) }, checked) }
  }
  return { submit, runs, registry }
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

const fields = (...entries: [string, string][]) => ({ entries })

test('gives other fields neither the outcome nor a run, and says what is wrong with them', async () => {
  const { submit, runs } = appWith(true)
  await (await submit(noInput, fields(['name', 'Ann']))).ran
  const other = await submit(noInput, fields(['name', 'Ben']))
  assert.equal(brief((await other.ran).outcome), 'refused 409 sent-before')
  assert.equal(other.pending.repeated, false)
  const wrong = await submit(invalid({ name: 'Enter a name' }), fields(['name', '']))
  const { outcome } = await wrong.ran
  assert.equal(brief(outcome), 'refused 409 sent-before')
  assert.deepEqual(issuesOf(outcome), [
    { name: '', message: english.sentBefore },
    { name: 'name', message: 'Enter a name' },
  ])
  const same = await submit(noInput, fields(['name', 'Ann']))
  assert.equal(brief((await same.ran).outcome), 'redirect')
  assert.deepEqual(runs, ['list 7'])
})

test('tells submissions apart by everything that the visitor sent, and by nothing else', async () => {
  const { submit } = appWith(true)
  const first = fields(['a', '1'], ['b', '2'])
  await (await submit(noInput, first)).ran
  const ofSealform = {
    form: 'act-2',
    submit: undefined,
    validate: undefined,
    state: undefined,
    named: undefined,
  }
  const same = [first, { ...first, own: ofSealform }, { ...first, secrets: new Set(['a']) }]
  const reference = { field: 'picture', token: 'one', position: 0 }
  const kept = { references: [reference], dropped: [] }
  const others = [
    {},
    fields(['b', '2'], ['a', '1']),
    fields(['a', '1'], ['b', '2'], ['b', '2']),
    fields(['a', '1b'], ['', '2']),
    fields(['a', '1","b'], ['b', '2']),
    fields(['a', '1'], ['b', '2 ']),
    fields(['a', '1'], ['b', 'ü']),
    fields(['a', '1'], ['b2', '']),
    { ...first, own: { ...ofSealform, state: 'another' } },
    { ...first, kept },
    { ...first, kept: { references: [], dropped: [{ field: 'picture', mark: 'one' }] } },
  ]
  for (const given of same) {
    assert.equal(brief((await (await submit(noInput, given)).ran).outcome), 'redirect', JSON.stringify(given))
  }
  for (const given of others) {
    const { outcome } = await (await submit(noInput, given)).ran
    assert.equal(brief(outcome), 'refused 409 sent-before', JSON.stringify(given))
  }
})

test('does not wait for the run of other fields', async () => {
  let finish = () => {}
  const running = new Promise<void>((resolve) => {
    finish = resolve
  })
  const { submit } = appWith(true, () => running)
  const first = await submit(noInput, fields(['name', 'Ann']))
  const other = await submit(noInput, fields(['name', 'Ben']))
  assert.equal(brief((await other.ran).outcome), 'refused 409 sent-before')
  finish()
  assert.equal(brief((await first.ran).outcome), 'done 200')
})

test('refuses a submission whose key has left the ring while the body was read', async () => {
  const { submit, runs, registry } = appWith(true)
  const { ran } = await submit(noInput, {}, () =>
    registry.keys.reload(Buffer.alloc(32, 'new key').toString('base64')),
  )
  assert.equal(brief((await ran).outcome), 'refused 400 malformed')
  assert.deepEqual(runs, [])
})
