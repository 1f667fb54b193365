import express from 'express'
import { check, emptyView, page } from './page.js'
import { readWithBusboy } from './read-busboy.js'
import { countIn, plainRow, rowsPage, titles } from './rows.js'
import { serve } from './serve.js'

const app = express()

app.get('/form', (_req, res) => {
  res.send(page(emptyView))
})

app.post('/form', async (req, res) => {
  const { title = '', note = '', priority = '' } = await readWithBusboy(req)
  const issue = check(title, note, priority)
  if (issue) res.status(422).send(page({ ...emptyView, title, note, priority, issue }))
  else res.set({ Location: '/done', 'Content-Length': '0' }).status(303).end()
})

app.get('/rows', (req, res) => {
  res.send(rowsPage(titles(countIn(req.url)).map((title, id) => plainRow(title, id))))
})

app.get('/done', (_req, res) => {
  res.send('Done')
})

serve(app)
