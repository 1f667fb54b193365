import express from 'express'
import { createActions } from 'sealform'
import { sealform } from 'sealform/express'
import { page } from './page.js'
import { countIn, rowsPage } from './rows.js'
import { defineRows, keepNote, viewOf } from './sealform-notes.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', keepNote)

const rowsOf = defineRows(actions)

const app = express()
app.use(sealform(actions))

app.get('/form', (req, res) => {
  res.send(page(viewOf(req.form(keep))))
})

app.get('/rows', (req, res) => {
  res.send(rowsPage(rowsOf(countIn(req.url), (action) => req.form(action))))
})

app.get('/done', (_req, res) => {
  res.send('Done')
})

serve(app)
