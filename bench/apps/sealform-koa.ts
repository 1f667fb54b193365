import Router from '@koa/router'
import Koa, { type DefaultState } from 'koa'
import { createActions, invalid, redirect } from '../../lib/sealform.js'
import { type SealformContext, sealform } from '../../middleware/koa.js'
import { check, type Issue, page } from './page.js'
import { serve } from './serve.js'

const actions = createActions()

const keep = actions.define('notes.keep', async ({ formData }) => {
  const issue = check(text(formData, 'title'), text(formData, 'note'), text(formData, 'priority'))
  return issue ? invalid({ [issue.name]: issue.message }) : redirect('/done')
})

const app = new Koa<DefaultState, SealformContext>()
const router = new Router<DefaultState, SealformContext>()

router.get('/form', (ctx) => {
  const form = ctx.form(keep)
  const issue = form.issues.find(isOurs)
  ctx.type = 'html'
  ctx.body = page({
    attributes: String(form.attributes),
    fields: String(form.fields),
    title: form.value('title'),
    note: form.value('note'),
    priority: form.value('priority', 'normal'),
    issue,
  })
})

router.get('/done', (ctx) => {
  ctx.body = 'Done'
})

app.use(sealform(actions))
app.use(router.routes())
serve(app.callback())

function text(formData: FormData, name: Issue['name']): string {
  const value = formData.get(name)
  return typeof value === 'string' ? value : ''
}

function isOurs(issue: { readonly name: string; readonly message: string }): issue is Issue {
  return ['title', 'note', 'priority'].includes(issue.name)
}
