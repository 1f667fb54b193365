import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import type supertest from 'supertest'
import {
  type ActionOptions,
  type Actions,
  type ActionsOptions,
  createActions,
  type Submission,
  type Submittable,
} from '../../lib/sealform.js'
import type { MiddlewareOptions } from '../../middleware/app.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type Requests, requestsTo } from '../setup/requests-to.js'
import type { AnyContext, Framework, Page, View } from './frameworks.js'

type Run = (submission: Submission<undefined, unknown, AnyContext>, bound: string) => unknown
type Bound = Submittable<unknown>

export interface SiteOptions {
  /** What the action does. @default nothing, so that it is done */
  readonly run?: Run
  /** Further options of the action. */
  readonly action?: Partial<ActionOptions<undefined, unknown, [string], AnyContext>>
  readonly actions?: ActionsOptions
  readonly middleware?: MiddlewareOptions<AnyContext>
  /** Defines further actions that pages may use. */
  readonly define?: (actions: Actions<AnyContext>) => Readonly<Record<string, Bound>>
  /** Pages beside `/page`, or in its place. */
  readonly pages?: Readonly<
    Record<string, (view: View, act: Bound, others: Readonly<Record<string, Bound>>) => ReturnType<Page>>
  >
  readonly posts?: Readonly<Record<string, (req: IncomingMessage) => Promise<string>>>
  /** Does something with each request before the app sees it. The app does not see a request for which it returns `'stop'`. */
  readonly before?: (req: IncomingMessage, res: ServerResponse) => Promise<unknown>
}

/** An error that reached the app's own handler, and what came with it. */
export interface Failure {
  readonly error: unknown
  readonly details: unknown
}

export interface Site {
  readonly port: number
  /** The app itself, for servers other than that of Node. */
  readonly listener: RequestListener
  readonly request: Requests
  /** The bound values of each run of the action. */
  readonly runs: string[]
  readonly failures: Failure[]
  readonly refusals: string[]
  /** The hidden fields of the form on `/page`. */
  fields(cookie?: string): Promise<Record<string, string>>
  /** Sends the form of a fresh page with these fields. */
  submit(fields?: Readonly<Record<string, string>>, sending?: Sending): Promise<supertest.Response>
  /** Waits up to a second for this number of errors. Express handlers get them after the answer. */
  failed(count: number): Promise<readonly Failure[]>
}

export interface Sending {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An app with the page `/page`, whose form `act` is bound to `b1`, on a real port. The form may be sent to any path, unless
 * the options of the action say otherwise.
 */
export async function openSite(
  t: TestContext,
  framework: Framework,
  { run = () => undefined, action, pages = {}, posts = {}, ...options }: SiteOptions = {},
): Promise<Site> {
  const runs: string[] = []
  const failures: Failure[] = []
  const refusals: string[] = []
  const actions = createActions<AnyContext>({ keys: testKey, ...options.actions })
  const act = actions.define('act', {
    path: false,
    ...action,
    async run(submission: Parameters<Run>[0], bound: string) {
      runs.push(bound)
      return run(submission, bound)
    },
  })
  const bound = act.bind(null, 'b1') as Bound
  const others = options.define?.(actions) ?? {}
  const listener = framework.listener({
    actions,
    options: { onRefused: ({ reason }) => refusals.push(reason), ...options.middleware },
    pages: {
      '/page': (view) => ({ html: page(view, bound) }),
      ...Object.fromEntries(
        Object.entries(pages).map(([path, own]): [string, Page] => [
          path,
          (view) => own(view, bound, others),
        ]),
      ),
    },
    posts,
    failed: (error, details) => failures.push({ error, details }),
  })
  const server = createServer(async (req, res) => {
    if ((await options.before?.(req, res)) !== 'stop') listener(req, res)
  })
  const port = await listen(server, (close) => t.after(close))
  const request = requestsTo(`http://127.0.0.1:${port}`)
  return { port, listener, request, runs, failures, refusals, fields, submit, failed }

  async function fields(cookie = ''): Promise<Record<string, string>> {
    const { text } = await request.get('/page').set('Cookie', cookie)
    return formIn(text, 'act').fields
  }

  async function submit(
    own: Readonly<Record<string, string>> = {},
    { path = '/page', headers = {} }: Sending = {},
  ): Promise<supertest.Response> {
    const hidden = await fields(headers.Cookie)
    return request
      .post(path)
      .redirects(0)
      .set({ ...fromSamePage, ...headers })
      .send(urlencoded(hidden, { text: 'typed', ...own }))
  }

  async function failed(count: number): Promise<readonly Failure[]> {
    await until(() => failures.length >= count)
    return failures
  }
}

/** Prints everything that a page can know about an outcome. */
export function page(view: View, act: Bound) {
  const form = view.form(act, { initial: { start: true } })
  return html`<!doctype html><title>${form.titlePrefix}Page</title>
    <p>${view.req.method} ${view.req.url}, cookie ${view.cookie('seen') ?? 'none'}, ${form.status}</p>
    <p>state ${JSON.stringify(form.state ?? null)}</p>
    ${form.summary()}
    ${view.region(
      'box',
      html`<div id="box"><form ${form.attributes}>${form.fields}
      <input ${form.input('text')}>${form.issue('text')}
      <input ${form.input('password', { type: 'password' })}></form></div>`,
    )}`
}

/** Leaves out answers whose text is the framework's own. */
export function namedHeaders(
  answer: supertest.Response,
  ...names: readonly string[]
): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, answer.headers[name]]))
}
