import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeSender } from '../../../lib/answer/judge-sender.js'
import { PendingSubmission } from '../../../lib/answer/pending-submission.js'
import { arrivalAt, brief, pendingAt, registryWith } from '../../setup/pending-submission.js'

const registry = registryWith(() => {})
const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }

test('continues with a submission from a page of the app', () => {
  const pending = pendingAt(registry)
  assert.deepEqual(judgeSender(pending), { verdict: 'allow' })
  assert.equal(pending.suspect, undefined)
})

test('leaves a request without origin headers to the seal', () => {
  const pending = pendingAt(registry, { headers: { 'sec-fetch-site': 'none' } })
  assert.deepEqual(judgeSender(pending), { verdict: 'token' })
  assert.equal(pending.suspect, undefined)
})

test('refuses a submission from elsewhere, and reads nothing of it', () => {
  const arrival = arrivalAt(registry, { headers: elsewhere })
  const pending = new PendingSubmission(arrival)
  assert.equal(brief(judgeSender(pending)), 'refused 403 origin')
  assert.equal(pending.suspect?.verdict, 'refuse')
  assert.deepEqual(arrival.body.reads, [])
})

test('returns the status of the fault in the request', () => {
  const pending = pendingAt(registry, { headers: { host: 'a b' } })
  assert.equal(brief(judgeSender(pending)), 'refused 400 origin')
})

test('continues in report mode, and notes the suspicion', () => {
  const pending = pendingAt(registry, { headers: elsewhere, mode: 'report' })
  const sender = judgeSender(pending)
  assert.equal('verdict' in sender && sender.verdict, 'refuse')
  assert.equal(pending.suspect, sender)
})
