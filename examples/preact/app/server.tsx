import { randomBytes } from 'node:crypto'
import { parseCookie } from 'cookie'
import express from 'express'
import { sealform } from 'sealform/express'
import { renderPreact } from 'sealform/preact/server'
import 'sealform/express/augment'
import { actions } from '../../react/app/actions.js'
import { fileFor } from '../../react/app/files.js'
import { propsFor } from '../../react/app/pages.js'
import { Page } from './page.js'

/** Creates the app. @param folder where the script for browsers is */
export function createApp(folder: string) {
  const app = express()
  app.use(sealform(actions))
  app.use(async (req, res, next) => {
    const file = await fileFor(req.path, folder)
    if (file) res.type(file.type).send(file.content)
    else next()
  })
  app.use(async (req, res, next) => {
    const { flash } = req.forms
    const from = parseCookie(req.headers.cookie ?? '').from ?? ''
    const props = propsFor(req.path, { flash: typeof flash === 'string' ? flash : '', from })
    if (!props) return next()
    const nonce = randomBytes(16).toString('base64')
    res.set(
      'Content-Security-Policy',
      `default-src 'self'; script-src 'nonce-${nonce}' 'strict-dynamic'; base-uri 'none'`,
    )
    await renderPreact(req, props, (given) => <Page {...given} />, {
      bootstrapModules: ['/client.js'],
      nonce,
    })
  })
  return app
}
