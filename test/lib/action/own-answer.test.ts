import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judgeOwnAnswer, type OwnAnswer } from '../../../lib/action/own-answer.js'

/** The verdicts after the app's code has returned nothing, has returned an outcome, or has thrown. */
const cases: Readonly<Record<OwnAnswer, readonly [nothing: string, outcome: string, error: string]>> = {
  none: ['outcome', 'outcome', 'outcome'],
  status: ['answer', 'outcome', 'outcome'],
  set: ['answer', 'answer', 'outcome'],
  begun: ['answer', 'answer', 'answer'],
  sent: ['answer', 'answer', 'cut'],
  ended: ['answer', 'answer', 'answer'],
}

describe('judgeOwnAnswer()', () => {
  it('lets an own answer count, unless it can be taken back and something else is to be said', () => {
    for (const [own, expected] of Object.entries(cases) as [OwnAnswer, readonly string[]][]) {
      const verdicts = (['nothing', 'outcome', 'error'] as const).map((result) => judgeOwnAnswer(own, result))
      assert.deepEqual(verdicts, expected, own)
    }
  })
})
