import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printAttributes } from '../../views/attributes.js'

describe('printAttributes', () => {
  it('prints values between double quotes, in the order given', () => {
    assert.equal(
      printAttributes({ name: 'title', maxlength: 100, class: 'a b' }),
      'name="title" maxlength="100" class="a b"',
    )
  })

  it('prints the name alone for true', () => {
    assert.equal(printAttributes({ required: true, name: 'a', checked: true }), 'required name="a" checked')
  })

  it('prints nothing for false, null and undefined, and no space in their place', () => {
    assert.equal(printAttributes({ a: false, b: null, name: 'x', c: undefined }), 'name="x"')
    assert.equal(printAttributes({ a: false }), '')
    assert.equal(printAttributes({}), '')
  })

  it('prints an empty string and zero, which are values', () => {
    assert.equal(printAttributes({ value: '', min: 0 }), 'value="" min="0"')
  })

  it('escapes a value that tries to leave its quotes', () => {
    assert.equal(
      printAttributes({ value: `" onfocus='alert(1)' x="<&>` }),
      'value="&quot; onfocus=&#39;alert(1)&#39; x=&quot;&lt;&amp;&gt;"',
    )
  })

  it('takes the names that frameworks use', () => {
    assert.equal(
      printAttributes({ 'data-a.b': '1', '@click': 'x', ':value': 'y', 'hx-on:click': 'z', größe: 'g' }),
      'data-a.b="1" @click="x" :value="y" hx-on:click="z" größe="g"',
    )
  })

  it('prints names that every object has as properties', () => {
    const attributes: Record<string, string> = JSON.parse('{"__proto__":"a","constructor":"b"}')
    assert.equal(printAttributes(attributes), '__proto__="a" constructor="b"')
  })

  it('refuses an empty name', () => refuses(''))
  it('refuses a name with a space', () => refuses('a onclick'))
  it('refuses a name with a line break', () => refuses('a\nonclick'))
  it('refuses a name with a form feed', () => refuses('a\fonclick'))
  it('refuses a name with a double quote', () => refuses('a"'))
  it('refuses a name with a single quote', () => refuses("a'"))
  it('refuses a name with <', () => refuses('<script'))
  it('refuses a name with >', () => refuses('a>'))
  it('refuses a name with /', () => refuses('a/'))
  it('refuses a name with =', () => refuses('a=b'))
  it('refuses a name with a NUL', () => refuses('a\u0000'))
  it('refuses a name with DEL', () => refuses('a\u007f'))

  it('refuses a value without a text, such as the options that Handlebars adds to a call', () => {
    const handed = { name: 'input', hash: {} }
    assert.throws(() => printAttributes(handed as never), {
      code: 'ERR_FORM_INVALID',
      message: /"hash" needs text/,
    })
  })

  it('does not check a name that is not printed', () => {
    assert.equal(printAttributes({ 'a b': false, name: 'x' }), 'name="x"')
  })
})

function refuses(name: string): void {
  assert.throws(() => printAttributes({ [name]: 'x' }), {
    code: 'ERR_FORM_INVALID',
    message: `${JSON.stringify(name)} cannot be the name of an attribute.`,
  })
}
