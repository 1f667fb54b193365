import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createElement } from 'react'
import { renderToPipeableStream } from 'react-dom/server'
import { Tree } from './react-tree.js'
import { serve } from './serve.js'

/** An action that is none: React asks it for the same things, and prints a field that says nothing. */
const act = Object.assign(async () => {}, {
  $$FORM_ACTION: () => ({ name: 'action', method: 'POST', data: new FormData() }),
  $$IS_SIGNATURE_EQUAL: () => false,
  bind: (): unknown => act,
})

// It awaits the whole page, as renderReact() does: the load generator wants to know the length of an answer.
serve((_req, res) => {
  const rendering = renderToPipeableStream(createElement(Tree, { act }), {
    bootstrapModules: ['/client.js'],
    progressiveChunkSize: Number.POSITIVE_INFINITY,
    async onAllReady() {
      const html = await text(rendering.pipe(new PassThrough()))
      res.setHeader('Content-Type', 'text/html; charset=utf-8')
      res.setHeader('Content-Length', Buffer.byteLength(html))
      res.end(html)
    },
  })
})
