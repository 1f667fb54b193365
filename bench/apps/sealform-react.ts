import { createElement } from 'react'
import { createActions } from 'sealform'
import { sealform } from 'sealform/node'
import { renderReact } from 'sealform/react/server'
import { Tree } from './react-tree.js'
import { keepNote } from './sealform-notes.js'
import { serve } from './serve.js'

const actions = createActions()
const keep = actions.define('notes.keep', keepNote)

serve(
  sealform(actions, (req) =>
    renderReact(req, { act: keep }, (props) => createElement(Tree, { act: props.act as never }), {
      bootstrapModules: ['/client.js'],
    }),
  ),
)
