import cookie from '@fastify/cookie'
import csrfProtection from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import createFastify from 'fastify'
import { countRuns, issuesOf, keepNote } from './notes.js'
import { page } from './page.js'

const fastify = createFastify()
await fastify.register(cookie, { secret: process.env.SECRET })
await fastify.register(csrfProtection, {
  cookieOpts: { signed: true, httpOnly: true, sameSite: 'lax', path: '/' },
})
await fastify.register(formbody)
await fastify.register(multipart, { attachFieldsToBody: 'keyValues', limits: { fileSize: 1_000_000 } })

for (const path of ['/', '/upload']) {
  const file = path === '/upload'
  const show = (reply, view = {}) => {
    const hidden = `<input type="hidden" name="_csrf" value="${reply.generateCsrf()}">`
    return reply.type('text/html').send(page({ path, file, hidden, ...view }))
  }
  fastify.get(path, (_request, reply) => show(reply))
  fastify.post(path, { preHandler: fastify.csrfProtection }, (request, reply) => {
    const values = request.body
    const issues = issuesOf(values)
    if (Object.keys(issues).length > 0) return show(reply.code(422), { values, issues })
    keepNote(values)
    return reply.redirect('/done', 303)
  })
}
fastify.get('/done', () => 'Done')
fastify.get('/runs', () => String(countRuns()))
await fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
