import type { Readable } from 'node:stream'
import type { Next } from 'koa'
import type { RenderedPage, Rendering } from '../lib/answer/judge-rendering.js'
import { hasLeft } from '../lib/base/visitor-left.js'
import { SafeHtml } from '../views/safe-html.js'
import { headerOf } from './answer-headers.js'
import { isEncoded, isJson, maxHeldBytes, pageTime, unanswered } from './held-page.js'
import { type HeldStream, holdStream, streamOf } from './held-stream.js'
import type { KoaContext } from './koa-response.js'
import { presentAsGet, restoreRequest } from './present-as-get.js'

/** Runs the app's page for a submission, as for a GET with this Cookie header. Nothing of it is sent yet. */
export async function renderAsGet(
  ctx: KoaContext,
  next: Next,
  cookieHeader: string | undefined,
): Promise<Rendering> {
  const { req, res } = ctx
  const sent = presentAsGet(req, cookieHeader)
  try {
    await next()
    if (res.headersSent || ctx.respond === false) return { kind: 'sent' }
    const holding = holdBody(ctx)
    const { body, content } = holding instanceof Promise ? await holding : holding
    return {
      kind: 'rendered',
      status: res.statusCode,
      location: headerOf(res, 'Location'),
      body,
      content,
      encoded: isEncoded(res),
      json: isJson(res),
      takenOver: false,
    }
  } catch (error) {
    return { kind: 'threw', error, sent: res.headersSent }
  } finally {
    restoreRequest(req, sent)
  }
}

/** Sets SafeHtml as an HTML body. Koa would send the object as JSON. */
export function setHtml(ctx: KoaContext, html: SafeHtml): void {
  ctx.type = 'html'
  ctx.body = html.toString()
}

type HeldBody = Pick<RenderedPage, 'body' | 'content'>

const nothing: HeldBody = { body: 'none', content: undefined }

/** Reads the body that the page has left. A stream is held, so that the form is known that it makes while it is read. */
function holdBody(ctx: KoaContext): HeldBody | Promise<HeldBody> {
  if (ctx.response.body instanceof SafeHtml) setHtml(ctx, ctx.response.body)
  const { body } = ctx.response
  if (body === undefined || body === null) return nothing
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return { body: body.length > 0 ? 'finished' : 'none', content: body }
  }
  const stream = streamOf(body)
  // Koa sends everything else as JSON.
  return stream ? holdStreamBody(ctx, stream) : { body: 'finished', content: JSON.stringify(body) }
}

async function holdStreamBody(ctx: KoaContext, stream: Readable): Promise<HeldBody> {
  const { res } = ctx
  const reading = new AbortController()
  const stop = () => reading.abort(unanswered())
  const timer = setTimeout(stop, pageTime).unref()
  res.once('close', stop)
  // Koa 2 would answer by itself when the stream of a body fails.
  ctx.onerror = ignore
  try {
    const held = await holdStream(stream, maxHeldBytes, reading.signal)
    ctx.body = held.finished ? held.bytes : held.all
    return { body: bodyKind(held), content: held.bytes }
  } catch (error) {
    // Koa destroys the stream when the visitor leaves, a moment before the response is closed.
    if (hasLeft(res) || !ctx.writable) return nothing
    throw error
  } finally {
    Reflect.deleteProperty(ctx, 'onerror')
    clearTimeout(timer)
    res.off('close', stop)
  }
}

function bodyKind({ finished, bytes }: HeldStream): RenderedPage['body'] {
  if (!finished) return 'unfinished'
  return bytes.length > 0 ? 'finished' : 'none'
}

function ignore(): void {}
