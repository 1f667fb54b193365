import { setTimeout as wait } from 'node:timers/promises'
import { formIn, fromSamePage, urlencoded } from './koa-app.js'

/** One form that a visitor sent, and its result. */
export interface Sent {
  readonly action: string
  /** The text in the book when it was accepted. */
  readonly line: string
  /** The typed text. */
  readonly text: string
  /** The build that rendered the form. */
  readonly build: string
  /** The server that rendered the form. */
  readonly renderedBy: string
  readonly status: number
  readonly body: string
}

export interface Visitors {
  readonly sent: readonly Sent[]
  /** Lets all visitors finish, and stops. */
  leave(): Promise<readonly Sent[]>
}

let visits = 0

/**
 * Starts visitors who open the guest book, wait a moment and send one of its forms, repeatedly, until they are stopped
 * or have sent `most` forms together.
 */
export function invite(url: string, count = 4, most = 2000): Visitors {
  const sent: Sent[] = []
  let staying = true
  const all = Promise.all(
    Array.from({ length: count }, async () => {
      while (staying && sent.length < most) sent.push(await visit(url, ++visits))
    }),
  )
  all.catch(() => {})
  return {
    sent,
    async leave() {
      staying = false
      await all
      return sent
    },
  }
}

/** Loads a page, waits and submits its form. */
async function visit(url: string, number: number): Promise<Sent> {
  const page = await (await fetch(url)).text()
  const [, renderedBy = '', build = ''] = /from <strong>(.*?)<\/strong>, of the (\w+) build/.exec(page) ?? []
  const offered = [...page.matchAll(/<form id="(book\.(?:sign|complain|praise))"/g)].map(([, id]) => id ?? '')
  const action = offered[number % offered.length] ?? ''
  const { html, fields } = formIn(page, action)
  const text = `No${number}`
  await wait(50 + Math.random() * 500)
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...fromSamePage, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: urlencoded(fields, typed(html, action, text)),
  })
  return {
    action,
    line:
      { 'book.sign': `Ada ${text}`, 'book.complain': `Complaint: ${text}`, 'book.praise': `Praise: ${text}` }[
        action
      ] ?? '',
    text,
    build,
    renderedBy,
    status: answer.status,
    body: await answer.text(),
  }
}

function typed(html: string, action: string, text: string): Record<string, string> {
  if (action !== 'book.sign') return { [action.replace('book.', '').replace('complain', 'complaint')]: text }
  return html.includes('name="first"') ? { first: 'Ada', last: text } : { name: `Ada ${text}` }
}
