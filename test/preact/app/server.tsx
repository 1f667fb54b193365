import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import express from 'express'
import Koa from 'koa'
import { sealform as sealformExpress } from 'sealform/express'
import { type SealformContext, sealform as sealformKoa } from 'sealform/koa'
import { sealform as sealformNode } from 'sealform/node'
import 'sealform/express/augment'
import { renderPreact } from 'sealform/preact/server'
import * as all from '../../react/app/actions.js'
import { Page } from './view.js'

// node server.js <koa | express | node> <file of the script for browsers>: the page of a list at /lists/<name>.

const [framework = 'koa', script = ''] = process.argv.slice(2)
const { actions, listOf } = all

type At = Parameters<typeof renderPreact>[0]
const nonces = new WeakMap<IncomingMessage, string>()

async function page(at: At, url: URL, flash: unknown): Promise<void> {
  const req = 'req' in at ? at.req : at
  const name = url.pathname.slice('/lists/'.length)
  const { todos, likes, said } = listOf(name)
  const { add, clear, remove, like, view, bump, upload, brief, order, signIn, say } = all
  const props = {
    title: name,
    flash,
    add: add.bind(null, name),
    clear: clear.bind(null, name),
    like: like.bind(null, name),
    view: view.bind(null, name),
    bump,
    upload: upload.bind(null, name),
    brief,
    order,
    signIn,
    say: say.bind(null, name),
    said,
    likes,
    at: new Date(5),
    todos: todos.map((todo) => ({ ...todo, remove: remove.bind(null, name, todo.id) })),
    moved: listOf(name).todos.some(({ title }) => title === 'moved'),
  }
  await renderPreact(at, props, (given) => <Page {...given} />, {
    nonce: nonces.get(req),
    bootstrapModules: [`/client.js${url.search}`],
    stream: url.searchParams.has('stream'),
  })
}

/** Answers what is not the page. */
async function rest(
  { method, url = '' }: IncomingMessage,
  res: ServerResponse,
  flash: unknown,
): Promise<void> {
  const { pathname } = new URL(url, 'http://localhost')
  // Koa has set 404.
  res.statusCode = 200
  if (pathname === '/client.js') {
    res.setHeader('Content-Type', 'text/javascript')
    res.end(readFileSync(script))
  } else if (pathname === '/other') {
    res.setHeader('Content-Type', 'text/html')
    res.end(`<!doctype html><title>Other</title><p id="flash">${String(flash ?? '')}</p>`)
  } else {
    if (method !== 'GET' || !pathname.startsWith('/sent/')) res.statusCode = 404
    res.end(JSON.stringify(listOf(pathname.slice('/sent/'.length))))
  }
}

function protect(req: IncomingMessage, res: ServerResponse): void {
  const nonce = randomBytes(9).toString('base64')
  nonces.set(req, nonce)
  res.setHeader(
    'Content-Security-Policy',
    `default-src 'self'; img-src data:; script-src 'nonce-${nonce}' 'strict-dynamic'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  )
}

const listeners: Record<string, () => RequestListener> = {
  koa() {
    const app = new Koa<Koa.DefaultState, SealformContext>()
    app.on('error', (error: Error) => console.error('app error:', error.message))
    app.use((ctx, next) => {
      protect(ctx.req, ctx.res)
      return next()
    })
    app.use(sealformKoa(actions))
    app.use(async (ctx) => {
      if (ctx.path.startsWith('/lists/')) return page(ctx, ctx.URL, ctx.forms.flash)
      ctx.respond = false
      await rest(ctx.req, ctx.res, ctx.path === '/other' ? ctx.forms.flash : undefined)
    })
    return app.callback()
  },
  express() {
    const app = express()
    app.set('env', 'test')
    app.use((req, res, next) => {
      protect(req, res)
      next()
    })
    app.use(sealformExpress(actions))
    app.get('/lists/:name', (req) => page(req, new URL(req.originalUrl, 'http://localhost'), req.forms.flash))
    app.use((req, res) => rest(req, res, req.path === '/other' ? req.forms.flash : undefined))
    app.use(((error, _req, res, next) => {
      console.error('app error:', error.message)
      if (res.headersSent) next(error)
      else res.status(500).send('The app failed.')
    }) as express.ErrorRequestHandler)
    return app
  },
  node: () =>
    sealformNode(
      actions,
      async (req, res, { forms }) => {
        protect(req, res)
        const url = new URL(req.url ?? '', 'http://localhost')
        if (url.pathname.startsWith('/lists/')) await page(req, url, forms.flash)
        else await rest(req, res, url.pathname === '/other' ? forms.flash : undefined)
      },
      { onError: (error) => console.error('app error:', error instanceof Error ? error.message : error) },
    ),
}

const server = createServer(listeners[framework]?.())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
