import assert from 'node:assert/strict'
import { test } from 'node:test'
import { htmlPattern } from '../../../lib/input/html-pattern.js'

/** As HTML compiles the attribute. */
function compiled(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'v')
}

test('says what anchored patterns say, without the anchors', () => {
  for (const [pattern, attribute] of [
    [/^a+$/, 'a+'],
    [/^[A-Z]{2}\d{4}$/, '[A-Z]{2}\\d{4}'],
    [/^(a|b)$/, '(a|b)'],
    [/^\p{L}+$/u, '\\p{L}+'],
    [/^[\w.-]+$/, '[\\w.\\-]+'],
    [/^[-a-z_]$/, '[\\-a-z_]'],
    [/^[a-z-9]$/, '[a-z\\-9]'],
    [/^[(){}|/[]$/, '[\\(\\)\\{\\}\\|\\/\\[]'],
    [/^[!!&&]$/, '[\\!!\\&&]'],
    [/^\d-\d$/, '\\d-\\d'],
    [/^[\u00c0-\u017f\-_]+$/, '[\\u00c0-\\u017f\\-_]+'],
    [/^[^a]+$/, '[^a]+'],
    [/^.*$/, '.*'],
    [/^.{2}$/u, '.{2}'],
    [{ source: '^[\\p{L}--a]$', flags: 'v' }, '[\\p{L}--a]'],
  ] as const) {
    assert.equal(htmlPattern([pattern]), attribute, String(pattern))
  }
})

test('says that a pattern may match anywhere', () => {
  for (const [pattern, taken, refused] of [
    [/\d/, ['1', 'a1b'], ['ab']],
    [/^a/, ['a', 'ab'], ['ba']],
    [/a$/, ['a', 'ba'], ['ab']],
    [/^a$|b/, ['a', 'xbx'], ['ax']],
    [/a\$/, ['xa$x'], ['a']],
    [/^a\$/, ['a$', 'a$x'], ['a']],
  ] as const) {
    const attribute = htmlPattern([pattern])
    assert.ok(attribute !== undefined)
    for (const text of taken) assert.ok(compiled(attribute).test(text), `${pattern} ${text}`)
    for (const text of refused) assert.ok(!compiled(attribute).test(text), `${pattern} ${text}`)
  }
})

test('says that several patterns must match', () => {
  const attribute = htmlPattern([/\d/, /[A-Z]/, /^[a-z]/i])
  assert.ok(attribute !== undefined)
  for (const text of ['a1B', '1B', 'B1']) assert.ok(compiled(attribute).test(text), text)
  for (const text of ['a1', 'aB', '']) assert.ok(!compiled(attribute).test(text), text)
})

test('says nothing where HTML has no exact words', () => {
  for (const pattern of [
    /^a$/i,
    /^a$/m,
    /^a.b$/s,
    /^a$/g,
    /^a$/y,
    /^..$/,
    /^.{2,}$/,
    /^[^a]{2}$/,
    /^\S\S$/,
    /^[\D]$/,
    { source: '^\\u{3}$', flags: '' },
    /^p{L}$/,
    { source: '^[😀]$', flags: '' },
    /^\ud83d$/,
    /^\cA$/,
    /^a{$/,
    { source: '^\\1$', flags: '' },
  ]) {
    assert.equal(htmlPattern([pattern]), undefined, String(pattern))
  }
  assert.equal(htmlPattern([{ source: '(', flags: '' }]), undefined)
  assert.equal(htmlPattern([{ source: '[a', flags: 'u' }]), undefined)
  assert.equal(htmlPattern([]), undefined)
})

test('takes what the schema takes, and nothing else, for ten thousand random patterns', () => {
  const pieces = [
    'a',
    'b',
    '-',
    '_',
    '.*',
    '.+?',
    '\\d',
    '\\w',
    '\\W*',
    '\\.',
    '\\-',
    '\\@',
    '[a-b]',
    '[^a]*',
    '[-a]',
    '[a-]',
    '[\\w-]',
    '[\\w-b]',
    '[a-b-_]',
    '[&&]',
    '[a&&b]',
    '[!--]',
    '[+--a]',
    '[(]',
    '[\\]a]',
    '[\\-\\d]',
    '[a\\-b]',
    '[^^]+',
    '[$^]',
    '[[a]',
    '(a|b)',
    '(?:-)',
    'a?',
    'b*',
    '{2}',
    '|',
    '^',
    '$',
    '\\$',
    '\\\\',
    '/',
    '@',
    '[@]',
    '[\\@]',
    '[ -/]',
    '[#-a]',
    '[\\u0041-b]',
    '(?=a)',
    '(?!b)',
  ]
  const letters = [
    'a',
    'b',
    '-',
    '_',
    '.',
    '1',
    '@',
    '&',
    '[',
    ']',
    '(',
    '$',
    '^',
    '\\',
    '/',
    '!',
    '+',
    ',',
    'A',
    ' ',
  ]
  let seed = 11
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % below
  }
  let said = 0
  for (let round = 0; round < 10_000; round++) {
    const source = Array.from({ length: 1 + random(5) }, () => pieces[random(pieces.length)]).join('')
    const flags = random(3) === 0 ? 'u' : ''
    let own: RegExp
    try {
      own = new RegExp(random(2) === 0 ? `^${source}$` : source, flags)
    } catch {
      continue
    }
    const attribute = htmlPattern([own])
    if (attribute === undefined) continue
    said++
    const html = compiled(attribute)
    for (let i = 0; i < 12; i++) {
      const text = Array.from({ length: random(5) }, () => letters[random(letters.length)]).join('')
      assert.equal(
        html.test(text),
        own.test(text),
        `${own} became ${attribute}, which differs for ${JSON.stringify(text)}`,
      )
    }
  }
  assert.ok(said > 5000, `${said}`)
})
