import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { createActions, done, invalid, redirect } from 'sealform'
import {
  type ExpressContext,
  type Form,
  type FormStatus,
  type RegionFailure,
  sealform,
} from 'sealform/express'
import { html, type SafeHtml } from 'sealform/html'
import { z } from 'zod'
import 'sealform/express/augment'

const actions = createActions<ExpressContext>({ keys: process.env.SEALFORM_KEYS ?? '' })

const addTodo = actions.define('todos.add', {
  input: z.object({ title: z.string().min(1, 'Enter a title'), note: z.string() }),
  async run({ input, context }, list: string) {
    const title: string = input.title
    const path: string = context.req.path
    if (title === 'Milk') return invalid({ title: `Already on the list of ${path}` })
    return redirect(`/?list=${list}&added=${encodeURIComponent(title)}`)
  },
})

interface Count {
  readonly count: number
}

const step = actions.define('step', async ({ previous }: { previous?: Count | undefined }, by: number) =>
  done({ count: (previous?.count ?? 0) + by }),
)

const app = express()
app.use(sealform(actions, { session: ({ req }) => req.get('X-User') }))
const router = Router()
router.get('/', (req, res) => {
  const form: Form = req.form(addTodo.bind(null, 'groceries'), { key: 'a' })
  const counter: Form<Count> = res.locals.form(step.bind(null, 2), { initial: { count: 5 } })
  const fields: SafeHtml = form.fields
  const status: FormStatus = form.status
  const fallback = ({ reference }: RegionFailure) => `<p id="step">${status} ${reference}</p>`
  res.send(html`<!doctype html>
    <title>${form.titlePrefix}Todos</title>
    <p>Added: ${String(req.query.added ?? 'nothing')}, counted: ${counter.state?.count}</p>
    <form ${form.attributes}>
      ${fields}
      <input ${form.input('title')}>
      ${form.issue('title')}
      <input ${form.input('note')}>
      <button>Add</button>
    </form>
    ${req.region('step', html`<form ${counter.attributes}>${counter.fields}<button>Count</button></form>`, { fallback })}`)
})
app.use(router)
app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  const reference: string | undefined = res.locals.failure?.reference
  console.error(reference)
  next(error)
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address() as AddressInfo
  console.log(address.port)
})
