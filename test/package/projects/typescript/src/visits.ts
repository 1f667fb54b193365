import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { test } from 'node:test'
import Koa from 'koa'
import { html } from 'sealform/html'
import { type SealformContext, sealform } from 'sealform/koa'
import { createBrowser, type Invocation, invoke, type TestForm, type TestPage, visit } from 'sealform/testing'
import { actions, addTodo, type Count, step } from './actions.js'

const app = new Koa<Koa.DefaultState, SealformContext>()
app.use(sealform(actions))
app.use((ctx) => {
  const form = ctx.form(step.bind(null, 2), { initial: { count: 5 } })
  ctx.body = html`<form ${form.attributes}>${form.fields}<output>${form.state?.count}</output><button>Count</button></form>`
})

test('a page is visited', async () => {
  const page: TestPage = await visit(app, '/')
  const form: TestForm = page.form('counter.step')
  const next: TestPage = await form.fill({}).submit('Count')
  assert.deepEqual(next.texts('output'), ['7'])
  const listener: RequestListener = (_req, res) => res.end('there')
  const status: number = (await createBrowser(createServer(listener)).visit('/')).status
  assert.equal(status, 200)
})

test('an action is called alone', async () => {
  const call = invoke.with({ context: {} })
  const added: Invocation = await call(addTodo, { title: 'Bread', note: 'x' }, 'groceries', 1)
  assert.equal(added.to, '/?list=groceries&added=Bread')
  const invalid = await call(addTodo.bind(null, 'groceries'), new FormData(), 2)
  const issues: readonly { name: string; message: string }[] = invalid.issues
  assert.deepEqual(
    issues.map(({ name }) => name),
    ['title', 'note'],
  )
  const counted: Invocation<Count> = await invoke.with({ previous: { count: 1 } })(step, {}, 2)
  const count: number | undefined = counted.state?.count
  assert.equal(count, 3)
})
