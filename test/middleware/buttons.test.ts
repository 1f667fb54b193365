import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

function draftApp() {
  const runs: string[] = []
  const parts = createTestApp(({ actions, router }) => {
    const save = actions.define('save', async () => {
      runs.push('save')
      return redirect('/')
    })
    const publish = actions.define('publish', async ({ formData }, where: string) => {
      runs.push(`publish ${where} ${formData.get('text')} ${[...formData.keys()].join()}`)
      return redirect('/')
    })
    router.get('/draft', (ctx) => {
      const form = ctx.form(save)
      const to = (where: string) => publish.bind(null, where)
      ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>
        <button>Save</button>
        <button ${form.submit(to('button'))}>Publish</button>
        <input ${form.submit(to('input'), { value: 'Publish "now"' })}>
        <input ${form.submit(to('image'), { type: 'image', src: '/p.png', alt: 'Publish' })}>
        <button ${form.submit(to('checked'), { formnovalidate: false, class: 'x' })}>Publish</button></form>`
    })
  })
  return { ...parts, runs }
}

describe('a submit button of another action', () => {
  it('can be a button whose value is the seal', async () => {
    const { request, runs } = draftApp()
    const { html: form, fields } = formIn((await request.get('/draft')).text, 'save')
    const seal =
      /<button type="submit" name="sealform\.submit" value="([\w-]+)" formnovalidate>/.exec(form)?.[1] ?? ''
    await request
      .post('/draft')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'T', 'sealform.submit': seal }))
      .expect(303)
    assert.deepEqual(runs, ['publish button T text'])
  })

  it('can be an input, whose name carries the seal because its value is the label', async () => {
    const { request, runs } = draftApp()
    const { html: form, fields } = formIn((await request.get('/draft')).text, 'save')
    const [, name = '', label] =
      /<input type="submit" name="(sealform\.submit\.[\w-]+)" value="([^"]*)" formnovalidate>/.exec(form) ??
      []
    assert.equal(label, 'Publish &quot;now&quot;')
    await request
      .post('/draft')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'T', [name]: 'Publish "now"' }))
      .expect(303)
    assert.deepEqual(runs, ['publish input T text'])
  })

  it('can be an image, which sends only coordinates', async () => {
    const { request, runs } = draftApp()
    const { html: form, fields } = formIn((await request.get('/draft')).text, 'save')
    const [, name = ''] =
      /<input type="image" name="(sealform\.submit\.[\w-]+)" formnovalidate src=/.exec(form) ?? []
    const body = urlencoded(fields, { text: 'T', [`${name}.x`]: '12', [`${name}.y`]: '3' })
    await request.post('/draft').set(fromSamePage).send(body).expect(303)
    assert.deepEqual(runs, ['publish image T text'])
  })

  it("can keep the browser's own validation and take other attributes", async () => {
    const { request } = draftApp()
    const { html: form } = formIn((await request.get('/draft')).text, 'save')
    assert.match(form, /<button type="submit" name="sealform\.submit" value="[\w-]+" class="x">/)
  })

  it('refuses attributes that would take its place, by name', async () => {
    const refused: unknown[] = []
    const { request } = createTestApp(({ actions, router }) => {
      const save = actions.define('save', async () => redirect('/'))
      const publish = actions.define('publish', async () => redirect('/'))
      router.get('/draft', (ctx) => {
        const form = ctx.form(save)
        for (const print of [
          () => form.submit(publish, { name: 'intent' }),
          () => form.submit(publish, { type: 'button' }),
          () => form.submit(publish, { form: 'other' }),
          () => form.validate({ name: 'check' }),
          () => form.validate({ type: 'image' }),
          () => form.input('text', { name: 'other' }),
          () => form.textarea('text', { name: 'other' }),
          () => form.select('text', ['a'], { name: 'other' }),
          () => form.control('text', { name: 'other' }),
        ]) {
          assert.throws(print, { code: 'ERR_FORM_INVALID', message: /(?:name|type|form)=/ })
          refused.push(print)
        }
        ctx.body = html`<input ${form.input('text', { name: undefined })}>`
      })
    })
    const { text } = await request.get('/draft').expect(200)
    assert.match(text, /name="text"/)
    assert.equal(refused.length, 9)
  })

  it('runs nothing when two buttons are sent, or its seal does not open', async () => {
    const { request, runs } = draftApp()
    const { html: form, fields } = formIn((await request.get('/draft')).text, 'save')
    const [, name = ''] = /name="(sealform\.submit\.[\w-]+)" value/.exec(form) ?? []
    const [, seal = ''] = /name="sealform\.submit" value="([\w-]+)"/.exec(form) ?? []
    const pressed: Record<string, string>[] = [
      { [name]: 'x', 'sealform.submit': seal },
      { [`${name}.x`]: '1', [name]: 'x' },
      { [`${name}.z`]: '1' },
      { 'sealform.submit': `${seal}A` },
      { 'sealform.submit': '' },
      { 'sealform.submit': fields.sealform?.replace(/^./, 'B') ?? '' },
    ]
    for (const buttons of pressed) {
      const answer = await request
        .post('/draft')
        .set(fromSamePage)
        .send(urlencoded(fields, { text: 'T' }, buttons))
      assert.equal(answer.status, 400, JSON.stringify(buttons))
      assert.match(answer.text, /value="T"/)
    }
    assert.deepEqual(runs, [])
  })
})
