import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import Express, { type NextFunction, type Request, type Response } from 'express'
import type supertest from 'supertest'
import {
  type Action,
  type Actions,
  type ActionsOptions,
  createActions,
  type Submission,
} from '../../lib/sealform.js'
import {
  type ExpressContext,
  type MiddlewareOptions,
  type SealformHandler,
  sealform,
} from '../../middleware/express.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from './koa-app.js'
import { until } from './patience.js'
import { type Requests, requestsTo } from './requests-to.js'

export type ExpressModule = typeof Express

const require = createRequire(import.meta.url)

/** Express 4 has the same shape as the typed one; only its types are not installed. */
export const Express4: ExpressModule = require('express4')

export const expresses: readonly (readonly [name: string, express: ExpressModule])[] = [
  ['Express 5', Express],
  ['Express 4', Express4],
]

export interface ExpressParts {
  readonly express: ExpressModule
  readonly app: ReturnType<ExpressModule>
  readonly actions: Actions<ExpressContext>
  /** An action without bound values that calls `run`. */
  readonly act: Action<undefined, unknown, [], ExpressContext>
  /** The router, which is not mounted yet. */
  readonly middleware: SealformHandler
}

export interface ExpressAppOptions {
  /** Mounts everything. */
  readonly mount: (parts: ExpressParts) => void
  readonly run?: (submission: Submission<undefined, unknown, ExpressContext>) => unknown
  readonly middleware?: MiddlewareOptions<ExpressContext>
  readonly actions?: ActionsOptions
}

export interface ExpressApp {
  readonly port: number
  readonly request: Requests
  /** The errors that reached the last error-handling middleware, with `res.locals.failure`. */
  readonly errors: { readonly error: unknown; readonly failure: unknown }[]
  runs(): number
  /** Sends the form of the page at `path`, or of another page, to `path`. */
  submit(
    path: string,
    fields?: Readonly<Record<string, string>>,
    sending?: ExpressSending,
  ): Promise<supertest.Response>
  /** Waits up to a second for this number of errors. */
  failed(count: number): Promise<ExpressApp['errors']>
}

export interface ExpressSending {
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
}

export async function expressApp(
  t: TestContext,
  express: ExpressModule,
  { mount, run = () => undefined, middleware, actions: actionsOptions }: ExpressAppOptions,
): Promise<ExpressApp> {
  const actions = createActions<ExpressContext>({ keys: testKey, ...actionsOptions })
  let runs = 0
  const act = actions.define('act', {
    path: false,
    async run(submission: Parameters<typeof run>[0]) {
      runs++
      return run(submission)
    },
  })
  const app = express()
  app.set('env', 'test')
  mount({ express, app, actions, act, middleware: sealform(actions, { onRefused: () => {}, ...middleware }) })
  const errors: ExpressApp['errors'] = []
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    errors.push({ error, failure: res.locals.failure })
    next(error)
  })
  const port = await listen(createServer(app), (close) => t.after(close))
  const request = requestsTo(`http://127.0.0.1:${port}`)

  return {
    port,
    request,
    errors,
    runs: () => runs,
    async submit(path, fields = {}, { from = path, headers = {} } = {}) {
      const page = await request.get(from).set(headers)
      return request
        .post(path)
        .redirects(0)
        .set({ ...fromSamePage, ...headers })
        .send(urlencoded(formIn(page.text, 'act').fields, { text: 'typed', ...fields }))
    },
    async failed(count) {
      await until(() => errors.length >= count)
      return errors
    },
  }
}

/** Renders the form and what the route knows about the request. */
export function formPage(req: Request, act: ExpressParts['act']) {
  const form = req.form(act)
  const words = `${req.method} ${req.originalUrl} ${req.baseUrl} ${req.url} ${JSON.stringify(req.query)}`
  return html`<!doctype html><p>${words}</p><p>${form.status}</p>${form.summary()}
    <form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}</form>`
}
