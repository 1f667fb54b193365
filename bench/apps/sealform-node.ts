import { createActions } from 'sealform'
import { sealform } from 'sealform/node'
import { page } from './page.js'
import { keepNote, viewOf } from './sealform-notes.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', keepNote)

const listener = sealform(actions, (req, res, { form, send }) => {
  if (req.url === '/form') send(page(viewOf(form(keep))))
  else if (req.url === '/done') res.end('Done')
  else res.writeHead(404).end()
})

serve(listener)
