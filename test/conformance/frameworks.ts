import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { parseCookie } from 'cookie'
import Express, { type NextFunction, type Request, type Response } from 'express'
import Koa from 'koa'
import type { Actions } from '../../lib/sealform.js'
import type { MiddlewareOptions } from '../../middleware/app.js'
import { sealform as sealformExpress } from '../../middleware/express.js'
import { type SealformContext, sealform as sealformKoa } from '../../middleware/koa.js'
import { type NodePage, sealform as sealformNode } from '../../middleware/node.js'
import type { PageTools } from '../../middleware/page-tools.js'
import type { SafeHtml } from '../../views/html.js'
import { Express4 } from '../setup/express-app.js'
import { Koa2 } from '../setup/koa-app.js'
import { provesInFull } from '../setup/proofs.js'

// A new adapter is one more object in `newest`.

/** A framework as the cases of this folder use it: each one builds the same app. */
export interface Framework {
  readonly name: string
  listener(app: AppParts): RequestListener
}

/** What every framework's context has. */
export interface AnyContext {
  readonly req: IncomingMessage
}

export interface AppParts {
  readonly actions: Actions<AnyContext>
  readonly options: MiddlewareOptions<AnyContext>
  /** Handlers of GET, by path. */
  readonly pages: Readonly<Record<string, Page>>
  /** Handlers of POSTs without a seal, by path; they answer with text. */
  readonly posts: Readonly<Record<string, (req: IncomingMessage) => Promise<string>>>
  /** Called with every error that reaches the app's own handler, and its details. */
  failed(error: unknown, details: unknown): void
}

/** A handler of GET. An error with a 4xx status means that there is no page, as does `undefined`. */
export type Page = (view: View) => Shown | Promise<Shown>

export type Shown =
  | (Head & { readonly html: SafeHtml | string | Readable })
  | (Head & { readonly json: object })
  | { readonly to: string; readonly status?: number }
  /** By `cachePage()`. */
  | 'sent'
  | undefined

interface Head {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What a page sees of its request. */
export interface View extends PageTools {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  cookie(name: string): string | undefined
}

function view({ req, res }: Pick<View, 'req' | 'res'>, tools: PageTools): View {
  const { form, forms, region } = tools
  return { req, res, form, forms, region, cookie: (name) => parseCookie(req.headers.cookie ?? '')[name] }
}

function pathIn(req: IncomingMessage): string {
  return (req.url ?? '').split('?', 1)[0]!
}

const onKoa = (name: string, App: typeof Koa): Framework => ({
  name,
  listener({ actions, options, pages, posts, failed }) {
    const app = new App<Koa.DefaultState, SealformContext>()
    app.silent = true
    app.on('error', (error, _ctx, details) => failed(error, details))
    app.use(sealformKoa(actions, options))
    app.use(async (ctx) => {
      const { method, path } = ctx
      if (method === 'POST') {
        const post = posts[path]
        if (post) ctx.body = await post(ctx.req)
        return
      }
      const shown = await pages[path]?.(view(ctx, ctx))
      if (shown === undefined || shown === 'sent') return
      ctx.status = shown.status ?? ('to' in shown ? 302 : 200)
      if ('to' in shown) return ctx.redirect(shown.to)
      ctx.set(shown.headers ?? {})
      if ('html' in shown) ctx.type = 'html'
      ctx.body = 'html' in shown ? shown.html : shown.json
    })
    return app.callback()
  },
})

const onExpress = (name: string, express: typeof Express): Framework => ({
  name,
  listener({ actions, options, pages, posts, failed }) {
    const app = express()
    app.set('env', 'test')
    // A response that has been sent can take no header.
    app.disable('x-powered-by')
    app.use(sealformExpress(actions, options))
    const router = express.Router()
    for (const [path, page] of Object.entries(pages)) {
      // Express 4 does not wait for what a handler returns.
      router.get(path, (req, res, next) => {
        show(page, req, res).catch(next)
      })
    }
    for (const [path, post] of Object.entries(posts)) {
      router.post(path, (req, res, next) => {
        post(req).then((text) => res.type('text').send(text), next)
      })
    }
    app.use(router)
    app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
      const { status } = Object(error)
      if (!(status >= 400 && status < 500)) failed(error, res.locals.failure)
      next(error)
    })
    return app
  },
})

async function show(page: Page, req: Request, res: Response): Promise<void> {
  const shown = await page(view({ req, res }, req))
  if (shown === 'sent') return
  if (shown === undefined) {
    res.sendStatus(404)
    return
  }
  if ('to' in shown) return res.redirect(shown.status ?? 302, shown.to)
  res.status(shown.status ?? 200).set(shown.headers ?? {})
  if ('json' in shown) res.json(shown.json)
  else if (shown.html instanceof Readable) await stream(shown.html, res)
  else res.send(shown.html)
}

/** Pipes a page. Rejects when it fails, as handlers of such pages have to tell their framework. */
function stream(html: Readable, res: ServerResponse): Promise<void> {
  res.setHeader('Content-Type', 'text/html; charset=utf-8')
  html.pipe(res)
  return new Promise((resolve, reject) => {
    html.once('end', resolve).once('close', resolve).once('error', reject)
  })
}

const onNode: Framework = {
  name: 'node:http',
  listener({ actions, options, pages, posts, failed }) {
    return sealformNode(
      actions,
      async (req, res, page: NodePage) => {
        const path = pathIn(req)
        const post = req.method === 'POST' ? posts[path] : undefined
        if (post) return res.end(await post(req))
        const shown = req.method === 'POST' ? undefined : await pages[path]?.(view({ req, res }, page))
        if (shown === 'sent') return
        if (shown === undefined) return res.writeHead(404).end()
        if ('to' in shown) return res.writeHead(shown.status ?? 302, { Location: shown.to }).end()
        res.statusCode = shown.status ?? 200
        for (const [name, value] of Object.entries(shown.headers ?? {})) res.setHeader(name, value)
        if ('json' in shown) {
          res.setHeader('Content-Type', 'application/json')
          res.end(JSON.stringify(shown.json))
        } else if (shown.html instanceof Readable) await stream(shown.html, res)
        else page.send(shown.html)
      },
      { ...options, onError: (error, details) => failed(error, details) },
    )
  },
}

const newest: readonly Framework[] = [onKoa('Koa 3', Koa), onExpress('Express 5', Express), onNode]
const older: readonly Framework[] = [onKoa('Koa 2', Koa2), onExpress('Express 4', Express4)]

/** Each version of each framework, for the files that run on all of them in every run of the tests. */
export const everyFramework: readonly Framework[] = [...newest, ...older]

/**
 * The frameworks of a run: the newest versions, and where the tests prove in full the older ones as well. One adapter
 * serves both versions of a framework, so an older one can differ only in the framework itself.
 */
export const frameworks: readonly Framework[] = provesInFull ? everyFramework : newest

/**
 * One framework of each kind, for what the adapters leave to the library: one with a context of its own, and one that hands
 * out Node's `ServerResponse`. The two of the second kind share `middleware/node-host.ts`, so a plain run meets it once.
 */
export const eachKind: readonly Framework[] = provesInFull
  ? everyFramework
  : newest.filter((framework) => framework !== onNode)
