import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FileIntake } from '../../../lib/files/file-queue.js'

const bytes = (text: string) => Buffer.from(text)

async function rest(intake: FileIntake): Promise<string> {
  let text = ''
  for await (const piece of intake) text += Buffer.from(piece).toString()
  return text
}

describe('FileIntake', () => {
  it('returns the pieces that arrived unchanged, and waits for more', async () => {
    const intake = new FileIntake(() => {})
    const first = bytes('ab')
    intake.push(first)
    assert.equal((await intake.next()).value, first)
    const next = intake.next()
    intake.push(bytes('c'))
    assert.deepEqual((await next).value, bytes('c'))
    intake.end()
    assert.equal((await intake.next()).done, true)
    assert.equal(intake.size, 3)
  })

  it('counts the waiting bytes, and reports when some are taken', async () => {
    let notified = 0
    const intake = new FileIntake(() => notified++)
    intake.push(bytes('abc'))
    intake.push(bytes('de'))
    assert.deepEqual([intake.waiting, notified], [5, 0])
    await intake.next()
    assert.deepEqual([intake.waiting, notified], [2, 1])
  })

  it('shows its first bytes without removing them', async () => {
    const intake = new FileIntake(() => {})
    const head = intake.head(4)
    intake.push(bytes('abc'))
    intake.push(bytes('def'))
    assert.equal(Buffer.from(await head).toString(), 'abcd')
    intake.end()
    assert.equal(Buffer.from(await intake.head(100)).toString(), 'abcdef')
    assert.equal(await rest(intake), 'abcdef')
  })

  it('is finished when everything is taken after its end', async () => {
    const intake = new FileIntake(() => {})
    intake.push(bytes('a'))
    intake.end()
    assert.equal(intake.finished, false)
    await intake.next()
    assert.equal(intake.finished, true)
  })

  it('fails with the error in place of the waiting bytes', async () => {
    const intake = new FileIntake(() => {})
    intake.push(bytes('a'))
    intake.fail(new Error('broken off'))
    assert.equal(intake.waiting, 0)
    await assert.rejects(rest(intake), { message: 'broken off' })
    await assert.rejects(intake.head(1), { message: 'broken off' })
  })

  it('wakes a consumer that waits when it fails', async () => {
    const intake = new FileIntake(() => {})
    const waiting = rest(intake)
    intake.fail(new Error('broken off'))
    await assert.rejects(waiting, { message: 'broken off' })
  })

  it('only counts bytes that arrive after the consumer has left', async () => {
    let notified = 0
    const intake = new FileIntake(() => notified++)
    intake.push(bytes('abc'))
    for await (const _ of intake) break
    intake.push(bytes('defg'))
    assert.deepEqual([intake.size, intake.waiting], [7, 0])
    assert.ok(notified > 0)
    assert.equal((await intake.next()).done, true)
  })
})
