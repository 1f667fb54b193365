import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type FormOnPage,
  hasFailed,
  judgeRendering,
  mayRender,
  type RenderedPage,
  type Rendering,
} from '../../../lib/answer/judge-rendering.js'
import { Done, Failed, Invalid, Refused } from '../../../lib/outcome/outcome.js'

const html: RenderedPage = {
  kind: 'rendered',
  status: 200,
  location: '',
  body: 'finished',
  content: '<p>',
  encoded: false,
  json: false,
  takenOver: false,
}
const printed: FormOnPage = { adopted: true, printed: true, sent: true, losesInput: false, asked: true }
/** The page has printed the form into a text that is not in its body. */
const unsent: FormOnPage = { ...printed, sent: false }
const unprinted: FormOnPage = { ...unsent, printed: false }
const absent: FormOnPage = { ...unprinted, adopted: false }
const unasked: FormOnPage = { ...absent, asked: false }

const missing = Object.assign(new Error('gone'), { status: 404 })
const broken = Object.assign(new Error('broke'), { status: 503 })

const page = (left: Partial<RenderedPage>): Rendering => ({ ...html, ...left })
const threw = (error: unknown, sent = false): Rendering => ({ kind: 'threw', error, sent })

interface Case {
  readonly what: string
  readonly rendering: Rendering
  readonly form?: FormOnPage
  readonly region?: boolean
  /** The verdict when the submission is invalid or refused, or its action fails. */
  readonly otherwise: string
  readonly done: string
}

const cases: readonly Case[] = [
  { what: 'a page with the form', rendering: html, form: printed, otherwise: 'page', done: 'page' },
  {
    what: 'a page with the form and with the region that was asked for',
    rendering: html,
    form: printed,
    region: true,
    otherwise: 'region',
    done: 'region',
  },
  { what: 'a page without the form', rendering: html, otherwise: 'built-in', done: 'page' },
  {
    what: 'a page that never made the form',
    rendering: html,
    form: unasked,
    otherwise: 'built-in',
    done: 'built-in',
  },
  {
    what: 'a page that never made the form, with the region that was asked for',
    rendering: html,
    form: unasked,
    region: true,
    otherwise: 'built-in',
    done: 'built-in',
  },
  {
    what: 'a page with the region that was asked for, without the form',
    rendering: html,
    region: true,
    otherwise: 'built-in',
    done: 'region',
  },
  {
    what: 'a page that made the form and did not print it',
    rendering: html,
    form: unprinted,
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: 'a page that printed the form and sends something else',
    rendering: html,
    form: unsent,
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: 'JSON that was made from the form',
    rendering: page({ json: true }),
    form: unprinted,
    otherwise: 'page',
    done: 'page',
  },
  {
    what: 'JSON of a page that printed the form and does not send it',
    rendering: page({ json: true }),
    form: unsent,
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: 'a compressed page, in which the form cannot be found',
    rendering: page({ encoded: true }),
    form: unsent,
    otherwise: 'page',
    done: 'page',
  },
  {
    what: 'a compressed page that did not print the form',
    rendering: page({ encoded: true }),
    form: unprinted,
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: 'a stream that can still print the form',
    rendering: page({ body: 'unfinished' }),
    form: unprinted,
    otherwise: 'page',
    done: 'page',
  },
  {
    what: 'a stream that goes on, and has sent the form',
    rendering: page({ body: 'unfinished' }),
    form: printed,
    otherwise: 'page',
    done: 'page',
  },
  {
    what: 'a stream that goes on, and has not sent the form that was printed',
    rendering: page({ body: 'unfinished' }),
    form: unsent,
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: 'a stream that does not know the form',
    rendering: page({ body: 'unfinished' }),
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: 'a form without a place for all of the input',
    rendering: html,
    form: { ...printed, losesInput: true },
    otherwise: 'built-in',
    done: 'page',
  },
  {
    what: '201 with a Location and the form',
    rendering: page({ status: 201, location: '/new' }),
    form: printed,
    otherwise: 'page',
    done: 'page',
  },
  { what: 'an empty page', rendering: page({ body: 'none' }), otherwise: 'built-in', done: 'built-in' },
  {
    what: '302 with a Location',
    rendering: page({ status: 302, location: '/away' }),
    otherwise: 'built-in-link',
    done: 'redirect',
  },
  {
    what: '302 with a Location, from a page that has not asked for the form',
    rendering: page({ status: 302, location: '/away' }),
    form: unasked,
    otherwise: 'built-in',
    done: 'built-in',
  },
  {
    what: '307 with a Location and without a body',
    rendering: page({ status: 307, location: '/away', body: 'none' }),
    otherwise: 'built-in-link',
    done: 'redirect',
  },
  {
    what: '302 without a Location',
    rendering: page({ status: 302 }),
    otherwise: 'built-in',
    done: 'built-in',
  },
  {
    what: '304',
    rendering: page({ status: 304, body: 'none' }),
    otherwise: 'built-in',
    done: 'built-in',
  },
  { what: '404', rendering: page({ status: 404 }), otherwise: 'built-in', done: 'built-in' },
  {
    what: '404 without a body',
    rendering: page({ status: 404, body: 'none' }),
    otherwise: 'built-in',
    done: 'built-in',
  },
  {
    what: '404 with the form',
    rendering: page({ status: 404 }),
    form: printed,
    otherwise: 'page',
    done: 'page',
  },
  { what: '503', rendering: page({ status: 503 }), otherwise: 'built-in', done: 'built-in-500' },
  {
    what: '500 without a body',
    rendering: page({ status: 500, body: 'none' }),
    otherwise: 'built-in',
    done: 'built-in-500',
  },
  {
    what: '404 with the form and with the region that was asked for',
    rendering: page({ status: 404 }),
    form: printed,
    region: true,
    otherwise: 'region',
    done: 'region',
  },
  {
    what: '503 with the form',
    rendering: page({ status: 503 }),
    form: printed,
    otherwise: 'page',
    done: 'page',
  },
  {
    what: 'a page with the form that failed half-way, so that an error handler wrote the rest',
    rendering: page({ status: 503, takenOver: true }),
    form: printed,
    otherwise: 'built-in',
    done: 'built-in-500',
  },
  {
    what: '503 that printed the form and sends something else',
    rendering: page({ status: 503 }),
    form: unsent,
    otherwise: 'built-in',
    done: 'built-in-500',
  },
  {
    what: '302 with a Location and the form',
    rendering: page({ status: 302, location: '/away' }),
    form: printed,
    otherwise: 'built-in-link',
    done: 'redirect',
  },
  {
    what: '302 without a Location and with the form',
    rendering: page({ status: 302 }),
    form: printed,
    otherwise: 'page',
    done: 'page',
  },
  {
    what: 'an error',
    rendering: threw(new Error('broke')),
    form: printed,
    otherwise: 'built-in',
    done: 'built-in-500',
  },
  {
    what: 'an error with status 503',
    rendering: threw(broken),
    otherwise: 'built-in',
    done: 'built-in-500',
  },
  { what: 'an error with status 404', rendering: threw(missing), otherwise: 'built-in', done: 'built-in' },
  {
    what: 'an error after an answer past the library',
    rendering: threw(missing, true),
    otherwise: 'leave',
    done: 'leave',
  },
  { what: 'an answer past the library', rendering: { kind: 'sent' }, otherwise: 'leave', done: 'leave' },
  {
    what: 'a page that was not run',
    rendering: { kind: 'not-run' },
    otherwise: 'built-in',
    done: 'built-in',
  },
]

describe('judgeRendering()', () => {
  it('judges by what the page left behind, and whether there is input to show', () => {
    for (const { what, rendering, form = absent, region = false, otherwise, done } of cases) {
      const judged = (outcome: 'invalid' | 'refused' | 'failed' | 'done') =>
        judgeRendering({ outcome, rendering, form, region })
      assert.deepEqual(
        [judged('invalid'), judged('refused'), judged('failed'), judged('done')],
        [otherwise, otherwise, otherwise, done],
        what,
      )
    }
  })
})

describe('mayRender()', () => {
  it('runs a page for every outcome except a refused origin', () => {
    assert.equal(mayRender(new Refused('origin', 403)), false)
    assert.equal(mayRender(new Refused('expired', 409)), true)
    assert.equal(mayRender(new Invalid('No')), true)
    assert.equal(mayRender(new Done(undefined)), true)
    assert.equal(mayRender(new Failed(missing, '0000-0000')), true)
  })
})

describe('hasFailed()', () => {
  it('is true for 5xx statuses without the form, and for errors that do not mean a missing page', () => {
    assert.equal(hasFailed(threw(new Error('broke')), printed), true)
    assert.equal(hasFailed(threw(undefined, true), absent), true)
    assert.equal(hasFailed(threw(broken), absent), true)
    assert.equal(hasFailed(threw(missing), absent), false)
    assert.equal(hasFailed(page({ status: 500 }), absent), true)
    assert.equal(hasFailed(page({ status: 500 }), unsent), true)
    assert.equal(hasFailed(page({ status: 500 }), printed), false)
    assert.equal(hasFailed(page({ status: 499 }), absent), false)
    assert.equal(hasFailed({ kind: 'sent' }, absent), false)
    assert.equal(hasFailed({ kind: 'not-run' }, absent), false)
  })
})
