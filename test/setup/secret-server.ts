// A server in a process of its own, whose form asks for secrets: see secret-process.ts.

import { createServer } from 'node:http'
import { z } from 'zod'
import { createActions, invalid } from '../../lib/sealform.js'
import { type Form, sealform } from '../../middleware/node.js'
import { html } from '../../views/html.js'
import type { SecretServerOptions } from './secret-process.js'

const { key, page }: SecretServerOptions = JSON.parse(process.argv[2] ?? '{}')

const actions = createActions({ keys: key })
const open = actions.define('open', {
  secrets: ['code', 'rows[].key'],
  limits: { depth: 2 },
  input: z.object({ word: z.string().meta({ format: 'password' }) }),
  run: async () => invalid({ text: 'Not that' }),
})

const listener = sealform(
  actions,
  (_req, res, { form: formOf, send }) => {
    if (page === 'missing') {
      res.writeHead(404).end()
      return
    }
    // Its schema knows only one of the fields.
    const form: Form = formOf(open)
    const beginning = html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}>`
    if (page === 'throws-first') throw new Error('the template broke')
    const controls =
      page === 'as-text'
        ? ['code', 'word', 'rows[0].key', 'password', 'door'].map(
            (name) => html`<input ${form.input(name, { type: 'text' })}>`,
          )
        : html`<input ${form.input('code', { type: 'password' })}><input ${form.input('word')}>
            <input ${form.input('rows[0].key', { type: 'password' })}>
            <input ${form.input('password', { type: 'password' })}>
            <input ${form.input('door', { type: 'password' })}>`
    if (page === 'throws-last') throw new Error('the template broke')
    send(html`${beginning}${controls}</form>`)
  },
  { onRefused: () => {}, onError: () => {} },
)

const server = createServer(listener).listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address !== 'string') process.send?.({ port: address.port })
})
process.on('disconnect', () => process.exit())
