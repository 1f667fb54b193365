import { html, raw, type SafeHtml } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'
import { sizeText } from '../size.js'
import { type Exchange, places } from './exchange.js'

/**
 * Prints the panel with what went over the wire. The line that is always there and the list are regions of their own, so that
 * the panel stays open while they are replaced.
 */
export function wirePanel(ctx: Pick<SealformContext, 'region'>): SafeHtml {
  const last = ctx.region('wire-last', html`<span id="wire-last">${raw(places.last)}</span>`, {
    always: true,
  })
  const log = ctx.region('wire-log', html`<div id="wire-log">${raw(places.log)}</div>`, { always: true })
  return html`<aside class="wire" aria-label="What went over the wire">
<details><summary><b>Wire</b> ${last}</summary>${log}</details>
</aside>`
}

/** Prints an exchange in one line. */
export function printLast(exchange: Exchange | undefined): SafeHtml {
  if (!exchange) return html`Nothing was sent yet.`
  const { method, url, status, milliseconds } = exchange
  return html`${method} ${url} → <strong>${status}</strong>, ${partsText(exchange)}, ${Math.ceil(milliseconds)} ms`
}

export function printLog(log: readonly Exchange[]): SafeHtml {
  if (log.length === 0)
    return html`<p>Send a form, and this shows what your browser sent and got. No value is kept.</p>`
  return html`<ol>${log.map(printExchange)}</ol>`
}

function printExchange(exchange: Exchange): SafeHtml {
  const { sent, body, received, status } = exchange
  return html`<li class="exchange">
<p>${printLast(exchange)}</p>
<p class="part"><b>Sent</b> <span>${sent.map(printHeader)}</span></p>
${body.bytes > 0 && html`<p class="part"><b>Body</b> <span>${fieldsText(body)}</span></p>`}
<p class="part"><b>Received</b> <span><code>Status: ${status}</code>${received.map(printHeader)}</span></p>
</li>`
}

function printHeader([name, value]: readonly [string, string]): SafeHtml {
  return html` <code>${name}: ${value}</code>`
}

function partsText({ parts, bytes, received }: Exchange): string {
  if (parts === 'page') return `the whole page, ${sizeText(bytes)}`
  if (parts.length > 0)
    return `${parts.length === 1 ? 'region' : 'regions'} ${parts.join(', ')}, ${sizeText(bytes)}`
  const to = received.find(([name]) => /location|hx-redirect/i.test(name))?.[1]
  if (to !== undefined) return `on to ${to}`
  return bytes === 0 ? 'no content' : sizeText(bytes)
}

function fieldsText({ bytes, fields }: Exchange['body']): SafeHtml {
  return html`${fields.map(({ name, bytes: size, type }) => html`<code>${name}</code> ${sizeText(size)}${type !== undefined && ` of ${type}`}, `)}${sizeText(bytes)} in all`
}
