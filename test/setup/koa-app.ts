import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import KoaRouter from '@koa/router'
import Koa from 'koa'
import { type Actions, type ActionsOptions, createActions } from '../../lib/sealform.js'
import { type MiddlewareOptions, type SealformContext, sealform } from '../../middleware/koa.js'
import { type Requests, requestsTo } from './requests-to.js'

/** A key for tests only. */
export const testKey = Buffer.from('a key of thirty-two bytes, yes!!').toString('base64')

export type TestApp = Koa<Koa.DefaultState, SealformContext>
export type TestRouter = KoaRouter<Koa.DefaultState, SealformContext>

const require = createRequire(import.meta.url)

/** Koa 2 and the other router have the same shape as the typed ones; only their types are not installed. */
export const Koa2: typeof Koa = require('koa2')
export const OtherRouter: typeof KoaRouter = require('koa-router')

export interface TestAppParts {
  readonly actions: Actions<Koa.Context>
  readonly app: TestApp
  readonly router: TestRouter
  /** The errors that reached `app.on('error')`. */
  readonly errors: unknown[]
  readonly request: Requests
}

/** Creates a Koa app with the middleware and a router. `define` adds the actions and pages. */
export function createTestApp(
  define: (parts: Omit<TestAppParts, 'request'>) => void,
  options: MiddlewareOptions<Koa.Context> & {
    actions?: ActionsOptions
    Koa?: typeof Koa
    Router?: typeof KoaRouter
  } = {},
): TestAppParts {
  const { actions: actionsOptions, Koa: KoaClass = Koa, Router = KoaRouter, ...middlewareOptions } = options
  const actions = createActions<Koa.Context>({ keys: testKey, ...actionsOptions })
  const app: TestApp = new KoaClass()
  const router: TestRouter = new Router()
  const errors: unknown[] = []
  app.silent = true
  app.on('error', (error) => errors.push(error))
  app.use(sealform(actions, { onRefused: () => {}, ...middlewareOptions }))
  define({ actions, app, router, errors })
  app.use(router.routes())
  let request: Requests | undefined
  return {
    actions,
    app,
    router,
    errors,
    get request() {
      request ??= requestsTo(app.callback())
      return request
    },
  }
}

/** Finds one form in a page: its hidden fields, and its other tags. */
export function formIn(
  page: string,
  id: string,
): { readonly html: string; readonly fields: Record<string, string> } {
  const start = page.search(new RegExp(`<form (?:data-sealform-region )?id="${id.replaceAll('.', '\\.')}"`))
  if (start === -1) throw new Error(`No form "${id}" in:\n${page}`)
  const html = page.slice(start, page.indexOf('</form>', start))
  const fields: Record<string, string> = {}
  for (const [, name, value] of html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
    fields[name!] = value!
  }
  return { html, fields }
}

/** The headers of a browser that sends a form from a page of the same origin. */
export const fromSamePage = { 'Sec-Fetch-Site': 'same-origin' } as const

/** Makes an urlencoded body: the hidden fields, then the others in order. */
export function urlencoded(
  ...parts: readonly Readonly<Record<string, string | readonly string[]>>[]
): string {
  const body = new URLSearchParams()
  for (const part of parts) {
    for (const [name, values] of Object.entries(part)) {
      for (const value of [values].flat()) body.append(name, value)
    }
  }
  return body.toString()
}

/** Listens on a free port of the loopback interface until the test is over. */
export async function listen(server: Server, onEnd: (close: () => Promise<void>) => void): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onEnd(
    () =>
      new Promise((resolve) => {
        // In this order: a browser may connect again at once, and close() would wait for that connection.
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}
