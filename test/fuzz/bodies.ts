import assert from 'node:assert/strict'
import { recognise } from '../../lib/answer/recognise.js'
import { defaultLimits } from '../../lib/body/limits.js'
import type { Reading } from '../../lib/body/reading.js'
import { mutated, type Numbers, words } from '../setup/mutations.js'
import { field, multipart, parts, request, type Sending, urlencoded } from '../setup/requests.js'
import { Broken, holding, type Property, pick } from './property.js'

const seal = 'A'.repeat(150)
const originals = [
  {
    type: urlencoded,
    body: `sealform=${seal}&text=two%0D%0Alines&a%5B0%5D.b=%F0%9F%A6%AD&empty=&last=x+y`,
  },
  {
    type: multipart,
    body: parts(
      ['Content-Disposition: form-data; name="sealform"', seal],
      field('text', 'two\r\nlines'),
      field('größe', '🦭'),
      ['Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain', 'text'],
    ),
  },
] as const

/** What becomes of a body: the fields, or why it is refused. */
type Outcome = Pick<Reading, 'refusal' | 'entries'> | string

async function readPieces(pieces: readonly Buffer[], sending: Sending): Promise<Outcome> {
  const req = request(pieces, sending)
  const recognition = await recognise(req)
  if (recognition.kind !== 'submission') return recognition.kind
  const { refusal, entries } = await recognition.body.read(defaultLimits)
  return { refusal, entries }
}

/** A body is read alike however it arrives, and what is accepted has the fields that other readers find. */
export const bodies: Property = {
  name: 'a body that was changed is read alike whole and in pieces',
  share: 25,
  async check(next) {
    const { type, body } = pick(next, originals)
    const bytes = mutated(Buffer.from(body), 0, next)
    const whole = await readPieces([bytes], { type })
    const split = next(bytes.length + 1)
    const length = next(2) === 0
    const inPieces = await readPieces([bytes.subarray(0, split), bytes.subarray(split)], { type, length })
    holding({ type, split, length, bytes: bytes.toString('latin1') }, () => {
      assert.deepEqual(kindOf(inPieces), kindOf(whole))
      if (typeof whole === 'string' || whole.refusal) return
      assert.deepEqual(inPieces, whole)
      for (const [name] of whole.entries) assert.doesNotMatch(name, /^sealform(?:$|\.(?!secret\.))/)
      if (type === urlencoded) assert.deepEqual(whole.entries, standardEntries(bytes))
    })
    if (typeof whole === 'string') return whole
    return whole.refusal?.reason ?? 'accepted'
  },
}

/** Refusals name the reason alike; the place in the text may differ. */
function kindOf(outcome: Outcome): string {
  if (typeof outcome === 'string') return outcome
  return outcome.refusal?.reason ?? 'accepted'
}

/** What the URL standard makes of the same bytes, without the library's own fields. */
function standardEntries(bytes: Buffer): [string, string][] {
  // `URLSearchParams` takes text, and the standard decodes UTF-8 after it has replaced the percent signs.
  const text = bytes
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
  return [...new URLSearchParams(text)].filter(([name]) => !name.startsWith('sealform'))
}

/** Reading never throws, whatever the bytes are. */
export const noise: Property = {
  name: 'bytes without sense are refused or left to others, and nothing is thrown',
  share: 5,
  async check(next) {
    const type = pick(next, [
      urlencoded,
      multipart,
      'multipart/form-data',
      `multipart/form-data; boundary=${word(next)}`,
    ])
    const bytes = Buffer.from(Array.from({ length: next(60) }, () => word(next)).join(''), 'latin1')
    try {
      const outcome = await readPieces([bytes], { type })
      return kindOf(outcome)
    } catch (error) {
      throw new Broken({ type, bytes: bytes.toString('latin1') }, error)
    }
  },
}

function word(next: Numbers): string {
  return next(4) === 0 ? String.fromCharCode(next(256)) : pick(next, words)
}
