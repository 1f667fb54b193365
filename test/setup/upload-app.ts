import { readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type Koa from 'koa'
import {
  type Action,
  type Actions,
  directoryStorage,
  type LimitOptions,
  type QuotaOptions,
} from '../../lib/sealform.js'
import type { FileStorage } from '../../lib/types.js'
import { html } from '../../views/html.js'
import { scratch } from './file-storage.js'
import { createTestApp, formIn, listen } from './koa-app.js'
import { until } from './patience.js'
import { type RawAnswer, requestText, type Talk, talk } from './raw-http.js'

/** A part of a multipart body: a text field or a file. */
export type Part =
  | readonly [name: string, value: string]
  | {
      readonly name: string
      readonly filename: string
      readonly type?: string
      readonly content?: string | Buffer
    }

export const boundary = 'WebKitFormBoundary7MA4YWxkTrZu0gW'

export function multipartBody(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap((part) => {
    if (Array.isArray(part)) {
      return [`--${boundary}\r\nContent-Disposition: form-data; name="${part[0]}"\r\n\r\n${part[1]}\r\n`]
    }
    const { name, filename, type = 'text/plain', content = '' } = part as Exclude<Part, readonly string[]>
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`
    return [head, content, '\r\n']
  })
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece)))
}

export interface UploadApp {
  readonly port: number
  /** The bytes that were read from a connection when its last answer was sent. */
  taken(): number
  readonly errors: unknown[]
  readonly refusals: string[]
  /** Where the files lie. */
  readonly directory: string
  /** Returns the files in it. */
  stored(): readonly string[]
  /** Returns the bytes of all of them. */
  bytes(): number
  /** Waits until it is empty, and stays so. */
  emptied(): Promise<readonly string[]>
  page(path?: string, cookie?: string): Promise<RawAnswer>
  /** Returns the hidden fields of the form as text parts, in order. */
  hidden(page: string): readonly Part[]
  /** Sends the form of a new page with these parts. */
  submit(...parts: readonly Part[]): Promise<RawAnswer>
  /** Sends exactly these parts. */
  send(parts: readonly Part[], options?: SendOptions): Promise<RawAnswer>
}

export interface SendOptions extends Talk {
  readonly path?: string
  readonly cookie?: string
  readonly chunked?: boolean
}

export interface UploadAppOptions {
  readonly define: (actions: Actions<Koa.Context>) => Action<never, never, [], Koa.Context> | unknown
  readonly storage?: (directory: string) => FileStorage
  readonly limits?: LimitOptions
  readonly keep?: string | number
  readonly quota?: QuotaOptions
  readonly ttl?: number
  readonly page?: 'plain' | 'places-kept' | 'missing'
}

/** Starts an app on a real port, with one action on `/` whose form is called `upload`. */
export async function uploadApp(t: TestContext, options: UploadAppOptions): Promise<UploadApp> {
  const directory = scratch(t)
  const storage = options.storage?.(directory) ?? directoryStorage({ directory })
  const refusals: string[] = []
  let asked = 0
  const { app, errors } = createTestApp(
    ({ actions, router }) => {
      const upload = options.define(actions) as Action<never, never, [], Koa.Context>
      router.get(['/', '/other'], (ctx) => {
        if (options.page === 'missing' && asked++ > 0) ctx.throw(404)
        const form = ctx.form(upload)
        const places = options.page === 'places-kept'
        ctx.body = html`<!doctype html><title>Upload</title>${form.summary()}<form ${form.attributes}>${form.fields}
          <input ${form.input('title')}>${form.issue('title')}
          <input ${form.input('picture')}>${form.issue('picture')}${places && html`<div id="placed">${form.kept('picture')}</div>`}
          <input ${form.input('attachments')}>${form.issue('attachments')}
          <button>Send</button></form>`
      })
    },
    {
      onRefused: ({ detail }) => refusals.push(detail),
      session: (ctx) => ctx.cookies.get('user'),
      actions: {
        uploads: {
          storage,
          ...(options.quota ? { quota: options.quota } : {}),
          ...(options.keep === undefined ? {} : { keep: options.keep }),
        },
        ...(options.limits ? { limits: options.limits } : {}),
        ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
      },
    },
  )
  let taken = 0
  const server = createServer(app.callback())
  server.on('request', (req, res) => {
    res.once('finish', () => {
      taken = req.socket.bytesRead
    })
  })
  const port = await listen(server, (close) => t.after(close))
  const stored = () => readdirSync(directory)

  return {
    port,
    taken: () => taken,
    errors,
    refusals,
    directory,
    stored,
    bytes: () => stored().reduce((sum, name) => sum + statSync(join(directory, name)).size, 0),
    emptied,
    page,
    hidden,
    submit,
    send,
  }

  async function emptied(): Promise<readonly string[]> {
    const isEmpty = () => stored().length === 0
    await until(isEmpty)
    // A file that was being opened then appears now, and has to go as well.
    await setTimeout(50)
    await until(isEmpty)
    return stored()
  }

  async function page(path = '/', cookie?: string): Promise<RawAnswer> {
    const { answers } = await talk(port, [requestText(`GET ${path} HTTP/1.1`, lines(cookie))])
    return answers[0]!
  }

  function hidden(text: string): readonly Part[] {
    const { html } = formIn(text, 'upload')
    return [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
      ([, name, value]) => [name!, value!] as const,
    )
  }

  async function submit(...parts: readonly Part[]): Promise<RawAnswer> {
    return send([...hidden((await page()).body), ...parts])
  }

  async function send(parts: readonly Part[], options: SendOptions = {}): Promise<RawAnswer> {
    const { answers } = await talk(port, [post(parts, options)], options)
    if (!answers[0]) throw new Error('no answer')
    return answers[0]
  }
}

/** Makes the bytes of a request with these parts. */
export function post(parts: readonly Part[], { path = '/', cookie }: SendOptions = {}): Buffer {
  const type = ['Content-Type', `multipart/form-data; boundary=${boundary}`] as const
  return requestText(`POST ${path} HTTP/1.1`, [...lines(cookie), type], multipartBody(...parts))
}

function lines(cookie: string | undefined) {
  const common = [
    ['Host', 'app.example'],
    ['Origin', 'http://app.example'],
    ['Sec-Fetch-Site', 'same-origin'],
  ] as const
  return cookie === undefined ? common : ([...common, ['Cookie', cookie]] as const)
}
