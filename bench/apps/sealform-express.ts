import express from 'express'
import { createActions } from 'sealform'
import { sealform } from 'sealform/express'
import { page } from './page.js'
import { keepNote, viewOf } from './sealform-notes.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', keepNote)

const app = express()
app.use(sealform(actions))

app.get('/form', (req, res) => {
  res.send(page(viewOf(req.form(keep))))
})

app.get('/done', (_req, res) => {
  res.send('Done')
})

serve(app)
