import type { ServerResponse } from 'node:http'
import type { PageRegion } from '../page/page.js'
import type { ChosenRegions } from './choose-regions.js'
import type { Others } from './client-answer.js'
import type { ClientRow } from './client-table.js'
import { selectorOf } from './read-selectors.js'

/** Content and response headers for one client. */
export interface Printed {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

interface RegionAnswer {
  readonly regions: ChosenRegions
  /** The `title` element of the page, or an empty string. */
  readonly title: string
  /** It answers a submission, and so it is about the page that is open. */
  readonly isOutcome: boolean
  /** The answer has a status outside of 2xx. */
  readonly fails: boolean
  /** The ids that the client has asked for. */
  readonly ids: readonly string[]
  /** Knows the headers that are on the response now. */
  readonly said: Pick<ServerResponse, 'hasHeader'>
}

/** Prints regions as a client takes them. */
export function printRegions(
  { retargets, titled }: Pick<ClientRow, 'retargets' | 'titled'>,
  others: Others,
  { regions, title, isOutcome, fails, ids, said }: RegionAnswer,
): Printed {
  const { asked } = regions
  // The frame of the form that was sent shows an error, whatever frame was asked for (Turbo, formSubmissionFailedWithResponse).
  const main = others === 'stream' ? [(fails && regions.form) || asked[0]!] : asked
  const rest = [...asked, ...regions.others].filter((region) => !main.includes(region))
  const [first, ...further] = main.map(({ html }) => html)
  const streams = [...rest.map(streamOf), ...(isOutcome ? titleStream(title) : [])]
  const parts =
    others === 'stream' ? [withStreams(first!, streams)] : [first, ...further, ...rest.map(carried(others))]
  const inPlace = main.find(({ id }) => !ids.includes(id))
  const isAsked = rest.length === 0 && inPlace === undefined
  const own = others === 'named' && !isAsked ? named(main, rest) : inPlace && retargets?.(inPlace.id)
  const headers = title !== '' && titled ? { ...own, ...titled(textIn(title), said) } : (own ?? noHeaders)
  // htmx parses an answer in a template, where no row of a table may follow a title.
  const html = others === 'out-of-band' ? parts.join('') + title : title + parts.join('')
  return { html, headers }
}

const noHeaders: Readonly<Record<string, string>> = {}

/** Returns the text of a `title` element, as the browser shows it. */
function textIn(title: string): string {
  const text = title.replace(/^<[^>]*>|<\/[^<]*$/g, '').trim()
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);/gi, (reference, name: string) => {
    if (!name.startsWith('#')) return letters[name.toLowerCase()] ?? reference
    const point = Number(name.slice(1).replace(/^x/i, '0x'))
    return point <= 0x10ffff ? String.fromCodePoint(point) : reference
  })
}

const letters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function carried(others: Others) {
  return ({ html }: PageRegion) =>
    others === 'out-of-band' ? html.replace(/^\s*<[a-zA-Z][^\s/>]*/, '$& hx-swap-oob="true"') : html
}

/** Puts stream elements into a frame. They run and vanish as soon as the frame is in the page. */
function withStreams(frame: string, streams: readonly string[]): string {
  const end = frame.lastIndexOf('</')
  return end === -1 ? frame : frame.slice(0, end) + streams.join('') + frame.slice(end)
}

function streamOf({ id, html }: PageRegion): string {
  return `<turbo-stream action="replace" target="${attribute(id)}"><template>${html}</template></turbo-stream>`
}

/** A frame leaves the title of the page as it is (Turbo, FrameController), so a stream changes it. */
function titleStream(title: string): readonly string[] {
  if (title === '') return []
  return [`<turbo-stream action="replace" targets="head>title"><template>${title}</template></turbo-stream>`]
}

/** Names all regions of the answer when it has other ones than those that Unpoly has asked for. */
function named(main: readonly PageRegion[], rest: readonly PageRegion[]): Printed['headers'] {
  const selectors = [
    ...main.map(({ id }) => selectorOf(id)),
    ...rest.map(({ id }) => `${selectorOf(id)}:maybe`),
  ]
  return { 'X-Up-Target': selectors.join(', ') }
}

/** The changes to a whole page for one client. `html` is `undefined` when the page stays as it is. */
interface WholeAnswer {
  readonly html: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Prints a whole page as a client shows one.
 *
 * @param page the HTML; `undefined` when it cannot be changed
 * @param asked the ids that the client asked for
 */
export function printWhole(
  whole: ReturnType<ClientRow['whole']>,
  page: string | undefined,
  asked: readonly string[],
): WholeAnswer {
  if (typeof whole === 'object') return { html: undefined, headers: whole }
  if (page === undefined || whole === 'as it is') return { html: undefined, headers: noHeaders }
  const html = whole === 'marked' ? markForReload(page) : putInside(page, asked[0])
  return { html, headers: noHeaders }
}

/** Adds the element by which Turbo shows the answer to a frame as a page of its own. */
export function markForReload(page: string): string {
  const start =
    /<head(?:\s[^>]*)?>/i.exec(page) ?? /<html(?:\s[^>]*)?>/i.exec(page) ?? /<!doctype[^>]*>/i.exec(page)
  const at = start ? start.index + start[0].length : 0
  return `${page.slice(0, at)}<meta name="turbo-visit-control" content="reload">${page.slice(at)}`
}

/** A pattern for the names of all elements. */
export const anyTag = '[a-z][^\\s<>]*'

/**
 * Tells whether a page has an element with an id, in whatever way the app has printed it.
 *
 * @param name a pattern for the name of the element
 */
export function hasElement(page: string, name: string, id: string): boolean {
  for (const [tag] of page.matchAll(new RegExp(`<${name}\\s[^>]*>`, 'gi'))) {
    const own = /\sid\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(tag)
    if ((own?.[1] ?? own?.[2] ?? own?.[3]) === id) return true
  }
  return false
}

/** Returns the `title` element of a page, or an empty string. */
export function titleIn(page: string | Buffer | undefined): string {
  if (page === undefined) return ''
  const head = typeof page === 'string' ? page : page.toString('utf8')
  return /<title(?:\s[^>]*)?>[\s\S]*?<\/title\s*>/i.exec(head.split(/<(?:body|svg)[\s>]/i, 1)[0]!)?.[0] ?? ''
}

/** Puts the content of a page into an element with the id that was asked for. */
function putInside(page: string, id: string | undefined): string {
  if (id === undefined) return page
  const body = /<body(?:\s[^>]*)?>([\s\S]*?)(?:<\/body\s*>|$)/i.exec(page)?.[1] ?? page
  return `${titleIn(page)}<div id="${attribute(id)}">${body}</div>`
}

/** Prints a value in ASCII, which every encoding of a page has. */
function attribute(text: string): string {
  return text.replace(/[&"<>]|[^\x20-\x7e]/gu, (letter) => `&#${letter.codePointAt(0)};`)
}
