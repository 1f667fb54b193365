import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import Koa, { type DefaultState } from 'koa'
import { createActions, redirect } from 'sealform'
import { html, raw } from 'sealform/html'
import { type SealformContext, sealform } from 'sealform/koa'
import { serve } from '../apps/serve.js'
import { ways } from './ways.js'

// A page with a list and a form that adds a row, for each way to send it: /ours?rows=20.

const actions = createActions()
let newest = 'The first row'

const add = actions.define('rows.add', ({ formData }, target: string) => {
  newest = String(formData.get('title'))
  return redirect(target)
})

const app = new Koa<DefaultState, SealformContext>()

app.use((ctx, next) => {
  const way = ways.find(({ id }) => ctx.path === `/${id}.js`)
  if (way?.script === undefined) return next()
  ctx.type = 'text/javascript'
  // Compressed, as the middleware serves its own script.
  ctx.body = gzipSync(readFileSync(way.script))
  ctx.set('Content-Encoding', 'gzip')
  ctx.set('Cache-Control', 'max-age=3600')
  return undefined
})

app.use(sealform(actions))

app.use((ctx) => {
  const way = ways.find(({ id }) => ctx.path === `/${id}`)
  if (!way) return
  const form = ctx.form(add.bind(null, ctx.url))
  const element = way.element ?? 'section'
  const count = Number(ctx.query.rows ?? 20)
  const rows = Array.from({ length: count }, (_, i) =>
    i === 0 ? newest : `Row ${i} of a list that stays as it is`,
  )
  const script =
    way.id === 'ours'
      ? ctx.forms.script
      : raw(way.script ? `<script src="/${way.id}.js" defer></script>` : '')
  ctx.type = 'html'
  ctx.body = String(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rows</title>${script}</head>
<body><h1>Rows</h1>
${ctx.region(
  'rows',
  html`${raw(`<${element} id="rows">`)}
<form ${form.attributes} ${raw(way.form ?? '')}>${form.fields}<input ${form.input('title')}><button>Add</button></form>
<ul>${rows.map((row, i) => html`<li id="row-${i}">${row}</li>`)}</ul>
${raw(`</${element}>`)}`,
)}</body></html>`)
})

serve(app.callback())
