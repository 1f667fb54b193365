import { createElement } from 'react'
import { createActions, done } from 'sealform'
import { sealform } from 'sealform/node'
import { renderReact } from 'sealform/react/server'
import { Tree } from './react-tree.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', async ({ formData }) => done(String(formData.get('title'))))

// As Next.js answers an action: with the page again, and the state in its form.
serve(
  sealform(actions, (req) => {
    const listed = req.url === '/short' ? 0 : 50
    return renderReact(req, { act: keep }, ({ act }) => createElement(Tree, { act: act as never, listed }), {
      bootstrapModules: ['/client.js'],
    })
  }),
)
