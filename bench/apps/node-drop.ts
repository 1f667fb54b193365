import type { IncomingMessage, ServerResponse } from 'node:http'
import { emptyView, page } from './page.js'
import { serve } from './serve.js'

// The least that a server can do with a body that it refuses, so that the connection stays usable: read it and drop it.
serve((request, response) => {
  if (request.method === 'POST') drop(request, response)
  else response.end(page({ ...emptyView, fields: '<input type="hidden" name="token" value="dropped">' }))
})

function drop(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  request.on('end', () => {
    response.writeHead(400, { 'Content-Type': 'text/plain', 'Content-Length': 7 })
    response.end('Refused')
  })
}
