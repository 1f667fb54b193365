import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { invalid } from '../../lib/sealform.js'
import type { FieldOptions, Form } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

/** Returns what a page prints on a visit, and after it was sent with these fields and has come back with these issues. */
async function printed(
  print: (form: Form) => unknown,
  sent: Record<string, string | string[]> = {},
  issues: Record<string, string> = { '': 'No' },
): Promise<{ visit: string; back: string }> {
  const { request } = createTestApp(({ actions, router }) => {
    const save = actions.define('save', {
      input: z.looseObject({ title: z.string().max(20).optional() }),
      files: { photo: {} },
      labels: { nick: 'Your nickname' },
      run: async () => invalid(issues),
    })
    router.get('/', (ctx) => {
      const form = ctx.form(save)
      ctx.type = 'html'
      ctx.body = `<form ${form.attributes}>${form.fields}<main>${String(print(form))}</main></form>`
    })
  })
  const main = (text: string) => /<main>(.*)<\/main>/s.exec(text)?.[1] ?? text
  const page = await request.get('/')
  const { text } = await request
    .post('/')
    .set(fromSamePage)
    .send(urlencoded(formIn(page.text, 'save').fields, sent))
  return { visit: main(page.text), back: main(text) }
}

function refuses(options: unknown, message: RegExp, code = 'ERR_FORM_INVALID'): Promise<unknown> {
  return assert.rejects(
    printed((form) => {
      assert.throws(() => form.field('title', options as FieldOptions), { code, message })
      throw new Error('refused as it should')
    }),
    /No form "save"/,
  )
}

describe('form.field()', () => {
  it('prints label, hint and control, and after a mistake the message between them', async () => {
    const field = (form: Form) =>
      form.field('title', {
        label: 'Title & more',
        hint: 'At <most> 20',
        value: 'before',
        attributes: { class: 'wide' },
      })
    const { visit, back } = await printed(field, { title: 'typed' }, { title: 'Too short' })
    assert.equal(
      visit,
      '<div class="sealform-field"><label for="save-title">Title &amp; more</label>' +
        '<p class="sealform-hint" id="save-title-hint">At &lt;most&gt; 20</p>' +
        '<input id="save-title" name="title" class="wide" value="before" aria-describedby="save-title-hint" type="text" maxlength="20"></div>',
    )
    assert.equal(
      back,
      '<div class="sealform-field sealform-invalid"><label for="save-title">Title &amp; more</label>' +
        '<p class="sealform-hint" id="save-title-hint">At &lt;most&gt; 20</p>' +
        '<p class="sealform-issue" id="save-title-issue">Too short</p>' +
        '<input id="save-title" name="title" class="wide" value="typed" aria-describedby="save-title-issue save-title-hint" type="text" maxlength="20" aria-invalid="true"></div>',
    )
  })

  it('prints a textarea and a select', async () => {
    const { visit, back } = await printed(
      (form) =>
        html`${form.field('note', { label: 'Note', as: 'textarea', value: 'a' })}${form.field('size', {
          label: 'Size',
          options: ['s', { value: 'm', label: 'Middle' }],
          value: 'm',
        })}`,
      { note: '<b>', size: 's' },
    )
    assert.equal(
      visit,
      '<div class="sealform-field"><label for="save-note">Note</label><textarea id="save-note" name="note">\na</textarea></div>' +
        '<div class="sealform-field"><label for="save-size">Size</label><select id="save-size" name="size">' +
        '<option value="s">s</option><option value="m" selected>Middle</option></select></div>',
    )
    assert.match(back, /<textarea [^>]*>\n&lt;b&gt;<\/textarea>/)
    assert.match(back, /<option value="s" selected>/)
  })

  it('prints a group of choices in a fieldset, which alone refers to hint and message', async () => {
    const options = ['news', { value: 'tips', label: 'Good tips' }]
    const { visit, back } = await printed(
      (form) =>
        form.field('topics', { label: 'Topics', hint: 'Any', as: 'checkboxes', options, value: ['tips'] }),
      { topics: 'news' },
      { topics: 'One more' },
    )
    assert.equal(
      visit,
      '<fieldset class="sealform-field" aria-describedby="save-topics-hint"><legend>Topics</legend>' +
        '<p class="sealform-hint" id="save-topics-hint">Any</p>' +
        '<div class="sealform-choice"><input id="save-topics" name="topics" type="checkbox" value="news"> <label for="save-topics">news</label></div>' +
        '<div class="sealform-choice"><input id="save-topics-tips" name="topics" type="checkbox" value="tips" checked> <label for="save-topics-tips">Good tips</label></div></fieldset>',
    )
    assert.match(
      back,
      /<fieldset class="sealform-field sealform-invalid" aria-describedby="save-topics-hint save-topics-issue">/,
    )
    assert.match(back, /value="news" checked aria-invalid="true">/)
    assert.doesNotMatch(back, /value="tips" checked/)
    assert.equal(back.match(/aria-describedby/g)?.length, 1)
  })

  it('prints radios, and ticks the one that was sent', async () => {
    const { visit, back } = await printed(
      (form) => form.field('plan', { label: 'Plan', as: 'radios', options: ['free', 'team'], value: 'free' }),
      { plan: 'team' },
    )
    assert.match(visit, /type="radio" value="free" checked>/)
    assert.match(back, /type="radio" value="team" checked>/)
    assert.doesNotMatch(back, /value="free" checked/)
  })

  it('prints a single box before its label', async () => {
    const { visit } = await printed((form) =>
      form.field('terms', {
        label: html`I agree to the <a href="/terms">terms</a>`,
        attributes: { type: 'checkbox' },
      }),
    )
    assert.equal(
      visit,
      '<div class="sealform-field"><div class="sealform-choice"><input id="save-terms" name="terms" type="checkbox" value="on"> ' +
        '<label for="save-terms">I agree to the <a href="/terms">terms</a></label></div></div>',
    )
  })

  it('hands its parts to the page, which arranges them', async () => {
    const { visit, back } = await printed(
      (form) =>
        form.field('title', {
          label: 'Title',
          hint: 'Short',
          print: ({ id, invalid, label, hint, issue, control }) =>
            html`<p id="of-${id}" class="${invalid ? 'bad' : 'good'}">${label}${control}${issue}${hint}</p>`,
        }),
      {},
      { title: 'Too short' },
    )
    assert.match(
      visit,
      /^<p id="of-save-title" class="good"><label .*<\/label><input .*><p class="sealform-hint"/,
    )
    assert.match(
      back,
      /class="bad"><label .*<\/label><input .*><p class="sealform-issue".*Too short.*sealform-hint/,
    )
  })

  it('takes its label from the action', async () => {
    const { visit } = await printed(
      (form) => html`${form.field('nick')}${form.field('nick', { label: 'Another' })}`,
    )
    assert.equal(
      visit,
      '<div class="sealform-field"><label for="save-nick">Your nickname</label><input id="save-nick" name="nick"></div>' +
        '<div class="sealform-field"><label for="save-nick-2">Another</label><input id="save-nick-2" name="nick"></div>',
    )
  })

  it('refuses what it cannot print', async () => {
    await refuses({}, /^form\.field\('title'\) needs a label/)
    await refuses({ label: '' }, /needs a label/)
    await refuses({ label: 'T', hint: 3 }, /"hint" must be a text, not number/)
    await refuses({ label: 'T', as: 'radio', options: [] }, /"as" must be one of .*radios/)
    await refuses({ label: 'T', as: 'radios' }, /"options" needs an array of texts/)
    await refuses({ label: 'T', as: 'input', options: ['a'] }, /"options" are for a select/)
    await refuses({ label: 'T', options: ['a'], value: ['a'] }, /only checkboxes take several/)
    await refuses({ label: 'T', print: 'x' }, /"print" must be a function/)
    await refuses(
      { label: 'T', hnit: 'x' },
      /has no option "hnit"; did you mean "hint"/,
      'ERR_OPTION_INVALID',
    )
  })
})

describe('form.props', () => {
  it('has the attributes of each control as an object, without those that are not printed', async () => {
    const seen: unknown[] = []
    await printed(
      (form) => {
        const { props } = form
        seen.push([
          props.form,
          props.input('title', { required: true, readonly: false }),
          props.control('other', { class: null }),
          props.textarea('note', { rows: 3 }),
          props.select('size', ['s']),
          props.validate({ class: 'x' }),
        ])
        return form.value('title')
      },
      { title: 'typed' },
      { title: 'Too short' },
    )
    const title = { id: 'save-title', name: 'title', required: true, type: 'text', maxlength: 20 }
    const rest = [
      { id: 'save-other', name: 'other' },
      { id: 'save-note', name: 'note', rows: 3 },
      { id: 'save-size', name: 'size' },
      { type: 'submit', name: 'sealform.validate', value: 'all', formnovalidate: true, class: 'x' },
    ]
    const form = { id: 'save', method: 'post', enctype: 'multipart/form-data', 'accept-charset': 'utf-8' }
    const issue = { 'aria-invalid': 'true', 'aria-describedby': 'save-title-issue' }
    assert.deepEqual(seen, [
      [form, title, ...rest],
      [form, { ...title, value: 'typed', ...issue }, ...rest],
    ])
  })

  it('is what Pug prints by &attributes', async () => {
    const { default: pug } = await import('pug')
    const template = pug.compile(
      'form&attributes(form.props.form)\n  input&attributes(form.props.input("title", { required: true }))',
    )
    const { visit } = await printed((form) => template({ form }))
    assert.match(
      visit,
      /<form id="save" method="post" enctype="multipart\/form-data" accept-charset="utf-8"><input id="save-title"/,
    )
    assert.match(visit, /required/)
  })
})
