import type { IncomingHttpHeaders } from 'node:http'
import { answerHeaders } from '../base/wire-names.js'
import type { JsonFormat } from './asked-format.js'
import type { ClientRow } from './client-table.js'
import { anyTag, hasElement, printWhole } from './print-for-client.js'

/** Response headers for a client. */
export type ClientHeaders = Readonly<Record<string, string>>

/** What a submission is answered with. */
export type Reply =
  | { readonly kind: 'redirect'; readonly location: string }
  /** A redirect that the client is told of. */
  | { readonly kind: 'told'; readonly headers: ClientHeaders }
  /** The app's own page, as it was rendered. */
  | {
      readonly kind: 'page'
      readonly status: number
      /** The HTML of the page; `undefined` when it cannot be changed. */
      readonly content?: string | Buffer | undefined
      readonly headers?: ClientHeaders
    }
  | {
      readonly kind: 'html'
      readonly status: number
      readonly html: string
      /** The regions that it holds; `undefined` for a whole page. */
      readonly regions?: readonly string[]
      readonly headers?: ClientHeaders
    }
  | {
      readonly kind: 'json'
      readonly status: number
      readonly text: string
      readonly format: JsonFormat
    }
  /** The page's, or the action's own. */
  | { readonly kind: 'leave' | 'own' | 'cut' }

/** Changes a reply as the row of a client says. */
export function adaptReply(row: ClientRow, reply: Reply, headers: IncomingHttpHeaders): Reply {
  switch (reply.kind) {
    case 'redirect':
      return tell(row, reply, headers)
    case 'html':
      return reply.regions === undefined
        ? showWhole(row, { ...reply, content: reply.html }, headers)
        : withStatus(row, reply, 'regions')
    case 'page':
      return showWhole(row, reply, headers)
    default:
      return reply
  }
}

/**
 * A boosted form of htmx is for a whole page, which htmx opens where a redirect has led. A Location that is no web address does
 * nothing in a redirect; a script would run it.
 */
function tell(row: ClientRow, reply: Reply & { kind: 'redirect' }, headers: IncomingHttpHeaders): Reply {
  if (row.redirect === undefined || headers['hx-boosted'] === 'true' || !isWebAddress(reply.location))
    return reply
  return { kind: 'told', headers: { [row.redirect]: reply.location } }
}

/** Says whether a Location, absolute or relative, leads to a page. */
export function isWebAddress(location: string): boolean {
  const base = 'http://sealform.invalid'
  return URL.canParse(location, base) && /^https?:$/.test(new URL(location, base).protocol)
}

type Shown = Reply & { kind: 'html' | 'page' }

function showWhole(
  row: ClientRow,
  reply: Shown & { readonly content?: string | Buffer | undefined },
  headers: IncomingHttpHeaders,
): Reply {
  const { status, content } = reply
  const fails = status < 200 || status > 299
  // As latin1, every byte of a page in whatever encoding comes back as it was.
  const text = typeof content === 'string' ? content : content?.toString('latin1')
  const ids = row.asks(headers, fails)
  const lacks = () =>
    ids.length > 0 && content !== undefined && !ids.some((id) => hasElement(content.toString(), anyTag, id))
  const whole = row.whole(headers, { fails, lacks })
  const changed = printWhole(whole, text, ids)
  const own = { ...reply.headers, ...changed.headers }
  // Without its mark the page is none that the frame opens, so its status stays as well.
  if (whole === 'marked' && changed.html === undefined) return reply
  if (reply.kind === 'html') {
    return withStatus(row, { kind: 'html', status, html: changed.html ?? reply.html, headers: own }, 'whole')
  }
  const { html } = changed
  const page = html === undefined || typeof content === 'string' ? html : Buffer.from(html, 'latin1')
  return withStatus(row, { kind: 'page', status, content: page ?? content, headers: own }, 'whole')
}

function withStatus(row: ClientRow, reply: Shown, part: 'regions' | 'whole'): Reply {
  const status = row.status(reply.status, part)
  if (status === reply.status) return reply
  return {
    ...reply,
    status,
    headers: { ...reply.headers, [answerHeaders.status]: String(reply.status) },
  }
}
