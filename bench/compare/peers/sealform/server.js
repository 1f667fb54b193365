import Router from '@koa/router'
import Koa from 'koa'
import { createActions, invalid, redirect } from 'sealform'
import { html } from 'sealform/html'
import { sealform } from 'sealform/koa'
import { countRuns, issuesOf, keepNote } from './notes.js'

const actions = createActions()

function run({ formData }) {
  const note = Object.fromEntries(formData)
  const issues = issuesOf(note)
  if (Object.keys(issues).length > 0) return invalid(issues)
  keepNote(note)
  return redirect('/done')
}

const keep = actions.define('notes.keep', { once: true, run })
const attach = actions.define('notes.attach', { once: true, files: { file: { maxSize: '1MB' } }, run })

const router = new Router()
router.get('/', (ctx) => {
  const form = ctx.form(keep)
  ctx.body = layout(html`<form ${form.attributes}>${form.fields}
    ${text(form, 'title', 'Title')} ${note(form)} ${text(form, 'quantity', 'Quantity')} <button>Keep</button></form>`)
})
router.get('/upload', (ctx) => {
  const form = ctx.form(attach)
  ctx.body = layout(html`<form ${form.attributes}>${form.fields}
    ${text(form, 'title', 'Title')} ${note(form)} ${text(form, 'file', 'File')} <button>Keep</button></form>`)
})
router.get('/done', (ctx) => {
  ctx.body = 'Done'
})
router.get('/runs', (ctx) => {
  ctx.body = String(countRuns())
})

const layout = (form) => html`<!doctype html>
  <html lang="en"><head><meta charset="utf-8"><title>Notes</title></head><body>
  <h1>Write a note</h1> ${form}</body></html>`

const text = (form, name, label) =>
  html`<label for="${form.id}-${name}">${label}</label> <input ${form.input(name)}> ${form.issue(name)}`

const note = (form) =>
  html`<label for="${form.id}-note">Note</label>
    <textarea id="${form.id}-note" name="note">${form.value('note')}</textarea>`

const app = new Koa()
app.use(sealform(actions))
app.use(router.routes())
app.listen(Number(process.env.PORT), '127.0.0.1')
