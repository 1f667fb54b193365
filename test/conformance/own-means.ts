import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Response } from 'express'
import type Koa from 'koa'
import { html } from '../../views/html.js'
import type { AnyContext, Framework } from './frameworks.js'

/** Answers by itself, and returns what such code usually returns. */
type Means = (context: AnyContext) => unknown

export const rows = 'name,amount\r\nAnn,3\r\n'
export const file = join(import.meta.dirname, '..', '..', '..', 'package.json')

/** What an answer has to be. */
export interface OwnMeans {
  readonly means: Means
  readonly status: number
  readonly location?: string
  readonly type?: RegExp
  readonly disposition?: RegExp
  readonly text?: RegExp
}

const csv = { status: 200, type: /^text\/csv/, text: /^name,amount\r\nAnn,3\r\n$/ } as const
const table = { ...csv, disposition: /^attachment; filename="?rows\.csv"?$/ } as const
const json = { status: 201, type: /^application\/json/, text: /^\{"a":1\}$/ } as const
const away = { status: 302, location: '/sign-in' } as const
const page = { status: 200, type: /^text\/html/, text: /^<p>own<\/p>$/ } as const
const download = {
  status: 200,
  disposition: /^attachment; filename="?p\.json"?$/,
  text: /"name": "sealform"/,
} as const
const nothing = { status: 204, text: /^$/ } as const

const koa =
  (means: (ctx: Koa.Context) => unknown): Means =>
  (context) =>
    means(context as Koa.Context)
const express =
  (means: (res: Response) => unknown): Means =>
  (context) =>
    means((context as unknown as { readonly res: Response }).res)
const node =
  (means: (res: ServerResponse) => unknown): Means =>
  (context) =>
    means(responseOf(context))

export function responseOf(context: AnyContext): ServerResponse {
  return (context as unknown as { readonly res: ServerResponse }).res
}

/** Takes the response out of Koa's hands, where the framework is Koa. */
export function rawResponse(context: AnyContext): ServerResponse {
  if ('respond' in context || 'app' in context) Object.assign(context, { respond: false })
  return responseOf(context)
}

function pieces(): Readable {
  return Readable.from(['name,amount\r\n', 'Ann,3\r\n'])
}

const csvHead = { 'Content-Type': 'text/csv', 'Content-Disposition': 'attachment; filename="rows.csv"' }

const raw: Readonly<Record<string, OwnMeans>> = {
  'end of the raw response': {
    ...table,
    means: (context) => void rawResponse(context).writeHead(200, csvHead).end(rows),
  },
  'pieces of the raw response': {
    ...table,
    async means(context) {
      const res = rawResponse(context).writeHead(200, csvHead)
      for await (const piece of pieces()) res.write(piece)
      res.end()
    },
  },
  'pieces that come after the action': {
    ...table,
    means(context) {
      const res = rawResponse(context).writeHead(200, csvHead)
      pieces()
        .on('data', (piece) => res.write(piece))
        .on('end', () => res.end())
    },
  },
  'a stream that is piped and not awaited': {
    ...table,
    means(context) {
      const res = rawResponse(context)
      // Koa's own is 404 until something is set.
      res.statusCode = 200
      for (const [name, value] of Object.entries(csvHead)) res.setHeader(name, value)
      pieces().pipe(res)
    },
  },
  'a status that is ended': {
    ...nothing,
    means(context) {
      const res = rawResponse(context)
      res.statusCode = 204
      res.end()
    },
  },
}

const onKoa: Readonly<Record<string, OwnMeans>> = {
  'ctx.redirect': { ...away, means: koa((ctx) => ctx.redirect('/sign-in')) },
  'ctx.body, text': {
    ...csv,
    means: koa((ctx) => {
      ctx.type = 'text/csv'
      ctx.body = rows
    }),
  },
  'ctx.body, JSON': {
    ...json,
    means: koa((ctx) => {
      ctx.status = 201
      ctx.body = { a: 1 }
    }),
  },
  'ctx.body, SafeHtml': {
    ...page,
    means: koa((ctx) => {
      ctx.body = html`<p>own</p>`
    }),
  },
  'ctx.attachment and a stream': {
    ...table,
    means: koa((ctx) => {
      ctx.attachment('rows.csv')
      ctx.body = pieces()
    }),
  },
  'ctx.attachment and a file': {
    ...download,
    means: koa((ctx) => {
      ctx.attachment('p.json')
      ctx.body = createReadStream(file)
    }),
  },
  'ctx.status': {
    ...nothing,
    means: koa((ctx) => {
      ctx.status = 204
    }),
  },
  'ctx.body, null': {
    ...nothing,
    means: koa((ctx) => {
      ctx.body = null
    }),
  },
}

const onExpress: Readonly<Record<string, OwnMeans>> = {
  'res.redirect': { ...away, means: express((res) => res.redirect('/sign-in')) },
  'res.json': { ...json, means: express((res) => res.status(201).json({ a: 1 })) },
  'res.send, text': { ...csv, means: express((res) => res.type('text/csv').send(rows)) },
  'res.send, SafeHtml': { ...page, means: express((res) => res.send(html`<p>own</p>`)) },
  'res.attachment and a stream': {
    ...table,
    means: express((res) => void pieces().pipe(res.attachment('rows.csv'))),
  },
  'res.download, not awaited': { ...download, means: express((res) => res.download(file, 'p.json')) },
  'res.download, awaited': {
    ...download,
    means: express(
      (res) =>
        new Promise<void>((resolve, reject) => {
          res.download(file, 'p.json', (error) => (error ? reject(error) : resolve()))
        }),
    ),
  },
  'res.sendFile': { status: 200, text: download.text, means: express((res) => res.sendFile(file)) },
  'res.render': {
    ...page,
    means: express((res) => {
      // An engine that takes its time. Any file that exists will do as the template.
      res.app.engine('json', (_path, _options, done) => setTimeout(done, 5, null, '<p>own</p>'))
      res.render(file)
    }),
  },
  'res.sendStatus': { status: 202, text: /^Accepted$/, means: express((res) => res.sendStatus(202)) },
}

const onNode: Readonly<Record<string, OwnMeans>> = {
  redirect: { ...away, means: node((res) => void res.writeHead(302, { Location: '/sign-in' }).end()) },
}

/** All ways to answer that a framework has. */
export function ownMeansOf({ name }: Framework): Readonly<Record<string, OwnMeans>> {
  const own = name.startsWith('Koa') ? onKoa : name.startsWith('Express') ? onExpress : onNode
  return { ...own, ...raw }
}
