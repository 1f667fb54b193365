import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { done, flash, invalid, redirect } from '../../../lib/sealform.js'

/** Calls that TypeScript refuses and JavaScript makes. */
const untyped = { done, flash, invalid, redirect } as unknown as Readonly<
  Record<'done' | 'flash' | 'invalid' | 'redirect', (...given: unknown[]) => unknown>
>

function refuses(call: () => unknown, message: RegExp): void {
  assert.throws(call, { name: 'SealformError', code: 'ERR_OPTION_INVALID', message })
}

describe('redirect() and flash()', () => {
  it('refuse a missing target', () => {
    refuses(
      () => untyped.redirect(),
      /^redirect\(\) needs the target as text, such as '\/lists', not nothing\.$/,
    )
    refuses(() => untyped.flash({ saved: true }), /^flash\(\) needs the target as text/)
    refuses(() => untyped.flash(), /^flash\(\) needs the target as text/)
  })

  it('refuse a URL object', () => {
    refuses(() => untyped.redirect(new URL('https://a.example')), /not a URL; pass its "href"\.$/)
    refuses(() => untyped.flash({}, new URL('https://a.example')), /^flash\(\).*pass its "href"\.$/)
  })

  it('take any text, and a field that was not sent: these are judged when the request is known', () => {
    assert.equal(redirect('').to, '')
    assert.equal(redirect('/lists').to, '/lists')
    assert.deepEqual(flash({ saved: true }, '/lists').flash, { state: { saved: true } })
    assert.equal(Object(untyped.redirect(null)).to, null)
    assert.equal(Object(untyped.redirect(undefined)).to, undefined)
  })
})

describe('invalid()', () => {
  it('refuses to be called without issues', () => {
    refuses(() => untyped.invalid(), /^invalid\(\) needs what is wrong.*not undefined\.$/)
    refuses(() => untyped.invalid(null), /not null\.$/)
    refuses(() => untyped.invalid(422), /not number\.$/)
    refuses(() => untyped.invalid(false), /not boolean\.$/)
  })

  it('refuses an Error, whose text was not written for visitors', () => {
    refuses(() => untyped.invalid(new Error('SQLITE_BUSY')), /got an Error.*Pass the text/)
  })

  it('refuses objects whose messages are not properties', () => {
    refuses(() => untyped.invalid(Promise.resolve({ title: 'x' })), /got a Promise\. Await a promise/)
    refuses(() => untyped.invalid(new Map([['title', 'x']])), /got a Map\./)
    refuses(() => untyped.invalid(new FormData()), /got a FormData\./)
    assert.deepEqual(invalid({}).issues, [])
    assert.deepEqual(invalid(Object.create(null)).issues, [])
  })

  it('refuses messages that are not text', () => {
    refuses(() => untyped.invalid({ title: 3 }), /^invalid\(\) got number for "title"/)
    refuses(() => untyped.invalid({ title: { message: 'x' } }), /^invalid\(\) got object for "title"/)
    refuses(() => untyped.invalid({ title: ['x', undefined] }), /an issue without a text/)
  })

  it('refuses issues without a text or a name', () => {
    refuses(() => untyped.invalid([{ name: 'title' }]), /an issue without a text/)
    refuses(() => untyped.invalid(['Enter a title']), /an issue without a text/)
    refuses(() => untyped.invalid([null]), /an issue without a text/)
    refuses(() => untyped.invalid([{ message: 'Enter a title' }]), /an issue without a name/)
    refuses(() => untyped.invalid([{ path: 'title', message: 'x' }]), /whose path is not a list/)
  })

  it('takes undefined for a field that has no issue, and what schema libraries add to issues', () => {
    assert.deepEqual(invalid({ title: undefined, body: 'Too short' }).issues, [
      { name: 'body', message: 'Too short' },
    ])
    const issue = { code: 'too_small', path: ['items', 0, 'qty'], message: 'At least 1' }
    assert.deepEqual(invalid([issue]).issues, [{ name: 'items[0].qty', message: 'At least 1' }])
    assert.deepEqual(invalid('No').issues, [{ name: '', message: 'No' }])
  })

  it('refuses misspelt options, and a status in place of them', () => {
    refuses(
      () => untyped.invalid('No', { staus: 429 }),
      /^invalid\(\) has no option "staus"; did you mean "status"\?$/,
    )
    refuses(() => untyped.invalid('No', 429), /^invalid\(\): the options must be an object, not number\.$/)
    assert.equal(invalid('No', { status: 429 }).status, 429)
  })
})

describe('done()', () => {
  it('refuses misspelt options, and a status in place of them', () => {
    refuses(
      () => untyped.done({}, { state: 202 }),
      /^done\(\) has no option "state"; did you mean "status"\?$/,
    )
    refuses(() => untyped.done({}, 202), /^done\(\): the options must be an object, not number\.$/)
    assert.equal(done({}, { status: 202 }).status, 202)
    assert.equal(done().state, undefined)
  })
})
