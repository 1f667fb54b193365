import type { Response } from 'supertest'
import { createTour } from '../../examples/tour/app.js'
import { formIn, fromSamePage, testKey, urlencoded } from './koa-app.js'
import { requestsTo } from './requests-to.js'

type Typed = Readonly<Record<string, string | readonly string[]>>

/** A visitor with their own tour, who opens one page after the other. */
export function visitTour() {
  const tour = createTour({ keys: testKey, onRefused: () => {} })
  tour.silent = true
  tour.on('error', () => {})
  const request = requestsTo(tour.callback())

  /** Sends a form of a page, by one of its buttons if it is named. */
  const send = (page: string, path: string, id: string, typed: Typed, button?: string) =>
    request
      .post(path)
      .set(fromSamePage)
      .type('form')
      .send(urlencoded(formIn(page, id).fields, typed, button === undefined ? {} : buttonIn(page, button)))

  return {
    request,
    page: async (path: string) => (await request.get(path)).text,
    send,
    /** Follows the redirect of an answer, with its cookies. */
    follow: (answer: Response) =>
      request
        .get(String(answer.headers.location))
        .set('Cookie', (answer.get('Set-Cookie') ?? []).map((line) => line.split(';', 1)[0]).join('; ')),
  }
}

/** Returns the field that a button with this text sends. */
export function buttonIn(page: string, text: string): Record<string, string> {
  for (const [, tag = '', content = ''] of page.matchAll(/<button ([^>]*)>(.*?)<\/button>/gs)) {
    if (content.replace(/<[^>]*>/g, '').trim() !== text) continue
    const name = /name="([^"]+)"/.exec(tag)?.[1]
    return name === undefined ? {} : { [name]: /value="([^"]*)"/.exec(tag)?.[1] ?? '' }
  }
  throw new Error(`No button “${text}” in:\n${page}`)
}

/** Returns the messages of the summary. Each one also stands beside a field, or is about the whole form. */
export function messagesIn(page: string): string[] {
  const summary = /<div class="sealform-summary".*?<\/div>/s.exec(page)?.[0] ?? ''
  const items = summary.matchAll(/<(?:li|p)>(?:<a [^>]*>)?([^<]*)/g)
  return Array.from(items, ([, text = '']) => text)
}

/** Returns the value of a control: its text, or the chosen option or box. */
export function valueIn(page: string, name: string): string | undefined {
  const escaped = name.replace(/[[\].]/g, '\\$&')
  const select = new RegExp(`<select [^>]*name="${escaped}".*?</select>`, 's').exec(page)?.[0]
  if (select !== undefined) return /<option value="([^"]*)" selected/.exec(select)?.[1]
  const textarea = new RegExp(`<textarea [^>]*name="${escaped}"[^>]*>\\n?([^<]*)`).exec(page)
  if (textarea) return textarea[1]
  const inputs = [...page.matchAll(new RegExp(`<input [^>]*name="${escaped}"[^>]*>`, 'g'))].map(
    ([tag]) => tag,
  )
  const chosen = inputs.find((tag) => !/type="(?:radio|checkbox)"/.test(tag) || / checked/.test(tag))
  return chosen && (/ value="([^"]*)"/.exec(chosen)?.[1] ?? '')
}
