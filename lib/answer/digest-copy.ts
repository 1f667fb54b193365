import type { Reading } from '../body/reading.js'
import type { FileDigest } from '../files/take-files.js'
import { copyDigest } from '../seal/seal.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'

/**
 * Digests what the visitor sent, to tell a copy of a one-time submission from another submission with the same seal. It
 * holds what came, not what became of it: `onFile` may name each file differently, kept files are gone after the first
 * copy, and another build may migrate fields differently. Sealform's own fields count only as far as the action depends on
 * them.
 *
 * @returns `undefined` when the key of the seal has left the ring
 */
export function digestCopy(
  { registry, files, submission }: PendingSubmission,
  { definition, opened }: Admitted,
  reading: Reading,
): string | undefined {
  // A button's action gets the state of the form only where it says so.
  const state = submission.previous === undefined ? '' : (reading.own.state ?? '')
  const digests = files?.taking.digests ?? []
  return copyDigest(registry.keys, opened, partsOf([definition.name, state], reading, digests))
}

/** Lists everything in one order. The numbers of fields and files stand before them, so that none can pass for another. */
function* partsOf(
  first: readonly string[],
  { entries, kept }: Reading,
  files: readonly FileDigest[],
): Iterable<string> {
  const { references, dropped } = kept ?? { references: [], dropped: [] }
  yield* first
  yield `${entries.length} ${files.length} ${references.length}`
  for (const [name, value] of entries) {
    yield name
    yield value
  }
  for (const { field, position, name, type, sha256 } of files)
    yield* [field, String(position), name, type, sha256]
  for (const { field, position, token } of references) yield* [field, String(position), token]
  for (const { field, mark } of dropped) yield* [field, mark]
}
