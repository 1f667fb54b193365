import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import KoaRouter from '@koa/router'
import Koa from 'koa'
import * as v from 'valibot'
import { z } from 'zod'
import { done, invalid, redirect, type StandardSchemaV1 } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, Koa2, OtherRouter, urlencoded } from '../setup/koa-app.js'

interface Setup {
  readonly Koa: typeof Koa
  readonly Router: typeof KoaRouter
  readonly schema: StandardSchemaV1<unknown, { title: string }>
}

const withZod = z.object({ title: z.string().min(1, 'Enter a title') })
const withValibot = v.object({ title: v.pipe(v.string(), v.minLength(1, 'Enter a title')) })

function listApp({ Koa, Router, schema }: Setup) {
  const runs: unknown[] = []
  const parts = createTestApp(
    ({ actions, router }) => {
      const addTodo = actions.define('todos.add', {
        input: schema,
        async run({ input, formData, cookies }, listId: string) {
          runs.push({ title: input.title, note: formData.get('note'), listId })
          if (input.title === 'Milk') return invalid({ title: 'Already on the list' })
          cookies.set('last', listId)
          return redirect(`/lists/${listId}?added=1`)
        },
      })
      const clearList = actions.define('todos.clear', async (_submission, listId: string) => {
        runs.push({ cleared: listId })
        return done({ cleared: true })
      })
      router.get('/lists/:id', (ctx) => {
        const id = ctx.params.id ?? ''
        const form = ctx.form(addTodo.bind(null, id))
        ctx.body = html`<!doctype html><title>${form.titlePrefix}List</title>
          <p>method ${ctx.method}, cookie ${ctx.cookies.get('last') ?? 'none'}, query ${ctx.querystring}</p>
          ${form.summary()}<p>${form.status}</p>
          <form ${form.attributes}>${form.fields}
          <input ${form.input('title', { required: true })}>${form.issue('title')}
          <input ${form.input('note')}>
          <button>Add</button><button ${form.submit(clearList.bind(null, id))}>Clear</button></form>`
      })
    },
    { Koa, Router },
  )
  return { ...parts, runs }
}

function submissionSuite(setup: Setup) {
  it('renders a form with a seal of at most 8 KiB and no action attribute', async () => {
    const { request } = listApp(setup)
    const page = await request
      .get('/lists/7')
      .expect(200)
      .expect('Content-Type', /text\/html/)
    const { html, fields } = formIn(page.text, 'todos.add')
    assert.match(html, /^<form id="todos.add" method="post" accept-charset="utf-8">/)
    assert.deepEqual(Object.keys(fields), ['sealform', 'sealform.form'])
    assert.match(fields.sealform ?? '', /^[A-Za-z0-9_-]{100,400}$/)
  })

  it('runs the action with its bound values and answers 303 with an empty body', async () => {
    const { request, runs } = listApp(setup)
    const page = await request.get('/lists/7')
    const answer = await request
      .post('/lists/7')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'todos.add').fields, { title: 'Bread', note: 'rye' }))
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.location, '/lists/7?added=1')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.text, '')
    assert.equal(answer.headers['content-type'], undefined)
    assert.match(String(answer.headers['set-cookie']), /^last=7; Path=\/; HttpOnly; SameSite=Lax$/)
    assert.deepEqual(runs, [{ title: 'Bread', note: 'rye', listId: '7' }])
  })

  it('shows the page again with 422, the input and the issue when the schema refuses', async () => {
    const { request, runs } = listApp(setup)
    const page = await request.get('/lists/7')
    const answer = await request
      .post('/lists/7?page=2')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'todos.add').fields, { title: '', note: '<kept> & "quoted"' }))
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<title>Error: List<\/title>/)
    assert.match(answer.text, /method GET, cookie none, query page=2/)
    assert.match(answer.text, /<p class="sealform-issue" id="todos.add-title-issue">Enter a title<\/p>/)
    assert.match(answer.text, /aria-invalid="true" aria-describedby="todos.add-title-issue"/)
    assert.match(answer.text, /name="note" value="&lt;kept&gt; &amp; &quot;quoted&quot;"/)
    assert.match(answer.text, /role="alert" tabindex="-1" autofocus/)
    assert.deepEqual(runs, [])
  })

  it('shows the issues that the action returned', async () => {
    const { request, runs } = listApp(setup)
    const page = await request.get('/lists/7')
    const answer = await request
      .post('/lists/7')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'todos.add').fields, { title: 'Milk', note: '' }))
    assert.equal(answer.status, 422)
    assert.match(answer.text, /Already on the list/)
    assert.match(answer.text, /name="title" required aria-invalid|value="Milk"/)
    assert.equal(runs.length, 1)
  })

  it('runs the action of the button that was pressed, with the fields of the form', async () => {
    const { request, runs } = listApp(setup)
    const page = await request.get('/lists/7')
    const { html, fields } = formIn(page.text, 'todos.add')
    const button = /name="sealform.submit" value="([^"]+)" formnovalidate/.exec(html)?.[1] ?? ''
    const answer = await request
      .post('/lists/7')
      .set(fromSamePage)
      .send(urlencoded(fields, { title: '', note: 'kept?', 'sealform.submit': button }))
    assert.equal(answer.status, 200)
    assert.deepEqual(runs, [{ cleared: '7' }])
    assert.match(answer.text, /<p>done<\/p>/)
  })

  it('takes the same form as multipart/form-data', async () => {
    const { request, runs } = listApp(setup)
    const page = await request.get('/lists/7')
    const { fields } = formIn(page.text, 'todos.add')
    let post = request.post('/lists/7').set(fromSamePage)
    for (const [name, value] of Object.entries({ ...fields, title: 'Größe\r\n"x"', note: '' }))
      post = post.field(name, value)
    const answer = await post
    assert.equal(answer.status, 303)
    assert.deepEqual(runs, [{ title: 'Größe\r\n"x"', note: '', listId: '7' }])
  })

  it('seals the form again in every answer, so that it can be sent again', async () => {
    const { request, runs } = listApp(setup)
    const page = await request.get('/lists/7')
    const first = await request
      .post('/lists/7')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'todos.add').fields, { title: '', note: '' }))
    const again = formIn(first.text, 'todos.add').fields
    assert.match(again.sealform ?? '', /^[A-Za-z0-9_-]{100,400}$/)
    assert.match(formIn(first.text, 'todos.add').html, / data-sealform-mark="[\w-]{16}"/)
    await request
      .post('/lists/7')
      .set(fromSamePage)
      .send(urlencoded(again, { title: 'Bread', note: '' }))
      .expect(303)
    assert.equal(runs.length, 1)
  })
}

describe('a submission on Koa 3 with @koa/router and zod', () =>
  submissionSuite({ Koa, Router: KoaRouter, schema: withZod }))
describe('a submission on Koa 3 with koa-router and valibot', () =>
  submissionSuite({ Koa, Router: OtherRouter, schema: withValibot }))
describe('a submission on Koa 2 with @koa/router and valibot', () =>
  submissionSuite({ Koa: Koa2, Router: KoaRouter, schema: withValibot }))
describe('a submission on Koa 2 with koa-router and zod', () =>
  submissionSuite({ Koa: Koa2, Router: OtherRouter, schema: withZod }))

for (const [name, Framework] of [
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
] as const) {
  describe(`errors on ${name}`, () => {
    it('are answered with the input when a listener of errors throws', async (t) => {
      const printed = t.mock.method(console, 'error', () => {})
      const broken = new Error('the listener broke')
      const boom = new Error('boom')
      const { request, errors } = createTestApp(
        ({ actions, app, router }) => {
          const act = actions.define('act', () => Promise.reject(boom))
          app.on('error', () => {
            throw broken
          })
          router.get('/form', (ctx) => {
            const form = ctx.form(act)
            ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.summary()}</form>`
          })
        },
        { Koa: Framework },
      )
      const { fields } = formIn((await request.get('/form')).text, 'act')
      const answer = await request
        .post('/form')
        .set(fromSamePage)
        .send(urlencoded(fields, { text: 'typed' }))
      assert.equal(answer.status, 500)
      assert.match(answer.text, /value="typed"/)
      assert.deepEqual(errors, [boom])
      assert.deepEqual(
        printed.mock.calls.map(({ arguments: [what] }) => what),
        [boom, broken],
      )
    })
  })
}
