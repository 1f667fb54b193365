import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Attributes } from '../../views/attributes.js'
import { checkButton, refuseName } from '../../views/own-attributes.js'

const submit = { method: 'submit', form: 'save', types: ['submit', 'image'] } as const
const validate = { ...submit, method: 'validate', types: ['submit'] } as const

function refused(button: Parameters<typeof checkButton>[0], attributes: Attributes, message: RegExp): void {
  assert.throws(() => checkButton(button, attributes), { code: 'ERR_FORM_INVALID', message })
}

describe('the attributes of a button', () => {
  it('may not be its name, however it is spelt or left empty', () => {
    for (const attributes of [
      { name: 'intent' },
      { NAME: 'x' },
      { name: '' },
      { name: false },
      { name: null },
    ]) {
      refused(submit, attributes, /^form\.submit\(\) got the attribute n?a?/i)
      refused(validate, attributes, /^form\.validate\(\) got the attribute .*leave the attribute out\.$/)
    }
  })

  it('may not be of a type that does not send the form', () => {
    for (const type of ['button', 'reset', 'hidden', '', true])
      refused(submit, { type }, /Use "submit" or "image"/)
    refused(validate, { type: 'image' }, /Use "submit": another type/)
    refused(submit, { TYPE: 'reset' }, /the attribute TYPE="reset"/)
  })

  it('may not lead to another form, method or encoding', () => {
    refused(submit, { form: 'other' }, /its own form only, which is "save"/)
    refused(submit, { FormMethod: 'GET' }, /sent by "post"/)
    refused(submit, { formmethod: 'dialog' }, /sent by "post"/)
    refused(submit, { formenctype: 'text/plain' }, /how the form is encoded/)
  })

  it('may be anything else, and keep their values', () => {
    const attributes = { class: 'x', value: 'Send', form: 'save', formmethod: 'post', formnovalidate: false }
    assert.deepEqual(checkButton(submit, attributes), attributes)
    assert.deepEqual(checkButton(submit, { Type: 'IMAGE', name: undefined, form: null }), {
      type: 'image',
      form: null,
    })
  })
})

describe('a control', () => {
  it('has the name of the first argument, and takes no other', () => {
    for (const name of ['other', 'title', '', false, null]) {
      assert.throws(() => refuseName('title', { name }), {
        code: 'ERR_FORM_INVALID',
        message: /The control "title"/,
      })
    }
    refuseName('title', { name: undefined })
    refuseName('title', {})
  })
})
