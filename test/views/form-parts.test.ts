import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { invalid } from '../../lib/sealform.js'
import type { Form } from '../../middleware/koa.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

/** Everything that a page may read of a form, by hand: what is left out here is not offered. */
const parts = [
  'attributes',
  'checked',
  'control',
  'field',
  'fields',
  'honeypot',
  'id',
  'indexes',
  'input',
  'issue',
  'issues',
  'kept',
  'props',
  'seal',
  'select',
  'state',
  'status',
  'submit',
  'summary',
  'textarea',
  'titlePrefix',
  'toObject',
  'validate',
  'value',
  'values',
]

describe('the parts of a form', () => {
  it('are found by for…in, and by no other name', async () => {
    const names: string[] = []
    await shown((form) => {
      for (const name in form) names.push(name)
      return ''
    })
    assert.deepEqual(names.sort(), parts)
  })

  it('need no this', async () => {
    const page = await shown((form) => {
      const { attributes, fields, input, issue, value, summary, submit, props } = form
      return `${summary()}<form ${attributes}>${fields}<input ${input('title')}>${issue('title')}
        <p>${value('title')}</p><button ${submit(form2)}>${props.input('title').name}</button></form>`
    })
    assert.match(page, /<p>Milk<\/p>/)
    assert.match(page, /id="act-title-issue">Not that</)
    assert.match(page, /name="sealform\.submit" value="[\w-]{40,}"/)
    assert.match(page, />title<\/button>/)
  })

  it('are own properties of what toObject() returns, and do the same there', async () => {
    const page = await shown((form) => {
      const plain = form.toObject()
      assert.deepEqual(Object.keys(plain).sort(), parts)
      assert.equal(plain.toObject(), plain)
      return `<form ${plain.attributes}>${plain.fields}<input ${plain.input('title')}>${plain.issue('title')}</form>`
    })
    assert.match(page, /value="Milk"/)
    assert.match(page, /id="act-title-issue">Not that</)
  })

  it('print the same HTML each time that they are read', async () => {
    await shown((form) => {
      assert.equal(String(form.fields), String(form.fields))
      assert.equal(String(form.toObject().fields), String(form.fields))
      assert.equal(String(form.seal), String(form.seal))
      return `<form ${form.attributes}>${form.fields}</form>`
    })
  })
})

let form2: Parameters<Form['submit']>[0]

/** The page that shows a refused submission. The visit that comes before prints the bare form. */
async function shown(print: (form: Form) => string): Promise<string> {
  const { request } = createTestApp(({ actions, router }) => {
    const act = actions.define('act', {
      input: z.object({ title: z.string() }),
      run: () => invalid({ title: 'Not that' }),
    })
    form2 = actions.define('other', () => {})
    router.get('/', (ctx) => {
      ctx.type = 'html'
      ctx.body = visits++ === 0 ? plainPage(ctx.form(act)) : print(ctx.form(act))
    })
  })
  let visits = 0
  const visit = await request.get('/').expect(200)
  const refused = await request
    .post('/')
    .set(fromSamePage)
    .send(urlencoded(formIn(visit.text, 'act').fields, { title: 'Milk' }))
  return refused.text
}

function plainPage(form: Form): string {
  return `<form ${form.attributes}>${form.fields}</form>`
}
