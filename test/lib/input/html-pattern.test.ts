import assert from 'node:assert/strict'
import { test } from 'node:test'
import { htmlPattern, matches } from '../../../lib/input/html-pattern.js'

/** Compiles the attribute as HTML does. */
function compiled(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'v')
}

test('writes anchored patterns without their anchors', () => {
  for (const [pattern, attribute] of [
    [/^a+$/, 'a+'],
    [/^[A-Z]{2}\d{4}$/, '[A-Z]{2}\\d{4}'],
    [/^(a|b)$/, '(a|b)'],
    [/^\p{L}+$/u, '\\p{L}+'],
    [/^a(b|c(d|e))$/, 'a(b|c(d|e))'],
    [{ source: '^[\\w.\\-]+$', flags: '' }, '[\\w.\\-]+'],
    [{ source: '^[\\[\\]\\|]$', flags: '' }, '[\\[\\]\\|]'],
    [/^\d-\d$/, '\\d-\\d'],
    [/^[\u00c0-\u017f\-_]+$/, '[\\u00c0-\\u017f\\-_]+'],
    [/^[^a]*$/, '[^a]*'],
    [/^.*\.\S*$/, '.*\\.\\S*'],
    [/^[^\s@]+@[^\s@]+$/u, '[^\\s@]+@[^\\s@]+'],
    [/^.{2}$/u, '.{2}'],
    [{ source: '^[\\p{L}--a]$', flags: 'v' }, '[\\p{L}--a]'],
  ] as const) {
    assert.equal(htmlPattern([pattern]), attribute, String(pattern))
  }
})

test('writes a pattern that may match anywhere', () => {
  for (const [pattern, taken, refused] of [
    [/\d/, ['1', 'a1b'], ['ab']],
    [/^a/, ['a', 'ab'], ['ba']],
    [/a$/, ['a', 'ba'], ['ab']],
    [/^a$|b/, ['a', 'xbx'], ['ax']],
    [/^a|b$/, ['ax', 'xb'], ['xax']],
    [/a\$/, ['xa$x'], ['a']],
    [/^a\$/, ['a$', 'a$x'], ['a']],
  ] as const) {
    const attribute = htmlPattern([pattern])
    assert.ok(attribute !== undefined)
    for (const text of taken) assert.ok(compiled(attribute).test(text), `${pattern} ${text}`)
    for (const text of refused) assert.ok(!compiled(attribute).test(text), `${pattern} ${text}`)
  }
})

test('writes one pattern for several that must all match', () => {
  const attribute = htmlPattern([/\d/, /[A-Z]/, /^[a-z]/i])
  assert.ok(attribute !== undefined)
  for (const text of ['a1B', '1B', 'B1']) assert.ok(compiled(attribute).test(text), text)
  for (const text of ['a1', 'aB', '']) assert.ok(!compiled(attribute).test(text), text)
})

test('leaves out patterns that browsers cannot compile', () => {
  for (const pattern of [
    /^[\w.-]+$/,
    /^[\w.-]+$/u,
    /^[-a-z_]$/,
    /^[a-z-9]$/,
    /^[(){}|/]$/,
    /^[!!]$/,
    { source: '^\\@$', flags: '' },
    /^a{$/,
    /^]$/,
    { source: '^\\1$', flags: '' },
    { source: '(', flags: '' },
    { source: '[a', flags: 'u' },
    { source: '^[a-z&&b]$', flags: 'v' },
  ]) {
    assert.equal(htmlPattern([pattern]), undefined, String(pattern))
  }
})

test('leaves out patterns with flags other than u and v, or with unknown flags', () => {
  for (const flags of ['i', 'iu', 'iv', 'm', 's', 'g', 'y', 'd', 'uy', undefined]) {
    assert.equal(htmlPattern([{ source: '^a$', flags }]), undefined, flags)
  }
  for (const flags of ['', 'u', 'v']) assert.equal(htmlPattern([{ source: '^a$', flags }]), 'a', flags)
})

test('leaves out patterns that mean something else under the flag v', () => {
  for (const pattern of [
    /^..$/,
    /^.{2,}$/,
    /^.+.+$/,
    /^[^a]{2}$/,
    /^\S\S$/,
    /^[\D]$/,
    /^[a&&b]$/,
    /^[a&&b]$/u,
    /^[+--]$/,
    /^[[a]$/,
    { source: '^[[a]$', flags: 'u' },
    { source: '^[^]$', flags: '' },
    { source: '^\\u{3}$', flags: '' },
    /^p{L}$/,
    { source: '^[😀]$', flags: '' },
    /^\ud83d$/,
    /^\cA$/,
    { source: '^(?<a>b)\\k<a>$', flags: '' },
  ]) {
    assert.equal(htmlPattern([pattern]), undefined, String(pattern))
  }
  assert.equal(htmlPattern([]), undefined)
})

test('decides whether a text matches only where all possible flags agree', () => {
  const matched = (source: string, text: string, flags?: string) => matches({ source, flags }, text)
  assert.equal(matched('^a$', 'a'), true)
  assert.equal(matched('^a$', 'b'), false)
  assert.equal(matched('^a$', 'A'), undefined)
  assert.equal(matched('^a$', 'A', ''), false)
  assert.equal(matched('^a$', 'A', 'i'), true)
  assert.equal(matched('^.$', '👍'), undefined)
  assert.equal(matched('^\\p{L}*$', ''), undefined)
  assert.equal(matched('^\\p{L}*$', '', 'u'), true)
  assert.equal(matched('(', '', ''), undefined)
  assert.equal(matched('(', ''), undefined)
})

test('accepts exactly what the schema accepts, for ten thousand random patterns', () => {
  const pieces = [
    'a',
    'b',
    '-',
    '_',
    '.*',
    '.+?',
    '.',
    '\\S',
    '[^a]',
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
    '👍',
    '\ud83d',
    '\udc4d',
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
  assert.ok(said > 2000, `${said}`)
})
