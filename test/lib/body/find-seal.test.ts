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
