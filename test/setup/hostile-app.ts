import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import { z } from 'zod'
import { createActions, done, flash, forbidden, invalid, redirect } from '../../lib/sealform.js'
import { type MiddlewareOptions, type SealformContext, sealform } from '../../middleware/koa.js'
import { html, type SafeHtml } from '../../views/html.js'
import { formIn, listen, testKey, urlencoded } from './koa-app.js'
import { type Conversation, type Piece, type RawAnswer, requestText, type Talk, talk } from './raw-http.js'

/** The header lines of a browser that sends a form from a page of this app. */
export const browserLines = [
  ['Host', 'app.example'],
  ['Origin', 'http://app.example'],
  ['Sec-Fetch-Site', 'same-origin'],
] as const

export const formType = ['Content-Type', 'application/x-www-form-urlencoded'] as const

export type Line = readonly [name: string, value: string]

/** One hostile request, and its allowed results. */
export interface Attack {
  readonly name: string
  /** The data for the socket. */
  readonly says: readonly Piece[] | Buffer
  /** The allowed statuses; 0 means a connection that is closed without an answer. @default any status of 400–499 */
  readonly status?: number | readonly number[]
  /** How many times actions must run; `any` where the seal is valid and only the answer matters. @default 0 */
  readonly runs?: number | 'any'
  readonly talk?: Talk
  /** Checks the answer. */
  readonly check?: (answer: RawAnswer, all: Conversation) => void
}

export interface Target {
  readonly port: number
  /** How many times each action has run, by name. */
  readonly runs: ReadonlyMap<string, number>
  /** The errors that reached the app. */
  readonly errors: unknown[]
  /** Loads a form with these headers, and returns its hidden fields. */
  fieldsOf(path: string, id: string, lines?: readonly Line[]): Promise<Record<string, string>>
  /** Loads `/buttons/1`, a form of `plain`, and returns the seals of its buttons by the names of their actions. */
  buttons(lines?: readonly Line[]): Promise<Record<'plain' | 'guarded' | 'here' | 'brief', string>>
  get(path: string, lines?: readonly Line[]): Promise<RawAnswer>
  /** Sends each request, and asserts that its result is allowed and that the server still works. */
  withstand(attacks: readonly Attack[]): Promise<void>
  total(): number
  /** The bytes that the server had read from a connection when it answered, and when it closed. */
  readonly taken: { answered: number; closed: number }
}

/** Starts an app that uses only the public API, on a real port until the test is over. */
export async function hostileTarget(
  onEnd: (close: () => Promise<void>) => void,
  options: MiddlewareOptions<Koa.Context> & {
    readonly Koa?: typeof Koa
    readonly maxHeaderSize?: number
  } = {},
): Promise<Target> {
  const { Koa: KoaClass = Koa, maxHeaderSize = 16384, ...middlewareOptions } = options
  const runs = new Map<string, number>()
  const errors: unknown[] = []
  const faults: unknown[] = []
  const noteFault = (fault: unknown) => faults.push(fault)
  process.on('unhandledRejection', noteFault)
  process.on('uncaughtExceptionMonitor', noteFault)

  const app: Koa<Koa.DefaultState, SealformContext> = new KoaClass()
  app.silent = true
  app.on('error', (error) => errors.push(error))
  const server = createServer({ maxHeaderSize }, defineApp(app, runs, middlewareOptions).callback())
  const taken = { answered: 0, closed: 0 }
  server.on('request', ({ socket }, res) => {
    res.once('finish', () => {
      taken.answered = socket.bytesRead
    })
  })
  server.on('connection', (socket) => {
    socket.once('close', () => {
      taken.closed = socket.bytesRead
    })
  })
  const port = await listen(server, (close) =>
    onEnd(async () => {
      await close()
      process.off('unhandledRejection', noteFault)
      process.off('uncaughtExceptionMonitor', noteFault)
    }),
  )

  const total = () => [...runs.values()].reduce((sum, count) => sum + count, 0)
  const get: Target['get'] = async (path, lines = []) => {
    const { answers } = await talk(port, [
      requestText(`GET ${path} HTTP/1.1`, [['Host', 'app.example'], ...lines]),
    ])
    return answers[0] ?? assert.fail(`no answer to GET ${path}`)
  }
  const fieldsOf: Target['fieldsOf'] = async (path, id, lines) =>
    formIn((await get(path, lines)).body, id).fields

  const buttons: Target['buttons'] = async (lines) => {
    const { body } = await get('/buttons/1', lines)
    const sealOf = (name: string) =>
      new RegExp(`name="sealform.submit" value="([\\w-]+)"[^>]*>${name}<`).exec(body)?.[1] ??
      assert.fail(name)
    return {
      plain: sealOf('plain'),
      guarded: sealOf('guarded'),
      here: sealOf('here'),
      brief: sealOf('brief'),
    }
  }

  async function withstand(attacks: readonly Attack[]): Promise<void> {
    const good = await fieldsOf('/plain', 'plain')
    // In small groups: one after another is slow, and with all at once a failure is hard to assign.
    for (let at = 0; at < attacks.length; at += 16) {
      const group = attacks.slice(at, at + 16)
      const before = total()
      await Promise.all(group.map(attack))
      const names = group.map(({ name }) => name).join('; ')
      if (group.every(({ runs }) => runs !== 'any')) {
        const allowed = group.reduce((sum, { runs = 0 }) => sum + Number(runs), 0)
        assert.equal(total() - before, allowed, `not the runs expected of one of: ${names}`)
      }
      assert.deepEqual(faults, [], `unhandled because of one of: ${names}`)
    }
    const { answers } = await talk(port, [
      requestText('POST /plain HTTP/1.1', [...browserLines, formType], urlencoded(good, { text: 'good' })),
    ])
    assert.equal(answers[0]?.status, 303, 'a good submission is still taken')
    assert.deepEqual(faults, [])
  }

  async function attack({ name, says, status, talk: how, check }: Attack): Promise<void> {
    const conversation = await talk(port, Buffer.isBuffer(says) ? [says] : says, how)
    if (how?.ending === 'reset') return
    const [answer] = conversation.answers
    const got = answer?.status ?? (conversation.closed ? 0 : -1)
    const fits = status === undefined ? got >= 400 && got < 500 : [status].flat().includes(got)
    assert.ok(fits, `${name}: got ${got}, wanted ${status ?? '4xx'}\n${answer?.body.slice(0, 2000) ?? ''}`)
    for (const each of conversation.answers) assert.ok(each.status < 500, `${name}: got ${each.status}`)
    if (answer && check) check(answer, conversation)
  }

  return { port, runs, errors, fieldsOf, buttons, get, withstand, total, taken }
}

function defineApp(
  app: Koa<Koa.DefaultState, SealformContext>,
  runs: Map<string, number>,
  options: MiddlewareOptions<Koa.Context>,
): typeof app {
  const actions = createActions<Koa.Context>({ keys: testKey })
  const ran = (name: string) => runs.set(name, (runs.get(name) ?? 0) + 1)
  const router = new Router<Koa.DefaultState, SealformContext>()

  const plain = actions.define('plain', {
    path: false,
    async run({ formData }) {
      ran('plain')
      return formData.get('text') === 'no' ? invalid({ text: 'Not that' }) : redirect('/thanks')
    },
  })
  const lists = new Set(['7', '8'])
  const add = actions.define('list.add', async ({ formData }, list: string) => {
    ran('list.add')
    return formData.has('stay') ? done({ list }) : redirect(`/lists/${list}`)
  })
  const clear = actions.define('list.clear', async (_submission, list: string) => {
    ran('list.clear')
    return redirect(`/lists/${list}`)
  })
  const count = actions.define('count', async ({ previous }: { previous: number | undefined }) => {
    ran('count')
    return done((previous ?? 0) + 1)
  })
  const other = actions.define('other', async ({ previous }: { previous: string | undefined }) => {
    ran('other')
    return done(`${previous ?? ''}x`)
  })
  const guarded = actions.define('guarded', {
    authorize: ({ cookies }) => (cookies.get('role') === 'admin' ? undefined : forbidden()),
    async run() {
      ran('guarded')
      return redirect('/thanks')
    },
  })
  const here = actions.define('here', { path: true, run: async () => void ran('here') })
  const brief = actions.define('brief', { ttl: 1, run: async () => void ran('brief') })
  const go = actions.define('go', async ({ formData, cookies }) => {
    ran('go')
    cookies.set('went', String(formData.get('cookie') ?? 'yes').slice(0, 100))
    // As in JavaScript without types: null when the field is missing.
    return redirect(formData.get('next') as string)
  })
  const flashed = actions.define('flashed', async ({ formData }) => {
    ran('flashed')
    return flash({ said: String(formData.get('text')).slice(0, 100) }, '/flashed')
  })
  const survey = actions.define('survey', {
    input: z.object({
      name: z.string().min(1).max(50),
      topics: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
      age: z.coerce.number().int().min(1),
    }),
    run: async () => void ran('survey'),
  })
  const record = actions.define('record', {
    input: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    run: async ({ input }) => {
      ran('record')
      return invalid(Object.fromEntries(Object.keys(input).map((name) => [name, `Bad ${name}`])))
    },
  })
  const small = actions.define('small', {
    limits: { body: 4000, fields: 5, fieldName: 20, fieldValue: 100, idleTime: 0.3, bodyTime: 1 },
    run: async () => void ran('small'),
  })

  page('/plain', (ctx) => simple(ctx.form(plain)))
  page('/lists/:id', (ctx) => {
    const id = String(ctx.params.id)
    if (!lists.has(id)) ctx.throw(404)
    const form = ctx.form(add.bind(null, id))
    return simple(form, html`<button ${form.submit(clear.bind(null, id))}>Clear</button>`)
  })
  page('/buttons/:id', (ctx) => {
    const form = ctx.form(plain)
    return simple(
      form,
      html`${[plain, guarded, here, brief].map((action) => html`<button ${form.submit(action)}>${action.name}</button>`)}`,
    )
  })
  page('/any/:id', (ctx) => simple(ctx.form(add.bind(null, String(ctx.params.id)))))
  page('/count', (ctx) => {
    const form = ctx.form(count, { initial: 0 })
    return simple(form, html`<output>${form.state}</output>`)
  })
  page('/other', (ctx) => {
    const form = ctx.form(other, { initial: 'start' })
    return simple(form, html`<output>${form.state}</output>`)
  })
  page('/guarded', (ctx) => simple(ctx.form(guarded)))
  page('/here/:id', (ctx) => simple(ctx.form(here)))
  page('/brief', (ctx) => simple(ctx.form(brief)))
  page('/go', (ctx) => simple(ctx.form(go)))
  page('/flashed', (ctx) => {
    const form = ctx.form(flashed)
    return simple(form, html`<output>${(form.state as { said: string } | undefined)?.said}</output>`)
  })
  page('/survey', (ctx) => {
    const form = ctx.form(survey)
    return simple(
      form,
      html`<input ${form.input('name')}>${form.issue('name')}<input ${form.input('topics', { type: 'checkbox', value: 'a' })}>
        <input ${form.input('topics', { type: 'checkbox', value: 'b' })}>${form.issue('topics')}
        <input ${form.input('age')}>${form.issue('age')}`,
    )
  })
  page('/record', (ctx) => simple(ctx.form(record)))
  page('/small', (ctx) => simple(ctx.form(small)))
  page('/search', (ctx) =>
    ctx.region(
      'results',
      html`<div id="results"><p>${ctx.query.q}</p><a href="${ctx.path}?${ctx.querystring}">again</a>${simple(ctx.form(plain))}</div>`,
    ),
  )
  page('/thanks', () => html`<p>Thank you</p>`)

  app.use(sealform(actions, { onRefused: () => {}, session: (ctx) => ctx.cookies.get('user'), ...options }))
  app.use(router.routes())
  return app

  function page(path: string, show: (ctx: PageContext) => SafeHtml): void {
    router.get(path, (ctx) => {
      ctx.body = html`<!doctype html><title>A page</title>${show(ctx)}`
    })
  }
}

type PageContext = Parameters<Parameters<Router<Koa.DefaultState, SealformContext>['get']>[1]>[0]

function simple(form: ReturnType<SealformContext['form']>, more?: SafeHtml): SafeHtml {
  return html`${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}
    <textarea ${form.control('long')}>${form.value('long')}</textarea><input ${form.input('password', { type: 'password' })}>${more}<button>Send</button></form>`
}
