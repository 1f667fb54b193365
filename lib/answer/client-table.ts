import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { answerHeaders, type regionHeaders } from '../base/wire-names.js'
import type { AnswerKind, Others, ShownPage, Whole } from './client-answer.js'
import { asksHtmx4, isHtmx, keptOutOfPage, retargetsHtmx, wholeInHtmx } from './htmx.js'
import type { OwnFile } from './own-file.js'
import { asksUnpoly, looksInUnpoly, othersInUnpoly, titledForUnpoly, wholeInUnpoly } from './unpoly.js'

/** A browser library that sends forms and puts answers into the page: one row of the table. */
export interface ClientRow {
  readonly name: 'ours' | 'Turbo frame' | 'htmx 4' | 'htmx 2' | 'Unpoly' | 'alpine-ajax' | 'Turbo Drive'
  /** The request header that names regions; `undefined` for a client that always shows whole pages. */
  readonly header: (typeof regionHeaders)[number] | undefined
  /** Further request headers that change an answer to a submission. */
  readonly reads: readonly string[]
  sends(headers: IncomingHttpHeaders): boolean
  /**
   * Returns the ids that are asked for; none for the whole page.
   *
   * @param fails the answer has a status outside of 2xx
   */
  asks(headers: IncomingHttpHeaders, fails: boolean): readonly string[]
  /** Tells whether it looks in a whole page for a part that is not known by an id, and that may lack the form that was sent. @default false */
  looks?(headers: IncomingHttpHeaders): boolean
  /** The name of the element in which the client looks for what it has asked for; `undefined` for any with the id. */
  readonly element: string | undefined
  /** An id asked for that the answer lacks makes the client show nothing, or remove the element. */
  readonly needsAll: boolean
  /** How an answer carries regions that were not asked for. */
  others(headers: IncomingHttpHeaders, answer: AnswerKind): Others
  /** Returns the headers that make the client replace this region, which is not the element that it has asked for. @default none */
  retargets?(id: string): Readonly<Record<string, string>>
  /** Returns the headers that tell the title of the page, where the `title` element of an answer with regions is not looked at. @default none */
  titled?(title: string, said: Pick<ServerResponse, 'hasHeader'>): Readonly<Record<string, string>>
  /** The response header that tells of a redirect; `undefined` when the client follows a 303 and shows where it leads. */
  readonly redirect: string | undefined
  /** The response header that says that the content is where a redirect leads. */
  readonly here: string | undefined
  /** What the client does with a page that it has visited and that lacks what was asked for. */
  readonly lacking: 'shows it' | 'opens it when it is marked' | 'opens it'
  /** Returns response headers for a file in answer to a form; `undefined` when it is dropped by the client, which leaves its page alone. */
  file(file: OwnFile): Readonly<Record<string, string>> | undefined
  /** How the client is made to show a whole page. */
  whole(headers: IncomingHttpHeaders, page: ShownPage): Whole
  /** The status with which the client shows an answer. */
  status(status: number, part: 'regions' | 'whole'): number
}

/**
 * What differs between clients. The first row that recognises a request counts. The cells were read in the sources of Turbo
 * 8.0.23, htmx 2.0.11 and 4.0.1, Unpoly 3.14.3 and alpine-ajax 0.12.7, and tried in Chromium: see
 * docs/decisions/client-table.md.
 */
export const clientTable: readonly ClientRow[] = [
  {
    name: 'ours',
    header: 'Sealform-Region',
    reads: [],
    sends: (headers) => isGiven(headers['sealform-region']),
    // client/send.ts: the ids joined by commas, through encodeURI.
    asks: ({ 'sealform-region': ids }) => list(ids, /[,\s]+/).map(decode),
    element: undefined,
    needsAll: false,
    others: () => 'beside',
    redirect: answerHeaders.location,
    here: answerHeaders.location,
    lacking: 'shows it',
    // client/send.ts saves it under this name, through decodeURI.
    file: ({ name }) => ({ [answerHeaders.name]: encodeURI(name) }),
    // client/show-answer.ts: an answer that begins with a doctype is a page.
    whole: () => 'as it is',
    status: same,
  },
  {
    name: 'Turbo frame',
    // FrameController.prepareRequest: `request.headers["Turbo-Frame"] = frame.id`.
    header: 'Turbo-Frame',
    reads: [],
    sends: (headers) => isGiven(headers['turbo-frame']),
    asks: ({ 'turbo-frame': id }) => list(id, /\s+/),
    // FrameController.extractForeignFrameElement: `turbo-frame#${id}`.
    element: 'turbo-frame',
    needsAll: true,
    // FrameController.loadFrameResponse takes the one frame; StreamElement.connectedCallback runs inside of it.
    others: () => 'stream',
    // FetchRequest follows with its own headers.
    redirect: undefined,
    here: undefined,
    // FrameController.handleUnvisitableFrameResponse; unmarked, "Content missing" takes the place of the frame.
    lacking: 'opens it when it is marked',
    file: () => undefined,
    // FrameController.loadResponse: a page that is not "visitable" is visited by the whole window.
    whole: () => 'marked',
    // Visit.loadResponse draws what came with an error. What came with 2xx and is marked it asks for once more, by GET.
    status: (status, part) => (part === 'whole' && status < 400 ? 422 : status),
  },
  {
    name: 'htmx 4',
    // buildIdentifier: the tag, and behind a `#` the id through encodeURI.
    header: 'HX-Target',
    reads: ['HX-Request', 'HX-Source', 'HX-Boosted'],
    // createCoreHeaders: version 2 has no HX-Source, and no `#` behind a tag.
    sends: (headers) =>
      isHtmx(headers) && (headers['hx-source'] !== undefined || String(headers['hx-target']).includes('#')),
    asks: asksHtmx4,
    element: undefined,
    needsAll: true,
    // processOOB: an element with `hx-swap-oob="true"` replaces the one with its id.
    others: () => 'out-of-band',
    // A form without hx-target is its own target, and hx-swap says how the answer is put there.
    retargets: retargetsHtmx,
    // handleHeadersAndMaybeReturnEarly: HX-Redirect before any swap.
    redirect: 'HX-Redirect',
    here: undefined,
    lacking: 'shows it',
    file: keptOutOfPage,
    whole: wholeInHtmx,
    // handleStatusCodes: `noSwap: [204, 304]`.
    status: same,
  },
  {
    name: 'htmx 2',
    // getHeaders: `'HX-Target': getAttributeValue(target, 'id')`. Version 1 sends the same.
    header: 'HX-Target',
    reads: ['HX-Request', 'HX-Boosted'],
    sends: isHtmx,
    asks: ({ 'hx-target': id }) => list(id, /\s+/),
    element: undefined,
    needsAll: true,
    // swap: findAndSwapOobElements.
    others: () => 'out-of-band',
    retargets: retargetsHtmx,
    // handleAjaxResponse: HX-Redirect before the status is looked at.
    redirect: 'HX-Redirect',
    here: undefined,
    lacking: 'shows it',
    file: keptOutOfPage,
    whole: wholeInHtmx,
    // config.responseHandling: `{ code: '[45]..', swap: false, error: true }`.
    status: (status) => (status >= 400 ? 200 : status),
  },
  {
    name: 'Unpoly',
    // up.Request._setAutoHeaders.
    header: 'X-Up-Target',
    reads: [
      'X-Up-Version',
      'X-Up-Mode',
      'X-Up-Fail-Mode',
      'X-Up-Origin-Mode',
      'X-Up-Fail-Target',
      'X-Up-Validate',
    ],
    sends: (headers) => isGiven(headers['x-up-version']) || isGiven(headers['x-up-target']),
    asks: asksUnpoly,
    looks: looksInUnpoly,
    element: undefined,
    needsAll: true,
    // up.Change.FromResponse: the X-Up-Target of an answer overrides the one that was asked for.
    others: othersInUnpoly,
    // up.ResponseDoc looks for a title in whole pages only.
    titled: titledForUnpoly,
    redirect: undefined,
    here: undefined,
    // A target that is not in the answer becomes the main element.
    lacking: 'shows it',
    file: () => undefined,
    whole: wholeInUnpoly,
    status: same,
  },
  {
    name: 'alpine-ajax',
    // send: the ids joined by blanks.
    header: 'X-Alpine-Target',
    reads: ['X-Alpine-Request'],
    sends: (headers) => isGiven(headers['x-alpine-request']) || isGiven(headers['x-alpine-target']),
    asks: ({ 'x-alpine-target': ids }) => list(ids, /\s+/),
    element: undefined,
    needsAll: true,
    others: () => 'never',
    redirect: undefined,
    here: undefined,
    // With `x-target.away="_self"`.
    lacking: 'opens it',
    file: () => undefined,
    // An id that is missing removes its element, or with an error sends the form again.
    whole: () => 'inside',
    status: same,
  },
  {
    name: 'Turbo Drive',
    header: undefined,
    reads: ['Accept'],
    // FormSubmission.prepareRequest: only submissions name the type of streams.
    sends: ({ accept = '' }) => accept.includes('text/vnd.turbo-stream.html'),
    asks: () => [],
    element: undefined,
    needsAll: false,
    others: () => 'never',
    // FetchRequest follows, and Navigator visits the place that it has come to.
    redirect: undefined,
    here: undefined,
    lacking: 'shows it',
    file: () => undefined,
    whole: () => 'as it is',
    // responseSucceededWithoutRedirect: exactly 200 is "Form responses must redirect to another location".
    status: (status) => (status === 200 ? 202 : status),
  },
]

/** Tells whether a client asks for a part of a page. */
export function asksForPart(client: ClientRow, headers: IncomingHttpHeaders): boolean {
  return client.asks(headers, false).length > 0 || client.looks?.(headers) === true
}

/** Returns the row of the client that sends this request; `undefined` for a browser without such a library. */
export function clientOf(headers: IncomingHttpHeaders): ClientRow | undefined {
  for (const row of clientTable) if (row.sends(headers)) return row
  return undefined
}

/** Returns the name of the element in which the client that sends a request looks for this region; `undefined` for any. */
export function elementFor(headers: IncomingHttpHeaders, id: string): string | undefined {
  const row = clientOf(headers)
  return row?.element !== undefined && row.asks(headers, false).includes(id) ? row.element : undefined
}

/** The name of a header has to be written where it is read: one that came as an argument was found in ten times the time. */
function isGiven(value: string | string[] | undefined): boolean {
  return value !== undefined && value !== ''
}

function list(value: string | string[] | undefined, separator: RegExp): string[] {
  return String(value ?? '')
    .split(separator)
    .filter((each) => each !== '')
}

function decode(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

function same(status: number): number {
  return status
}
