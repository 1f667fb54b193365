import supertest, { type Response } from 'supertest'
import { createTour } from '../../examples/tour/app.js'
import { formIn, fromSamePage, testKey, urlencoded } from './koa-app.js'

type Typed = Readonly<Record<string, string | readonly string[]>>

/** Somebody who visits a tour of their own, one page after the other. */
export function visitTour() {
  const tour = createTour({ keys: testKey, onRefused: () => {} })
  tour.silent = true
  tour.on('error', () => {})
  const request = supertest(tour.callback())

  /** Sends a form of a page that was got before, by one of its buttons if it is named. */
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
    /** The page that an answer sends the visitor to, with the cookies that came along. */
    follow: (answer: Response) =>
      request
        .get(String(answer.headers.location))
        .set('Cookie', (answer.get('Set-Cookie') ?? []).map((line) => line.split(';', 1)[0]).join('; ')),
  }
}

/** What a button with this text sends. */
export function buttonIn(page: string, text: string): Record<string, string> {
  for (const [, tag = '', content = ''] of page.matchAll(/<button ([^>]*)>(.*?)<\/button>/gs)) {
    if (content.replace(/<[^>]*>/g, '').trim() !== text) continue
    const name = /name="([^"]+)"/.exec(tag)?.[1]
    return name === undefined ? {} : { [name]: /value="([^"]*)"/.exec(tag)?.[1] ?? '' }
  }
  throw new Error(`No button “${text}” in:\n${page}`)
}

/** The messages of the summary, each of which stands beside a field as well, or speaks of the form. */
export function messagesIn(page: string): string[] {
  const summary = /<div class="sealform-summary".*?<\/div>/s.exec(page)?.[0] ?? ''
  const items = summary.matchAll(/<(?:li|p)>(?:<a [^>]*>)?([^<]*)/g)
  return Array.from(items, ([, text = '']) => text)
}

/** What a control holds: its value, or the option or box that is chosen. */
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
