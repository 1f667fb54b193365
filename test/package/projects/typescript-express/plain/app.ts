import { createServer } from 'node:http'
import express, { type Request, type Response } from 'express'
import { createActions } from 'sealform'
import { type ExpressContext, type SealformLocals, type SealformRequest, sealform } from 'sealform/express'
import { sealform as listener, type NodeContext, type NodePage } from 'sealform/node'

const actions = createActions<ExpressContext>({ keys: process.env.SEALFORM_KEYS ?? '' })
const remove = actions.define('todos.remove', async ({ context }, id: number) => `${context.req.path}#${id}`)

const app = express()
app.use(sealform(actions))
app.get('/', (req, res: Response<unknown, SealformLocals>) => {
  const form = res.locals.form(remove.bind(null, 3))
  const same = (req as Request & SealformRequest).form(remove.bind(null, 4))
  res.send(`<form ${form.attributes}>${form.fields}</form><form ${same.attributes}>${same.fields}</form>`)
})

const plain = createActions<NodeContext>({ keys: process.env.SEALFORM_KEYS ?? '' })
const rename = plain.define('rename', async ({ context }) => context.res.statusCode)
const server = createServer(
  listener(
    plain,
    (req, _res, page: NodePage) => {
      const form = page.form(rename)
      page.send(`${req.url}<form ${form.attributes}>${form.fields}</form>`)
    },
    {
      proxy: true,
      onError: (error, { reference }, { req }) => console.error(error, reference, req.url),
    },
  ),
)
server.listen(0)
