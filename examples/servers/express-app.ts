import type { RequestListener } from 'node:http'
import express from 'express'
import { type SealformRequest, sealform } from 'sealform/express'
import type { ServerParts } from './server.js'

export function expressApp({ actions, options, render, isEnding }: ServerParts): RequestListener {
  const app = express()
  app.set('trust proxy', 'loopback')
  app.get('/health', (_req, res) => {
    res.sendStatus(isEnding() ? 503 : 204)
  })
  app.use(sealform(actions, options))
  app.get('/', async (req, res) => {
    const { form } = req as typeof req & SealformRequest
    res.send(String(await render(form)))
  })
  return app
}
