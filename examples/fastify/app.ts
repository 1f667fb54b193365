import { createServer, type IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type ActionsOptions, createActions, invalid, redirect, unauthorized } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import { type NodeContext, type NodePage, sealform } from 'sealform/node'
import { z } from 'zod'

export interface Notice {
  readonly text: string
  readonly picture: string | undefined
}

export interface Board {
  readonly notices: Notice[]
  /** The ids of the keepers who are signed in. */
  readonly sessions: Set<string>
}

/** Creates a notice board, whose keeper has the password "sesame". */
export function createApp(board: Board, options: Pick<ActionsOptions, 'keys'> = {}): FastifyInstance {
  const { actions, add, signIn, clear } = defineActions(board, options)
  const pages = new WeakMap<IncomingMessage, NodePage>()

  // Sealform stands between Node and Fastify: it answers submissions, and gives Fastify a GET to show an outcome.
  const app = Fastify({
    serverFactory: (fastify) =>
      createServer(
        sealform(actions, (req, res, page) => {
          pages.set(req, page)
          fastify(req, res)
        }),
      ),
  })

  /** Returns what prints forms. `app.inject()` goes past the server, and so past Sealform. */
  const pageOf = ({ raw }: FastifyRequest): NodePage => {
    const page = pages.get(raw)
    if (!page) throw new Error('This request did not come through the server.')
    return page
  }

  app.get('/', (request, reply) => {
    const { form, forms } = pageOf(request)
    const adding = form(add)
    const entering = form(signIn)
    return send(
      reply,
      `${forms.titlePrefix}Notices`,
      html`<h1>Notices</h1>
        <ul id="notices">${board.notices.map(({ text, picture }) => html`<li>${text} ${picture && html`(${picture})`}</li>`)}</ul>
        ${forms.summary()}
        <form ${adding.attributes} novalidate>${adding.fields}
          ${adding.field('text', { label: 'Notice', attributes: { required: true } })}
          ${adding.field('picture', { label: 'Picture, PNG or JPEG' })}
          <button>Add</button>
        </form>
        <form ${entering.attributes} novalidate>${entering.fields}
          ${entering.field('_password', { label: 'Password of the keeper', attributes: { type: 'password' } })}
          <button>Sign in</button>
        </form>`,
    )
  })

  const requireKeeper = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!isKeeper(board, request.raw)) return reply.code(401).send('Sign in first.')
  }
  app.get('/keeper', { preHandler: requireKeeper }, (request, reply) =>
    send(
      reply,
      'Keeper',
      html`<h1>Keeper</h1>${pageOf(request).forms.button(clear, 'Take all notices down')}`,
    ),
  )

  // An API of JSON beside the forms: Fastify reads and validates its body.
  const body = { type: 'object', required: ['text'], properties: { text: { type: 'string' } } }
  app.post<{ Body: { text: string } }>('/api/notices', { schema: { body } }, async (request, reply) => {
    board.notices.push({ text: request.body.text, picture: undefined })
    return reply.code(201).send({ count: board.notices.length })
  })

  return app
}

const noticeInput = z.object({
  text: z.string().trim().min(1, 'Write something').max(200, 'At most 200 characters'),
})

function defineActions(board: Board, options: Pick<ActionsOptions, 'keys'>) {
  const actions = createActions<NodeContext>({
    ...options,
    /** Decides about the actions for keepers, as the hook decides about the page that prints them. */
    authorize({ context }, { action }) {
      if (action.startsWith('keeper.') && !isKeeper(board, context.req)) return unauthorized()
    },
  })

  const add = actions.define('notices.add', {
    input: noticeInput,
    files: { picture: { types: ['image/png', 'image/jpeg'], maxSize: '1MiB' } },
    async run({ input, formData }) {
      const picture = formData.get('picture')
      board.notices.push({
        text: input.text,
        picture: picture instanceof File ? `${picture.name}, ${picture.size} bytes` : undefined,
      })
      return redirect('/')
    },
  })

  const signIn = actions.define('sign-in', async ({ formData, cookies }) => {
    if (formData.get('_password') !== 'sesame') return invalid({ _password: 'This is not the password' })
    const session = crypto.randomUUID()
    board.sessions.add(session)
    cookies.set('session', session)
    return redirect('/keeper')
  })

  const clear = actions.define('keeper.clear', async () => {
    board.notices.length = 0
    return redirect('/')
  })

  return { actions, add, signIn, clear }
}

function isKeeper({ sessions }: Board, { headers }: IncomingMessage): boolean {
  const { session } = parseCookie(headers.cookie ?? '')
  return session !== undefined && sessions.has(session)
}

/** Sends text as HTML. Fastify would send SafeHtml, which is an object, as JSON. */
function send(reply: FastifyReply, title: string, main: SafeHtml): FastifyReply {
  const page = html`<!doctype html>
    <html lang="en"><title>${title}</title><main>${main}</main></html>`
  return reply.type('text/html').send(page.toString())
}
