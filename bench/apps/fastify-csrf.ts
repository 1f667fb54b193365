import { createServer } from 'node:http'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import createFastify, { type FastifyServerFactory } from 'fastify'
import { check, emptyView, page } from './page.js'
import { serve } from './serve.js'

let listener: Parameters<FastifyServerFactory>[0] | undefined

const app = createFastify({
  serverFactory(handler) {
    listener = handler
    return createServer(handler)
  },
})
await app.register(cookie)
await app.register(csrf, { getToken: (request) => textOf(request.body, '_csrf') })
await app.register(formbody)

app.get('/form', (_request, reply) => {
  reply
    .type('text/html; charset=utf-8')
    .send(page({ ...emptyView, fields: tokenField(reply.generateCsrf()) }))
})

app.post('/form', { preHandler: app.csrfProtection }, (request, reply) => {
  const [title, note, priority] = ['title', 'note', 'priority'].map((name) => textOf(request.body, name))
  const view = { ...emptyView, title: title ?? '', note: note ?? '', priority: priority ?? '' }
  const issue = check(view.title, view.note, view.priority)
  if (!issue) {
    reply.code(303).header('Location', '/done').send()
    return
  }
  const fields = tokenField(reply.generateCsrf())
  reply
    .code(422)
    .type('text/html; charset=utf-8')
    .send(page({ ...view, fields, issue }))
})

app.get('/done', (_request, reply) => {
  reply.send('Done')
})

await app.ready()
if (!listener) throw new Error('Fastify has made no listener')
serve(listener)

function textOf(body: unknown, name: string): string {
  const value: unknown = body && Reflect.get(Object(body), name)
  return typeof value === 'string' ? value : ''
}

function tokenField(token: string): string {
  return `<input type="hidden" name="_csrf" value="${token}">`
}
