import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit } from '../../../lib/answer/admit.js'
import { digestCopy } from '../../../lib/answer/digest-copy.js'
import { openSeal } from '../../../lib/answer/open-seal.js'
import type { FileDigest } from '../../../lib/files/take-files.js'
import { admitted, pendingAt, readingOf, registryWith, sealsOf } from '../../setup/pending-submission.js'

interface Sent {
  readonly entries?: [string, string][]
  readonly kept?: NonNullable<Parameters<typeof readingOf>[0]>['kept']
  readonly files?: readonly FileDigest[]
  readonly state?: string
  /** The action gets the state. */
  readonly previous?: unknown
}

const file: FileDigest = {
  field: 'doc',
  position: 0,
  name: 'a.txt',
  type: 'text/plain',

  sha256: 'one',
}
const reference = { field: 'doc', position: 0, token: 'one' }

/** Digests submissions of one seal. */
async function digesting(): Promise<(sent: Sent) => string | undefined> {
  const registry = registryWith((actions) => actions.define('act', { once: true, run() {} }))
  const pending = pendingAt(registry, { seal: sealsOf(registry).action('act') })
  const seal = openSeal(pending, { verdict: 'allow' })
  assert.ok('opened' in seal)
  const chosen = admitted(await admit(registry, pending.exchange, seal))
  return ({ files = [], previous, state, ...given }) => {
    const submission = { ...pending.submission, previous }
    const parts = { registry, submission, files: { taking: { digests: files } } }
    return digestCopy(parts as never, chosen, readingOf({ ...given, own: { state } }))
  }
}

test('has another digest for each thing that differs', async () => {
  const digestOf = await digesting()
  const all: Sent[] = [
    {},
    { entries: [['doc', 'a.txt']] },
    { files: [file] },
    { files: [{ ...file, field: 'other' }] },
    { files: [{ ...file, position: 1 }] },
    { files: [{ ...file, name: 'b.txt' }] },
    { files: [{ ...file, type: 'text/html' }] },
    { files: [{ ...file, sha256: 'two' }] },
    { files: [file, file] },
    { kept: { references: [reference], dropped: [] } },
    { kept: { references: [{ ...reference, field: 'other' }], dropped: [] } },
    { kept: { references: [{ ...reference, position: 1 }], dropped: [] } },
    { kept: { references: [{ ...reference, token: 'two' }], dropped: [] } },
    { kept: { references: [], dropped: [{ field: 'doc', mark: 'one' }] } },
    { kept: { references: [], dropped: [{ field: 'other', mark: 'one' }] } },
    { kept: { references: [], dropped: [{ field: 'doc', mark: 'two' }] } },
    { previous: 1, state: 'one' },
    { previous: 1, state: 'two' },
    { previous: 1 },
  ]
  const digests = all.map(digestOf)
  for (const [i, digest] of digests.entries()) {
    const same = digests.flatMap((other, k) => (other === digest && k !== i ? [JSON.stringify(all[k])] : []))
    // Without a state there is nothing to tell apart, whether or not the action would get it.
    const expected = i === 0 || i === all.length - 1 ? 1 : 0
    assert.equal(same.length, expected, `${JSON.stringify(all[i])} is like ${same}`)
    assert.match(digest ?? '', /^[\w-]{22}$/)
  }
  assert.deepEqual(all.map(digestOf), digests)
})

test('does not take one list for another', async () => {
  const digestOf = await digesting()
  const asFields = digestOf({
    entries: [
      ['doc', '0'],
      ['one', ''],
    ],
  })
  assert.notEqual(asFields, digestOf({ kept: { references: [reference], dropped: [] } }))
  assert.notEqual(
    digestOf({ entries: [['doc', 'one']] }),
    digestOf({ kept: { references: [], dropped: [{ field: 'doc', mark: 'one' }] } }),
  )
})

test('counts the state only where the action gets it', async () => {
  const digestOf = await digesting()
  assert.equal(digestOf({ state: 'one' }), digestOf({}))
})
