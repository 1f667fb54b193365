import { Stream } from 'node:stream'
import type { DefaultState, ParameterizedContext } from 'koa'
import type { OwnAnswer } from '../lib/action/own-answer.js'

/** Koa's context, whatever middleware has added to it. */
export type KoaContext = ParameterizedContext<DefaultState, object>

/** What Koa sends after all middleware has run. */
export interface NotedResponse {
  readonly body: unknown
  readonly respond: boolean | undefined
  readonly status: number
  /** Whether the status was set, or is Koa's 404. */
  readonly explicit: unknown
}

/** Koa's own mark of a status that was set. Without it, a body makes the status 200. */
const explicitStatus = '_explicitStatus'

export function noteResponse({ response, respond }: KoaContext): NotedResponse {
  const { body, status } = response
  return { body, respond, status, explicit: Reflect.get(response, explicitStatus) }
}

/** Puts another body in place of one that is not sent. Destroys it when it is a stream. */
function dropBody({ response }: KoaContext, other: unknown): void {
  const { body } = response
  if (body === other) return
  if (body instanceof Stream) {
    // Koa answers with an error of a body. This one has no answer to give any more.
    body.removeAllListeners('error').on('error', ignore)
    if ('destroy' in body && typeof body.destroy === 'function') body.destroy()
  }
  // With this type, Koa 3 would take the text `null` for no body.
  response.remove('Content-Type')
  response.body = other
  Reflect.set(response, '_explicitNullBody', undefined)
}

/** Tells what was set on the response since it was noted. */
export function changeSince(noted: NotedResponse, ctx: KoaContext): OwnAnswer {
  const { body, respond, status, explicit } = noteResponse(ctx)
  if (body !== noted.body || respond !== noted.respond) return 'set'
  return status !== noted.status || explicit !== noted.explicit ? 'status' : 'none'
}

/** Restores the response as it was noted. */
export function restoreResponse(noted: NotedResponse, ctx: KoaContext): void {
  const { response } = ctx
  dropBody(ctx, noted.body)
  ctx.respond = noted.respond
  response.status = noted.status
  Reflect.set(response, explicitStatus, noted.explicit)
}

function ignore(): void {}
