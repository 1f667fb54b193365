import assert from 'node:assert/strict'
import { describe, it, test } from 'node:test'
import { writeActionField } from '../../../lib/base/action-field.js'
import { FieldCollector, ownFieldLength } from '../../../lib/body/field-collector.js'
import { defaultLimits, type Limits, shownFields } from '../../../lib/body/limits.js'
import type { Reading } from '../../../lib/body/reading.js'

type Field = readonly [name: string, value: string]

/** Collects these fields, in their order. */
function collected(fields: readonly Field[], limits: Partial<Limits> = {}): Reading {
  const collector = new FieldCollector({ ...defaultLimits, ...limits })
  for (const [name, value] of fields) collector.add(name, value, Buffer.byteLength(value))
  return collector.reading('whole')
}

function assertRefused(fields: readonly Field[], reason: string, words: RegExp): void {
  const { refusal } = collected(fields)
  assert.equal(refusal?.reason, reason)
  assert.equal(refusal?.status, reason === 'fields' ? 413 : 400)
  assert.match(refusal?.detail ?? '', words)
}

describe("Sealform's own fields", () => {
  it('are told apart from those of the form, and not counted', () => {
    const own: Field[] = [
      ['sealform', 'S'],
      ['sealform.form', 'act'],
      ['sealform.state', 'T'],
      ['sealform.submit', 'B'],
      ['sealform.validate', 'all'],
      ['sealform.website', ''],
    ]
    const reading = collected([...own, ['title', 'Milk']], { fields: 1 })
    assert.deepEqual(reading.entries, [['title', 'Milk']])
    assert.equal(reading.refusal, undefined)
    assert.deepEqual(reading.own, {
      form: 'act',
      state: 'T',
      submit: 'B',
      validate: 'all',
      trapped: false,
      named: undefined,
    })
    assert.deepEqual([reading.kept, reading.secrets], [undefined, undefined])
  })

  for (const name of [
    'sealform',
    'sealform.form',
    'sealform.state',
    'sealform.submit',
    'sealform.validate',
  ]) {
    it(`may not come twice: ${name}. The first one counts`, () => {
      assertRefused(
        [
          [name, 'one'],
          [name, 'two'],
        ],
        'duplicate',
        new RegExp(`"${name.replace('.', '\\.')}"`),
      )
      const { own } = collected([
        [name, 'one'],
        [name, 'two'],
      ])
      assert.ok(!Object.values(own).includes('two'))
    })
  }

  it('have at most 8192 characters', () => {
    const longest = 'x'.repeat(ownFieldLength)
    assert.equal(collected([['sealform.form', longest]]).own.form, longest)
    assertRefused([['sealform.form', `${longest}x`]], 'malformed', /8193 characters; at most 8192/)
    assert.equal(collected([['sealform.form', `${longest}x`]]).own.form, undefined)
  })

  it('have no other names', () => {
    for (const name of ['sealform.', 'sealformed', 'sealform.other', 'sealform.actio', 'sealform.keep.x']) {
      assertRefused([[name, '']], 'reserved', /reserved/)
    }
  })

  it('say that a program has filled in the honeypot, also when it comes again empty', () => {
    assert.equal(
      collected([
        ['sealform.website', 'x'],
        ['sealform.website', ''],
      ]).own.trapped,
      true,
    )
    assert.equal(collected([['sealform.website', '']]).own.trapped, false)
  })

  it('name files that are kept and dropped, with the place where they came', () => {
    const { kept, entries, refusal } = collected([
      ['sealform', 'S'],
      ['title', 'Milk'],
      ['sealform.kept.photo', 'K1'],
      ['note', ''],
      ['sealform.drop.photo', 'D1'],
      ['sealform.kept.photo', 'K2'],
    ])
    assert.deepEqual(kept, {
      references: [
        { field: 'photo', token: 'K1', position: 1 },
        { field: 'photo', token: 'K2', position: 2 },
      ],
      dropped: [{ field: 'photo', mark: 'D1' }],
    })
    assert.deepEqual(entries, [
      ['title', 'Milk'],
      ['note', ''],
    ])
    assert.equal(refusal, undefined)
  })

  it('name at most 1000 files, kept and dropped together', () => {
    const half = (name: string) => Array.from({ length: 500 }, (_, i): Field => [name, `${i}`])
    const most = [...half('sealform.kept.a'), ...half('sealform.drop.a')]
    assert.equal(collected(most).refusal, undefined)
    for (const name of ['sealform.kept.a', 'sealform.drop.a']) {
      assertRefused([...most, [name, 'one more']], 'fields', /more than 1000 fields for kept files/)
      const { kept } = collected([...most, [name, 'one more']])
      assert.deepEqual([kept?.references.length, kept?.dropped.length], [500, 500])
    }
  })
})

describe('a button whose name carries its seal', () => {
  const { own } = collected([
    ['sealform', 'S'],
    ['sealform.submit.B_-9', 'Save'],
  ])

  it('is read as one whose value does', () => assert.equal(own.submit, 'B_-9'))

  it('may be an image, which sends two positions', () => {
    const both = collected([
      ['sealform.submit.B.x', '3'],
      ['sealform.submit.B.y', '4'],
    ])
    assert.deepEqual([both.own.submit, both.refusal], ['B', undefined])
    const reversed = collected([
      ['sealform.submit.B.y', '4'],
      ['sealform.submit.B.x', '3'],
    ])
    assert.deepEqual([reversed.own.submit, reversed.refusal], ['B', undefined])
  })

  it('comes once', () => {
    const others: readonly (readonly Field[])[] = [
      [
        ['sealform.submit.A', ''],
        ['sealform.submit.B', ''],
      ],
      [
        ['sealform.submit', 'A'],
        ['sealform.submit.B', ''],
      ],
      [
        ['sealform.submit.A', ''],
        ['sealform.submit', 'B'],
      ],
      [
        ['sealform.submit.A.x', '1'],
        ['sealform.submit.B.y', '1'],
      ],
      [
        ['sealform.submit.A.x', '1'],
        ['sealform.submit.A.x', '2'],
      ],
      [
        ['sealform.submit.A.x', '1'],
        ['sealform.submit.A.y', '2'],
        ['sealform.submit.A.x', '3'],
      ],
      [
        ['sealform.submit.A', ''],
        ['sealform.submit.A.x', '1'],
      ],
    ]
    for (const fields of others) {
      assertRefused(fields, 'duplicate', /"sealform\.submit"/)
      assert.equal(collected(fields).own.submit, 'A')
    }
  })

  it('is refused when the seal has other characters, or is too long', () => {
    for (const seal of ['', 'a+b', 'a b', 'B.z', 'B.x.y', 'x'.repeat(ownFieldLength + 1)]) {
      assertRefused([[`sealform.submit.${seal}`, '']], 'reserved', /reserved/)
    }
    const longest = 'x'.repeat(ownFieldLength)
    assert.equal(collected([[`sealform.submit.${longest}`, '']]).own.submit, longest)
    assertRefused(
      [
        [`x`, ''],
        [` sealform.submit.B`, ''],
        ['sealform.submit.B!', ''],
      ],
      'reserved',
      /reserved/,
    )
  })
})

describe('a name that React prints', () => {
  const name = (seal: string, state?: string, key?: string) => writeActionField({ seal, state, key })

  it('is the seal of the form when it comes first', () => {
    const { own, refusal } = collected([[name('FORM', 'ST', 'k1'), '']])
    assert.equal(refusal, undefined)
    assert.equal(own.state, 'ST')
    assert.deepEqual(own.named, {
      form: { seal: 'FORM', state: 'ST', key: 'k1', axis: '' },
      pressed: undefined,
    })
  })

  it('is the button that was pressed when it comes second, and brings its own state', () => {
    const { own, refusal } = collected([
      [name('FORM', 'ST'), ''],
      [name('BUTTON'), ''],
    ])
    assert.equal(refusal, undefined)
    assert.equal(own.state, undefined)
    assert.equal(own.named?.form.seal, 'FORM')
    assert.equal(own.named?.pressed?.seal, 'BUTTON')
  })

  it('may belong to an image, which sends two positions', () => {
    for (const [first, second] of [
      ['x', 'y'],
      ['y', 'x'],
    ] as const) {
      const fields: Field[] = [
        [name('FORM'), ''],
        [`${name('BUTTON', 'ST', 'k')}.${first}`, '1'],
        [`${name('BUTTON', 'ST', 'k')}.${second}`, '2'],
      ]
      const { own, refusal } = collected(fields)
      assert.deepEqual([own.named?.pressed?.seal, refusal], ['BUTTON', undefined])
      assert.equal(collected(fields.slice(1)).refusal, undefined)
    }
  })

  it('keeps the state that came in a field of its own', () => {
    const { own, refusal } = collected([
      ['sealform.state', 'OWN'],
      [name('FORM', ''), ''],
    ])
    assert.deepEqual([own.state, refusal], ['OWN', undefined])
  })

  it('comes at most twice, and not beside a button of another kind', () => {
    const many: readonly (readonly Field[])[] = [
      [
        [name('A'), ''],
        [name('B'), ''],
        [name('C'), ''],
      ],
      [
        ['sealform', 'S'],
        [name('B'), ''],
      ],
      [
        [name('A'), ''],
        ['sealform.submit', 'B'],
        [name('C'), ''],
      ],
      [
        [name('A'), ''],
        [`${name('B')}.x`, ''],
        [`${name('C')}.y`, ''],
      ],
      [
        [name('A'), ''],
        [`${name('B')}.x`, ''],
        [`${name('B')}.x`, ''],
      ],
      [
        [name('A'), ''],
        [`${name('B')}.x`, ''],
        [`${name('B')}.y`, ''],
        [`${name('B')}.x`, ''],
      ],
      [
        [name('A'), ''],
        [`${name('B', 'S1')}.x`, ''],
        [`${name('B', 'S2')}.y`, ''],
      ],
      [
        [name('A'), ''],
        [`${name('B', 'S1', 'k1')}.x`, ''],
        [`${name('B', 'S1', 'k2')}.y`, ''],
      ],
      [
        ['sealform.state', 'T'],
        [name('A', 'S1'), ''],
      ],
    ]
    for (const fields of many) assertRefused(fields, 'duplicate', /"sealform\.action\."/)
    assertRefused(
      [
        [name('A'), ''],
        [name('B'), ''],
        ['sealform.submit', 'C'],
      ],
      'duplicate',
      /"sealform\.submit"/,
    )
    assertRefused(
      [
        [name('A'), ''],
        [name('B'), ''],
        ['sealform.submit.C', ''],
      ],
      'duplicate',
      /"sealform\.submit"/,
    )
    assertRefused(
      [
        [name('A'), ''],
        ['sealform', 'S'],
      ],
      'duplicate',
      /"sealform"/,
    )
  })

  it('is refused when nothing could have printed it', () => {
    for (const wrong of ['sealform.action.', 'sealform.action.a+b', 'sealform.action.A.S.K.z.x']) {
      assertRefused([[wrong, '']], 'reserved', /reserved/)
      assert.equal(collected([[wrong, '']]).own.named, undefined)
    }
  })
})

describe('a field that is named as secret', () => {
  it('is remembered, and takes part under its own name', () => {
    const { entries, secrets } = collected([
      ['sealform.secret.door', '1234'],
      ['title', 'x'],
    ])
    assert.deepEqual(entries, [
      ['door', '1234'],
      ['title', 'x'],
    ])
    assert.deepEqual([...(secrets ?? [])], ['door'])
  })

  it('is remembered when it comes behind the last field that is kept', () => {
    const many = Array.from({ length: 1001 }, (_, i): Field => [`f${i}`, ''])
    const { entries, secrets, cut } = collected([...many, ['sealform.secret.door', '1234']], { fields: 1 })
    assert.deepEqual([entries.length, cut], [1001, true])
    assert.deepEqual([...(secrets ?? [])], ['door'])
  })

  it('is not one of the library, and has a name', () => {
    for (const name of ['', 'sealform', 'sealform.secret.x', '__proto__']) {
      const { refusal, entries } = collected([[`sealform.secret.${name}`, 'x']])
      assert.deepEqual([refusal?.reason, refusal?.status, entries], ['reserved', 400, []])
    }
    assertRefused([['sealform.secret.', 'x']], 'reserved', /starts with "sealform\.secret\."/)
  })
})

test('refuses one field more than the limit, and keeps 1000 more to show again', () => {
  const fields = (count: number) => Array.from({ length: count }, (_, i): Field => [`f${i}`, ''])
  assert.equal(collected(fields(3), { fields: 3 }).refusal, undefined)
  const over = collected(fields(4), { fields: 3 })
  assert.deepEqual(
    [over.refusal?.reason, over.refusal?.status, over.refusal?.limit, over.cut],
    ['fields', 413, 3, false],
  )
  assert.match(over.refusal?.detail ?? '', /more than 3 fields/)
  const most = collected(fields(1003), { fields: 3 })
  assert.deepEqual([most.entries.length, most.cut], [1003, false])
  const beyond = collected(fields(1004), { fields: 3 })
  assert.deepEqual([beyond.entries.length, beyond.cut], [1003, true])
})

test('measures names and values in bytes of UTF-8', () => {
  const name = 'é'.repeat(4)
  assert.equal(collected([[name, '']], { fieldName: 8 }).refusal, undefined)
  const long = collected(
    [
      ['a', ''],
      [name, ''],
    ],
    { fieldName: 7 },
  )
  assert.deepEqual([long.refusal?.reason, long.refusal?.limit], ['field-name', 7])
  assert.match(long.refusal?.detail ?? '', /^field 2 has a name of 8 bytes; fieldName allows 7$/)
  assert.equal(collected([['abc', '']], { fieldName: 9 }).refusal, undefined)
  assert.equal(collected([['x', 'éé']], { fieldValue: 4 }).refusal, undefined)
  const large = collected([['x', 'éé']], { fieldValue: 3 })
  assert.deepEqual([large.refusal?.reason, large.refusal?.limit], ['field-value', 3])
  assert.match(large.refusal?.detail ?? '', /^field 1 has a value of 4 bytes; fieldValue allows 3$/)
})

test('keeps the first refusal, and the fields behind it', () => {
  const { refusal, entries } = collected([
    ['__proto__', ''],
    ['sealform.x', ''],
    ['a', '1'],
  ])
  assert.match(refusal?.detail ?? '', /"__proto__"/)
  assert.deepEqual(entries, [['a', '1']])
})

test('reads on behind a seal that opened, and no more than is shown behind one that did not', () => {
  const limits = { ...defaultLimits, fields: 10 }
  for (const [mode, satisfied] of [
    ['accept', false],
    ['unopened', true],
  ] as const) {
    const collector = new FieldCollector(limits, mode)
    for (let i = 0; i < shownFields; i++) collector.add(`f${i}`, '', 0)
    assert.equal(collector.satisfied, false, mode)
    collector.add('one more', '', 0)
    assert.equal(collector.satisfied, satisfied, mode)
    assert.equal(collector.reading('whole').cut, satisfied, mode)
  }
})

test('says how reading ended', () => {
  const ends = (['whole', 'cut', 'aborted', 'taken'] as const).map((end) => {
    const { cut, aborted, taken } = new FieldCollector(defaultLimits).reading(end)
    return [end, cut, aborted, taken]
  })
  assert.deepEqual(ends, [
    ['whole', false, false, false],
    ['cut', true, false, false],
    ['aborted', false, true, false],
    ['taken', true, false, true],
  ])
})
