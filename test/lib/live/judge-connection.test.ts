import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type ConnectionFacts,
  type ConnectionVerdict,
  judgeConnection,
} from '../../../lib/live/judge-connection.js'

const good: ConnectionFacts = {
  ending: false,
  origin: 'allow',
  query: 'read',
  opened: true,
  connections: { open: 0, most: 10 },
  ofSession: { open: 0, most: 2 },
}

const cases: readonly (readonly [Partial<ConnectionFacts>, ConnectionVerdict])[] = [
  [{}, 'open'],
  // Without any header that tells where a request comes from, the seal decides.
  [{ origin: 'token' }, 'open'],
  [{ ending: true, origin: 'refuse' }, 'ending'],
  [{ origin: 'refuse', query: 'malformed' }, 'origin'],
  [{ query: 'too-long', opened: false }, 'too-long'],
  [{ query: 'malformed', opened: false }, 'malformed'],
  [{ opened: false, connections: { open: 10, most: 10 } }, 'seal'],
  [{ connections: { open: 9, most: 10 } }, 'open'],
  [{ connections: { open: 10, most: 10 } }, 'full'],
  [{ connections: { open: 11, most: 10 } }, 'full'],
  [{ ofSession: { open: 1, most: 2 } }, 'open'],
  [{ ofSession: { open: 2, most: 2 } }, 'session-full'],
]

describe('whether a browser gets a stream', () => {
  for (const [facts, verdict] of cases) {
    it(`is "${verdict}" for ${JSON.stringify(facts)}`, () => {
      assert.equal(judgeConnection({ ...good, ...facts }), verdict)
    })
  }
})
