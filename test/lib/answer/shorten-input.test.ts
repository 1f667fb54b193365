import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shortenInput } from '../../../lib/answer/shorten-input.js'
import { escapeHtml } from '../../../views/escape-html.js'

const room = 64 * 1024
/** The room that a character to escape takes, in bytes. */
const escaped = 32

/** The only value that is left of one field named `a`. */
function kept(value: string, cut = false): readonly [string | undefined, boolean] {
  const { entries, shortened } = shortenInput([['a', value]], cut)
  return [entries[0]?.[1], shortened]
}

test('keeps text without a character to escape up to 64 KiB, names included', () => {
  for (const [character, bytes] of [
    ['x', 1],
    ['ä', 2],
    ['中', 3],
  ] as const) {
    const most = Math.floor((room - 1) / bytes)
    for (const [length, left] of [
      [most - 1, most - 1],
      [most, most],
      [most + 1, most],
    ] as const) {
      const [value, shortened] = kept(character.repeat(length))
      assert.deepEqual([value?.length, shortened], [left, left < length], `${character} ${length}`)
    }
  }
})

test('keeps so little of text to escape that it prints as 12 KiB at most', () => {
  for (const character of ['<', '>', '&', '"', "'"]) {
    const [value = '', shortened] = kept(character.repeat(1_000_000))
    assert.equal(value.length, Math.floor((room - 1) / escaped), character)
    assert.ok(escapeHtml(value).length <= 12 * 1024)
    assert.equal(shortened, true)
  }
})

test('counts all fields together, and stops at the first that does not fit', () => {
  const half = 'x'.repeat(room / 2)
  const { entries, shortened } = shortenInput(
    [
      ['a', half],
      ['b', half],
      ['c', 'short'],
    ],
    false,
  )
  assert.deepEqual(
    entries.map(([name, value]) => [name, value.length]),
    [
      ['a', room / 2],
      ['b', room / 2 - 2],
    ],
  )
  assert.equal(shortened, true)
})

test('keeps no field whose name does not fit', () => {
  const longest = '<'.repeat(room / escaped)
  assert.deepEqual(shortenInput([[longest, '']], false), { entries: [[longest, '']], shortened: false })
  assert.deepEqual(shortenInput([[longest, 'x']], false), { entries: [[longest, '']], shortened: true })
  assert.deepEqual(shortenInput([['<'.repeat(room / escaped + 1), 'x']], false), {
    entries: [],
    shortened: true,
  })
})

test('keeps 200 fields', () => {
  for (const [sent, left] of [
    [199, 199],
    [200, 200],
    [201, 200],
  ] as const) {
    const { entries, shortened } = shortenInput(
      Array.from({ length: sent }, (_, i) => [`f${i}`, ''] as const),
      false,
    )
    assert.deepEqual([entries.length, shortened], [left, sent > left])
  }
})

test('keeps no half of a character at the end of a text that was cut', () => {
  for (const [text, left] of [
    ['Zo\ufffd', 'Zo'],
    ['Zo%', 'Zo'],
    ['Zo%C', 'Zo'],
    ['Zo\ud83d', 'Zo'],
    ['50%!', '50%!'],
    ['Zoë', 'Zoë'],
    ['', ''],
  ] as const) {
    assert.deepEqual(kept(text, true), [left, true])
  }
  assert.deepEqual(kept('50%'), ['50%', false])
  const [value = ''] = kept(`${'x'.repeat(room - 2)}😀`)
  assert.equal(value.length, room - 2)
})

test('keeps a short input as it is', () => {
  const entries = [
    ['title', 'Milk & <bread>'],
    ['title', ''],
  ] as const
  assert.deepEqual(shortenInput(entries, false), { entries, shortened: false })
  assert.deepEqual(shortenInput([], false), { entries: [], shortened: false })
})
