import express, { type Response } from 'express'
import { createActions } from 'sealform'
import { type ExpressContext, type SealformLocals, sealform } from 'sealform/express'
import { sealform as listener } from 'sealform/node'

const actions = createActions<ExpressContext>()
const remove = actions.define('todos.remove', async ({ context }, id: number) => {
  context.path // TS2339
  return id
})

const app = express()
app.use(sealform(actions, { mode: 'off' })) // TS2322
app.use(sealform(actions, { session: (ctx) => ctx.cookies })) // TS2339
app.get('/', (req, res: Response<unknown, SealformLocals>) => {
  req.form(remove.bind(null, 3)) // TS2339
  res.locals.form(remove) // TS2345
  res.locals.form(remove.bind(null, 'three')) // TS2345
  res.locals.form(remove.bind(null, 3), { keys: 'a' }) // TS2561
  res.locals.form(remove.bind(null, 3), { initial: 'a' }) // TS2322
})
listener(actions, (_req, _res, page) => page.sends('')) // TS2551
listener(createActions(), () => {}, { proxi: true }) // TS2561
