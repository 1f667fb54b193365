import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { check, emptyView, page } from './page.js'

type Read = (request: IncomingMessage) => Promise<Record<string, string>>

/** Serves the form on bare `node:http`. These apps differ only in `read`. */
export function answerWith(read: Read): RequestListener {
  return (request, response) => {
    if (request.url === '/form' && request.method === 'POST') {
      submit(read, request, response).catch((error: unknown) => response.destroy(toError(error)))
    } else if (request.url === '/form') {
      sendPage(response, 200, page(emptyView))
    } else if (request.url === '/done') {
      response.end('Done')
    } else {
      response.writeHead(404).end()
    }
  }
}

async function submit(read: Read, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { title = '', note = '', priority = '' } = await read(request)
  const issue = check(title, note, priority)
  if (issue) sendPage(response, 422, page({ ...emptyView, title, note, priority, issue }))
  else response.writeHead(303, { Location: '/done', 'Content-Length': 0 }).end()
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(html),
  })
  response.end(html)
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
