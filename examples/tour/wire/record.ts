import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { Context, Next } from 'koa'
import { type Exchange, type Headers, places } from './exchange.js'
import { printLast, printLog } from './panel.js'
import { watchBody } from './sent-fields.js'

const requestHeaders = [
  'Accept',
  'Content-Type',
  'Content-Length',
  'Origin',
  'Sec-Fetch-Site',
  'Sealform-Region',
  'Turbo-Frame',
  'HX-Request',
  'HX-Target',
  'X-Up-Target',
  'X-Up-Fail-Target',
]
const responseHeaders = [
  'Content-Type',
  'Location',
  'Sealform-Location',
  'Sealform-Status',
  'HX-Redirect',
  'HX-Retarget',
  'HX-Reswap',
  'HX-Reselect',
  'X-Up-Target',
  'Vary',
  'Cache-Control',
]
/** A request with one of them is for a part of the page. */
const asksForPart = ['sealform-region', 'turbo-frame', 'hx-target', 'x-up-target']

const mostVisitors = 200
const mostExchanges = 5
const cookie = 'tour.wire'

/**
 * Notes what goes over the wire for each form that is sent, and fills the panel of the page with the last five of this
 * visitor. It is the outermost middleware that makes pages, and so knows the whole answer, whichever script has asked.
 */
export function recordWire() {
  const visitors = new Map<string, readonly Exchange[]>()

  return async function record(ctx: Context, next: Next): Promise<void> {
    const isSubmission = ctx.method === 'POST'
    const isRecorded = isSubmission || asksForPart.some((name) => ctx.headers[name] !== undefined)
    const visitor = isRecorded ? visitorOf(ctx) : ctx.cookies.get(cookie)
    const before = visitors.get(visitor ?? '') ?? []
    const start = performance.now()
    const { method, url } = ctx
    const body = isSubmission ? watchBody(ctx.req) : { bytes: 0, fields: [] }
    await next()
    let log = before
    if (isRecorded && visitor !== undefined) {
      const milliseconds = performance.now() - start
      log = [{ method, url: withoutValues(url), body, milliseconds, ...describe(ctx) }, ...before].slice(
        0,
        mostExchanges,
      )
      keep(visitor, log)
    }
    fill(ctx, log)
  }

  function keep(visitor: string, log: readonly Exchange[]): void {
    visitors.delete(visitor)
    visitors.set(visitor, log)
    for (const oldest of visitors.keys()) {
      if (visitors.size <= mostVisitors) break
      visitors.delete(oldest)
    }
  }
}

/** Gives a visitor who sends a form a name of its own, for this panel alone. */
function visitorOf(ctx: Context): string {
  const known = ctx.cookies.get(cookie)
  if (known !== undefined && /^[\da-f-]{36}$/.test(known)) return known
  const name = randomUUID()
  ctx.cookies.set(cookie, name, { sameSite: 'lax' })
  return name
}

function describe({
  req,
  res,
  status,
  body,
}: Context): Omit<Exchange, 'method' | 'url' | 'body' | 'milliseconds'> {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? String(body) : ''
  return {
    status,
    sent: pick(req.headers, requestHeaders),
    received: pick(res.getHeaders(), responseHeaders),
    parts: /^\s*<!doctype/i.test(text) ? 'page' : regionsIn(text),
    bytes: Buffer.byteLength(text),
  }
}

/** The panel's own regions are left out. */
function regionsIn(text: string): string[] {
  const ids = [...text.matchAll(/ data-sealform-region id="([^"]*)"/g)].map(([, id]) => id ?? '')
  return ids.filter((id) => !id.startsWith('wire-'))
}

function pick(headers: IncomingHttpHeaders | OutgoingHttpHeaders, names: readonly string[]): Headers {
  return names.flatMap((name) => {
    const value = headers[name.toLowerCase()]
    if (value === undefined) return []
    const text = String(value).replace(/(boundary=).*/, '$1…')
    return [[name, /location|redirect/i.test(name) ? withoutValues(text) : text] as const]
  })
}

/** Leaves out what a visitor has typed into a search: it stands in the address, and in that to which it leads. */
function withoutValues(url: string): string {
  return url.replace(/=[^&#]+/g, '=…')
}

function fill(ctx: Context, log: readonly Exchange[]): void {
  const { body } = ctx
  if (!ctx.response.is('html') || !(typeof body === 'string' || Buffer.isBuffer(body))) return
  ctx.body = String(body)
    .replace(places.last, () => String(printLast(log[0])))
    .replace(places.log, () => String(printLog(log)))
}
