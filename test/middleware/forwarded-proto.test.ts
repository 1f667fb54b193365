import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import Express from 'express'
import Koa from 'koa'
import { checkOrigin } from '../../lib/cli/check-origin.js'
import { createActions, flash } from '../../lib/sealform.js'
import { sealform as onExpress } from '../../middleware/express.js'
import { sealform as onKoa, type SealformContext } from '../../middleware/koa.js'
import { sealform as onNode } from '../../middleware/node.js'
import { Express4 } from '../setup/express-app.js'
import { listen, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'

const actions = createActions({ keys: testKey })
const act = actions.define('act', async () => flash({ seen: true }, '/'))

const express = (make: typeof Express): RequestListener => {
  const app = make()
  app.set('trust proxy', true)
  app.use(onExpress(actions, { onRefused: () => {} }))
  app.get('/', (req, res) => {
    res.send(req.form(act).fields)
  })
  return app
}

const koa = (): RequestListener => {
  const app = new Koa<Koa.DefaultState, SealformContext>({ proxy: true })
  app.use(onKoa(actions, { onRefused: () => {} }))
  app.use((ctx) => {
    ctx.body = ctx.form(act).fields
  })
  return app.callback()
}

const apps: Readonly<Record<string, RequestListener>> = {
  Koa: koa(),
  'Express 5': express(Express),
  'Express 4': express(Express4),
  'node:http': onNode(actions, (_req, _res, { form, send }) => send(form(act).fields), {
    proxy: true,
    onRefused: () => {},
  }),
}

const cases: readonly (readonly [header: string | undefined, protocol: 'http' | 'https' | undefined])[] = [
  [undefined, 'http'],
  ['http', 'http'],
  ['https', 'https'],
  ['HTTPS', 'https'],
  ['Https', 'https'],
  ['HTTP', 'http'],
  ['', 'http'],
  [' ', 'http'],
  ['ftp', undefined],
  ['https:', undefined],
]

for (const [name, listener] of Object.entries(apps)) {
  describe(`X-Forwarded-Proto on ${name}`, () => {
    it('is read without regard to case, and says nothing when it is empty, as sealform check has it', async (t) => {
      const port = await listen(createServer(listener), (close) => t.after(close))
      const request = requestsTo(`http://127.0.0.1:${port}`)
      const seal = /name="sealform" value="([^"]+)"/.exec((await request.get('/')).text)?.[1] ?? ''
      for (const [header, protocol] of cases) {
        for (const asked of ['http', 'https'] as const) {
          const answer = await request
            .post('/')
            .redirects(0)
            .set({
              Host: 'shop.example',
              Origin: `${asked}://shop.example`,
              ...(header === undefined ? {} : { 'X-Forwarded-Proto': header }),
            })
            .send(urlencoded({ sealform: seal }, {}))
          const label = `${JSON.stringify(header)}, ${asked}`
          assert.equal(answer.status, protocol === undefined ? 400 : protocol === asked ? 303 : 403, label)
          if (answer.status === 303) {
            const [cookie = ''] = answer.get('Set-Cookie') ?? []
            assert.equal(/^__Host-.*; Secure/.test(cookie), asked === 'https', label)
          }
          const checked = checkOrigin({
            visited: `${asked}://shop.example`,
            origin: undefined,
            allowedOrigins: undefined,
            session: true,
            trustProxy: true,
            protocol: 'http',
            host: 'shop.example',
            forwardedProto: header,
            forwardedHost: undefined,
          })
          const says = /without Sec-Fetch-Site +(allowed|refused with \d+)/.exec(checked.text)?.[1]
          assert.equal(says === 'allowed', answer.status === 303, `${label}: ${checked.text}`)
        }
      }
    })
  })
}
