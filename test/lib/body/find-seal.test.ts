import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { longestActionField } from '../../../lib/base/action-field.js'
import { type Finder, findInMultipart, findInUrlencoded, findRaw } from '../../../lib/body/find-seal.js'

const seal = 'A'.repeat(160)
const name = `sealform.action.${seal}.${'B'.repeat(100)}.a2V5`

const multipart = (...names: string[]) =>
  `${names.map((each) => `--b\r\nContent-Disposition: form-data; name="${each}"\r\n\r\n\r\n`).join('')}--b--\r\n`

/** Shows a body to a finder as it arrives, byte by byte, and then whole. Returns what it found at last. */
function arriving(finder: () => Finder, body: string): unknown {
  const find = finder()
  for (let length = 1; length < body.length; length++) {
    const found = find(Buffer.from(body.slice(0, length)), false)
    assert.notEqual(found, 'absent', `after ${length} bytes`)
    if (typeof found === 'object') return found
  }
  return find(Buffer.from(body), true)
}

describe('the seal in the name of a field', () => {
  it('is found however the body arrives, with and without a value, first or after fields', () => {
    for (const body of [
      `${name}=`,
      name,
      `${name}=label&a=1`,
      `a=1&scale=2&sealform.form=x&${name}=&b=2`,
      `sealform%2Eaction%2E${name.slice('sealform.action.'.length)}=`,
    ]) {
      assert.deepEqual(arriving(findInUrlencoded, body), { seal }, body.slice(0, 40))
    }
    const finder = () => findInMultipart('b')
    assert.deepEqual(arriving(finder, multipart(name)), { seal })
    assert.deepEqual(arriving(finder, multipart('a', 'scale', name)), { seal })
  })

  it('is unusable when the name is too long or has another form, and the form is still a submission', () => {
    for (const bad of [
      'sealform.action.',
      'sealform.action.a!',
      `sealform.action.${'A'.repeat(8193)}`,
      `sealform.action.${'A'.repeat(longestActionField)}`,
      `${name}.a.b.c`,
    ]) {
      assert.deepEqual(
        findInUrlencoded()(Buffer.from(`${bad}=`), true),
        { seal: undefined },
        bad.slice(0, 40),
      )
      assert.deepEqual(findInMultipart('b')(Buffer.from(multipart(bad)), true), { seal: undefined })
    }
    const endless = Buffer.from(`sealform.action.${'A'.repeat(60_000)}`)
    assert.deepEqual(findInUrlencoded()(endless, false), { seal: undefined })
  })

  it('is not seen in other names, in values, or beyond 16 KiB', () => {
    for (const body of [
      'xsealform.action.a=',
      'a=sealform.action.a',
      'sealform.actio=',
      'Sealform.action.a=',
    ]) {
      assert.equal(findInUrlencoded()(Buffer.from(body), true), 'absent', body)
    }
    const far = `a=${'x'.repeat(16 * 1024)}&${name}=`
    assert.equal(findInUrlencoded()(Buffer.from(far), true), 'absent')
    const near = `a=${'x'.repeat(16 * 1024 - 4)}&${name}=`
    assert.deepEqual(findInUrlencoded()(Buffer.from(near), true), { seal })
  })

  it('is refused in a file part, in malformed headers, and where there is no boundary', () => {
    const file = multipart(name).replace('\r\n\r\n', '; filename="a"\r\n\r\n')
    assert.deepEqual(findInMultipart('b')(Buffer.from(file), true), { seal: undefined })
    const malformed = multipart(name).replace(
      'Content-Disposition',
      'Bad header: x\r\n bad\r\nContent-Disposition',
    )
    assert.deepEqual(findInMultipart('b')(Buffer.from(malformed), true), { seal: undefined })
    assert.deepEqual(findRaw(Buffer.from(multipart(name)), true), { seal: undefined })
  })
})

const window = 16 * 1024

describe('the field with the seal', () => {
  it('starts within the first 16 KiB of an urlencoded body', () => {
    const starting = (at: number) => Buffer.from(`a=${'x'.repeat(at - 3)}&sealform=S`)
    assert.deepEqual(findInUrlencoded()(starting(window - 1), true), { seal: 'S' })
    assert.equal(findInUrlencoded()(starting(window), true), 'absent')
    // One that has not ended may still be it, while it is short.
    assert.equal(findInUrlencoded()(starting(window - 1).subarray(0, window + 20), false), 'more')
    assert.equal(findInUrlencoded()(Buffer.from(`a=${'x'.repeat(window - 3)}`), false), 'more')
    assert.equal(findInUrlencoded()(Buffer.from(`a=${'x'.repeat(window - 2)}`), false), 'absent')
  })

  it('has at most 8192 characters, however they are escaped', () => {
    const find = (value: string, ended = true) => findInUrlencoded()(Buffer.from(`sealform=${value}`), ended)
    const longest = 'A'.repeat(8192)
    assert.deepEqual(find(longest), { seal: longest })
    assert.deepEqual(find('%41'.repeat(8192)), { seal: longest })
    assert.deepEqual(find(`${longest}A`), { seal: undefined })
    assert.deepEqual(find(`${'%41'.repeat(8192)}A`, false), { seal: undefined })
    assert.equal(find('%41'.repeat(8192), false), 'more')
    assert.deepEqual(find('%zz'), { seal: undefined })
    const multi = (value: string, end = '\r\n--b--') =>
      findInMultipart('b')(
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="sealform"\r\n\r\n${value}${end}`),
        false,
      )
    assert.deepEqual(multi(longest), { seal: longest })
    assert.deepEqual(multi(`${longest}A`), { seal: undefined })
    assert.equal(multi(longest, '\r\n--'), 'more')
    assert.deepEqual(multi(`${longest}${'A'.repeat(6)}`, ''), { seal: undefined })
  })

  it('is found behind the text before the first delimiter, and starts within 16 KiB', () => {
    const part = '--b\r\nContent-Disposition: form-data; name="sealform"\r\n\r\nS\r\n--b--'
    const behind = (length: number) => Buffer.from(`${'x'.repeat(length - 2)}\r\n${part}`)
    assert.deepEqual(findInMultipart('b')(behind(window - 1), true), { seal: 'S' })
    assert.equal(findInMultipart('b')(behind(window), true), 'absent')
    const text = (length: number) => Buffer.from('x'.repeat(length))
    assert.equal(findInMultipart('b')(text(window + 4), false), 'more')
    assert.equal(findInMultipart('b')(text(window + 5), false), 'absent')
    assert.equal(findInMultipart('b')(text(10), true), 'absent')
    assert.equal(findInMultipart('b')(Buffer.from('--'), false), 'more')
    assert.equal(findInMultipart('b')(Buffer.from('--'), true), 'absent')
  })

  it('is not behind the last delimiter, nor behind headers without an end', () => {
    const part = (name: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nS\r\n`
    assert.equal(findInMultipart('b')(Buffer.from(`--b--\r\n${part('sealform')}--b--`), true), 'absent')
    const headers = (length: number) => Buffer.from(`--b\r\n${'x'.repeat(length)}`)
    assert.equal(findInMultipart('b')(headers(window), false), 'more')
    assert.equal(findInMultipart('b')(headers(window + 1), false), 'absent')
    assert.equal(findInMultipart('b')(headers(10), true), 'absent')
    const unended = Buffer.from(part('a'))
    assert.equal(findInMultipart('b')(unended, false), 'more')
    assert.equal(findInMultipart('b')(unended, true), 'absent')
    assert.deepEqual(findInMultipart('b')(Buffer.from(part('sealform')), true), { seal: undefined })
  })

  it('is unusable as a file, and where its headers are malformed, in whichever notation its name is', () => {
    const block = (headers: string) =>
      findInMultipart('b')(Buffer.from(`--b\r\n${headers}\r\n\r\nS\r\n--b--`), true)
    const disposition = 'Content-Disposition: form-data; name='
    assert.deepEqual(block(`${disposition}"sealform"; filename="a"`), { seal: undefined })
    for (const written of ['"sealform"', 'sealform', '"sealform.action.A"']) {
      assert.deepEqual(block(`${disposition}${written}\r\n${disposition}x`), { seal: undefined }, written)
    }
    for (const written of ['"sealform.form"', 'sealformed', '"unsealform"']) {
      assert.equal(block(`${disposition}${written}\r\n${disposition}x`), 'absent', written)
    }
  })

  it('is looked for in the text of a body without a boundary, within 16 KiB', () => {
    const name = 'name="sealform"'
    const at = (offset: number, text = name) => Buffer.from(`${' '.repeat(offset)}${text}`)
    assert.deepEqual(findRaw(at(window - 1), true), { seal: undefined })
    assert.equal(findRaw(at(window), true), 'absent')
    assert.deepEqual(findRaw(at(0, 'name="sealform.action.A"'), true), { seal: undefined })
    const longest = 'name="sealform.action.'.length
    assert.equal(findRaw(at(window + longest - 1, ''), false), 'more')
    assert.equal(findRaw(at(window + longest, ''), false), 'absent')
    assert.equal(findRaw(at(5, ''), true), 'absent')
  })
})
