import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { fullLine, logRefusals, shortLine } from '../../../lib/answer/log-refusals.js'

const refusal = {
  reason: 'origin',
  status: 403,
  detail: 'Origin https://evil.example is not allowed.',
  action: 'todos.add',
  enforced: true,
} as const

describe('the log of refusals', () => {
  it('has a line with what to change for developers, and one without it for production', () => {
    assert.equal(
      fullLine(refusal),
      'sealform: A submission of "todos.add" was refused with 403 (origin). Origin https://evil.example is not allowed.',
    )
    assert.equal(
      shortLine({ ...refusal, action: undefined, enforced: false }),
      'sealform: A submission would have been refused with 403 (origin).',
    )
  })

  it('has nothing behind the reason where there is no detail', () => {
    assert.equal(fullLine({ ...refusal, detail: '' }), shortLine(refusal))
  })

  it('has at most 20 lines a second, and the number of the others', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const now = mock.method(performance, 'now', () => 5000)
    const lines: string[] = []
    const spy = mock.method(console, 'warn', (line: unknown) => lines.push(String(line)))
    t.after(() => {
      spy.mock.restore()
      now.mock.restore()
    })
    const log = logRefusals(shortLine)
    for (let i = 0; i < 20; i++) log(refusal)
    assert.equal(lines.length, 20)
    for (let i = 0; i < 3; i++) log(refusal)
    assert.equal(lines.length, 20)
    t.mock.timers.tick(1000)
    assert.equal(lines.at(-1), 'sealform: 3 more submissions were refused within a second.')
    now.mock.mockImplementation(() => 5999)
    log(refusal)
    assert.equal(lines.length, 21, 'the second is not over')
    now.mock.mockImplementation(() => 6000)
    log(refusal)
    assert.equal(lines.length, 22)
  })
})
