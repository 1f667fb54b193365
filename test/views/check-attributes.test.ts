import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FileRules } from '../../lib/files/file-rules.js'
import { resolveFileRules } from '../../lib/files/file-rules.js'
import type { Attributes } from '../../views/attributes.js'
import { checkAttributes, checkControl } from '../../views/check-attributes.js'
import { checkChoices } from '../../views/choice.js'

function refuses(call: () => unknown, message: RegExp): void {
  assert.throws(call, { name: 'SealformError', code: 'ERR_FORM_INVALID', message })
}

const given = (attributes: unknown) => attributes as Attributes
const files: FileRules = resolveFileRules({ avatar: {}, 'my files': {} }, 'files')
const action = { name: 'profile.save', files }

describe('attributes', () => {
  it('refuse names that are misspelt, with the one that was meant', () => {
    const meant = (name: string) => {
      let found = ''
      refuses(
        () => checkAttributes({ method: 'input', name: 'a' }, { [name]: 'x' }),
        /^form\.input\('a'\): HTML has no attribute "/,
      )
      try {
        checkAttributes({ method: 'input', name: 'a' }, { [name]: 'x' })
      } catch (error) {
        found = /did you mean "(.*)"\?$/.exec(String(error))?.[1] ?? ''
      }
      return found
    }
    assert.equal(meant('requried'), 'required')
    assert.equal(meant('autocomplet'), 'autocomplete')
    assert.equal(meant('placehoder'), 'placeholder')
    assert.equal(meant('maxlenght'), 'maxlength')
    assert.equal(meant('chekced'), 'checked')
    assert.equal(meant('patern'), 'pattern')
    assert.equal(meant('className'), 'class')
    assert.equal(meant('htmlFor'), 'for')
    assert.equal(meant('defaultValue'), 'value')
    assert.equal(meant('defaultChecked'), 'checked')
  })

  it('may have every name of HTML, in upper case too, and names of other libraries', () => {
    for (const name of [
      'required',
      'maxLength',
      'autoComplete',
      'Type',
      'onclick',
      'data-x',
      'aria-label',
      'hx-post',
      'x-on:click',
      '@click',
      ':value',
      'v-model',
      'up-validate',
      'mask',
      'unmasked',
      'constructor',
    ]) {
      for (let twice = 0; twice < 2; twice++) checkAttributes({ method: 'input', name: 'a' }, { [name]: 'x' })
    }
  })

  it('are an object', () => {
    refuses(
      () => checkAttributes({ method: 'submit' }, given('primary')),
      /takes an object of attributes.*not string/,
    )
    refuses(() => checkAttributes({ method: 'submit' }, given(null)), /not null/)
    refuses(() => checkAttributes({ method: 'submit' }, given(['a'])), /not an array/)
  })

  it('stay quick when their names are made from data', () => {
    const before = performance.now()
    for (let i = 0; i < 2000; i++) {
      const name = [...String(i)].map((digit) => 'ghjkqwxzvb'[Number(digit)]).join('')
      checkAttributes({ method: 'input', name: 'a' }, { [`zzzz${name}`]: '' })
    }
    assert.ok(performance.now() - before < 5000)
  })
})

describe('a control', () => {
  it('needs a name', () => {
    for (const name of [undefined, null, 3, '', {}]) {
      refuses(
        () => checkControl({ method: 'input', name: name as string }, action, {}),
        /^form\.input\(\) needs the name of a field as its first argument, not /,
      )
    }
  })

  it('has no name that is reserved', () => {
    for (const name of ['sealform', 'sealform.form', 'sealform.kept.a', 'sealformer']) {
      refuses(() => checkControl({ method: 'textarea', name }, action, {}), /are reserved/)
    }
    checkControl({ method: 'input', name: 'sealform.secret.door' }, action, { type: 'password' })
    checkControl({ method: 'input', name: 'my-sealform' }, action, {})
  })

  it('takes no file in a field that the action does not declare', () => {
    const file = (attributes: Attributes, name = 'photo') =>
      checkControl({ method: 'input', name }, action, attributes)
    refuses(
      () => file({ type: 'file' }),
      /^form\.input\('photo', \{ type: 'file' \}\): the action "profile\.save" takes no file in "photo"\. Declare it: files: \{ photo: \{\} \}\.$/,
    )
    refuses(() => file({ type: 'FILE' }), /takes no file/)
    refuses(() => file({ Type: 'File' }), /takes no file/)
    refuses(() => file({ type: 'file' }, 'a photo'), /files: \{ 'a photo': \{\} \}/)
    refuses(
      () => checkControl({ method: 'control', name: 'photo' }, action, { type: 'file' }),
      /takes no file/,
    )
    file({ type: 'file' }, 'avatar')
    file({}, 'avatar')
    checkControl({ method: 'control', name: 'avatar' }, action, { type: 'file' })
    checkControl({ method: 'control', name: 'avatar' }, action, {})
  })

  it('takes no text in a field that the action declares for files', () => {
    refuses(
      () => checkControl({ method: 'input', name: 'avatar' }, action, { type: 'hidden' }),
      /^form\.input\('avatar', \{ type: 'hidden' \}\): the action "profile\.save" takes files in "avatar", and this control sends text\. Write form\.input\('avatar'\)\.$/,
    )
    refuses(() => checkControl({ method: 'textarea', name: 'avatar' }, action, {}), /takes files in "avatar"/)
    refuses(() => checkControl({ method: 'select', name: 'avatar' }, action, {}), /takes files in "avatar"/)
  })

  it('of a custom element has attributes of its own', () => {
    checkControl({ method: 'control', name: 'plan' }, action, { requried: true, help: 'x' })
  })
})

describe('the options of a select', () => {
  const check = (options: unknown) => checkChoices("form.select('size')", options as never)

  it('are texts, or values with labels', () => {
    check([])
    check(['s', { value: '', label: '' }, { value: 'm', label: 'M', disabled: true }])
    refuses(
      () => check([{ value: 1, label: 'One' }]),
      /^form\.select\('size'\): option 1 has no text as its "value"/,
    )
    refuses(() => check(['s', { value: 'm', lable: 'M' }]), /option 2 has no text as its "label"/)
    refuses(() => check([3]), /option 1/)
    refuses(() => check([null]), /option 1/)
    refuses(() => check({ s: 'Small' }), /needs an array.*not object/)
    refuses(() => check(undefined), /not undefined/)
  })
})
