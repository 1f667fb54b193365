import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cutNames, type InspectedSubmission, Inspection } from '../../../lib/inspect/inspection.js'

const none = { list: [], more: 0 }

function submission(some: Partial<InspectedSubmission> = {}): Omit<InspectedSubmission, 'id'> {
  return {
    at: 0,
    path: '/todos',
    action: 'todos.add',
    outcome: 'done',
    status: 200,
    milliseconds: 1,
    stages: [],
    refusal: undefined,
    reported: undefined,
    reference: '',
    fields: none,
    issues: none,
    client: undefined,
    regions: none,
    repeated: false,
    ...some,
  }
}

describe('what is kept for the inspector', () => {
  it('is the last 50 submissions, newest first', () => {
    const inspection = new Inspection()
    for (let i = 1; i <= 50; i++) inspection.keep(submission({ path: `/${i}` }))
    assert.equal(inspection.submissions.length, 50)
    assert.equal(inspection.find(1)?.path, '/1')
    inspection.keep(submission({ path: '/51' }))
    assert.equal(inspection.submissions.length, 50)
    assert.deepEqual([inspection.submissions[0]?.id, inspection.submissions[49]?.id], [51, 2])
    assert.equal(inspection.find(1), undefined)
    assert.equal(inspection.find(51)?.path, '/51')
    assert.equal(inspection.count, 51)
  })

  it('has no text without a bound', () => {
    const inspection = new Inspection()
    const long = 'x'.repeat(10_000)
    inspection.keep(
      submission({ path: `/${long}`, refusal: { reason: 'origin', detail: long }, reported: long }),
    )
    inspection.keep(submission({ path: `/${'y'.repeat(199)}` }))
    const [exact, cut] = inspection.submissions
    assert.equal(exact?.path.length, 200)
    assert.ok(!exact?.path.endsWith('…'))
    assert.equal(cut?.path.length, 200)
    assert.ok(cut?.path.endsWith('…'))
    assert.equal(cut?.refusal?.detail.length, 600)
    assert.equal(cut?.reported?.length, 600)
  })

  it('is 50 names of 80 characters, and how many more there were', () => {
    const names = Array.from({ length: 60 }, (_, i) => `${i}-${'n'.repeat(200)}`)
    const { list, more } = cutNames(names)
    assert.equal(list.length, 50)
    assert.equal(more, 10)
    assert.ok(list.every((name) => name.length === 80))
    assert.deepEqual(cutNames(['a', 'b']), { list: ['a', 'b'], more: 0 })
  })

  it('is the last 20 pages that printed an action, each once', () => {
    const inspection = new Inspection()
    assert.deepEqual(inspection.pagesOf('todos.add'), { paths: [], more: false })
    for (let i = 1; i <= 20; i++) inspection.notePrinted('todos.add', `/lists/${i}`)
    inspection.notePrinted('todos.add', '/lists/1')
    assert.equal(inspection.pagesOf('todos.add').paths.length, 20)
    assert.equal(inspection.pagesOf('todos.add').more, false)
    inspection.notePrinted('todos.add', `/${'z'.repeat(1000)}`)
    const { paths, more } = inspection.pagesOf('todos.add')
    assert.equal(paths.length, 20)
    assert.equal(more, true)
    assert.equal(paths[0]?.length, 200)
    assert.equal(paths[1], '/lists/1')
    assert.ok(!paths.includes('/lists/2'))
    assert.deepEqual(inspection.pagesOf('todos.remove').paths, [])
  })
})
