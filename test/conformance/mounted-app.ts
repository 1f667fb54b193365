import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import Express, { type IRouter as Router } from 'express'
import Koa from 'koa'
import mount from 'koa-mount'
import type { Actions } from '../../lib/sealform.js'
import type { MiddlewareOptions } from '../../middleware/app.js'
import { sealform as sealformExpress } from '../../middleware/express.js'
import { type SealformContext, sealform as sealformKoa } from '../../middleware/koa.js'
import { type NodePage, sealform as sealformNode } from '../../middleware/node.js'
import type { PageTools } from '../../middleware/page-tools.js'
import type { SafeHtml } from '../../views/html.js'
import { Express4, type ExpressModule } from '../setup/express-app.js'
import { Koa2 } from '../setup/koa-app.js'
import { provesInFull } from '../setup/proofs.js'
import type { AnyContext } from './frameworks.js'

/** An app, or a part of one that is mounted below a path of another. */
export interface Part {
  /** Where the outer part mounts this one, such as `/shop`. @default '' */
  readonly at?: string
  /** Refuses a request, of any method, before the middleware sees it. */
  readonly refuses?: (req: IncomingMessage) => boolean
  /** Mounts the middleware for these actions. Several are mounted one after the other. */
  readonly actions?: readonly Actions<AnyContext>[]
  readonly options?: MiddlewareOptions<AnyContext>
  readonly inside?: readonly Part[]
  /** Pages by their paths within the part. */
  readonly pages: Readonly<Record<string, (tools: PageTools) => SafeHtml | string>>
}

/** A framework that mounts parts in parts. */
export interface MountingFramework {
  readonly name: string
  listener(app: Part): RequestListener
}

function onKoa(name: string, App: typeof Koa): MountingFramework {
  const build = ({ refuses, actions = [], options = {}, inside = [], pages }: Part) => {
    const app = new App<Koa.DefaultState, Koa.DefaultContext & SealformContext>()
    app.silent = true
    app.use(async (ctx, next) => {
      if (!refuses?.(ctx.req)) return next()
      ctx.status = 403
      ctx.body = 'guarded'
    })
    for (const each of actions) app.use(sealformKoa(each, options))
    for (const part of inside) app.use(mount(part.at ?? '/', build(part)))
    app.use((ctx) => {
      const page = ctx.method === 'GET' ? pages[ctx.path] : undefined
      if (page) ctx.body = page(ctx)
    })
    return app
  }
  return { name, listener: (part) => build(part).callback() }
}

/** Sub-apps of Express, or routers. An app is a router as well. */
function onExpress(name: string, express: ExpressModule, nested: 'app' | 'Router'): MountingFramework {
  const build = (
    router: Router,
    { refuses, actions = [], options = {}, inside = [], pages }: Part,
  ): Router => {
    router.use((req, res, next) => {
      if (refuses?.(req)) res.status(403).send('guarded')
      else next()
    })
    for (const each of actions) router.use(sealformExpress(each, options))
    for (const part of inside) {
      router.use(part.at ?? '/', build(nested === 'app' ? express() : express.Router(), part))
    }
    for (const [path, page] of Object.entries(pages)) router.get(path, (req, res) => void res.send(page(req)))
    return router
  }
  return {
    name,
    listener(part) {
      const app = express()
      app.set('env', 'test')
      build(app, part)
      return app
    },
  }
}

type Listener = (
  req: IncomingMessage,
  res: ServerResponse,
  page: Pick<NodePage, 'send' | 'form' | 'forms' | 'region'> | undefined,
) => unknown

/** A part that takes the prefix of another part off `req.url`, as connect and koa-mount do. */
function listenerOf({ refuses, actions = [], options = {}, inside = [], pages }: Part): Listener {
  const parts = inside.map((part) => ({ at: part.at ?? '', listener: listenerOf(part) }))
  let listener: Listener = (req, res, page) => {
    const path = (req.url ?? '').split('?', 1)[0]!
    const part = parts.find(({ at }) => path.startsWith(at))
    if (part) {
      req.url = (req.url ?? '').slice(part.at.length)
      return part.listener(req, res, page)
    }
    const render = req.method === 'GET' ? pages[path] : undefined
    return render && page ? page.send(render(page)) : res.writeHead(404).end()
  }
  for (const each of actions.toReversed()) {
    const own = sealformNode(each, listener, options)
    listener = (req, res) => own(req, res)
  }
  return (req, res, page) => (refuses?.(req) ? res.writeHead(403).end('guarded') : listener(req, res, page))
}

const onNode: MountingFramework = {
  name: 'node:http',
  listener(part) {
    const listener = listenerOf(part)
    return (req, res) => void listener(req, res, undefined)
  },
}

const newest: readonly MountingFramework[] = [
  onKoa('Koa 3 with koa-mount', Koa),
  onExpress('Express 5 with sub-apps', Express, 'app'),
  onExpress('Express 5 with routers', Express, 'Router'),
  onNode,
]
const older: readonly MountingFramework[] = [
  onKoa('Koa 2 with koa-mount', Koa2),
  onExpress('Express 4 with sub-apps', Express4, 'app'),
  onExpress('Express 4 with routers', Express4, 'Router'),
]

/** The frameworks of a run, chosen as those of `frameworks`. */
export const mountingFrameworks = provesInFull ? [...newest, ...older] : newest
