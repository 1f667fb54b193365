import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, it, type TestContext } from 'node:test'
import { invalid, redirect, type SpamEvent } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework, type View } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

for (const framework of eachKind) {
  describe(`what a program fills in on ${framework.name}`, () => cases(framework))
}

/** Moves the clock that seals are made and judged by. Real time goes on for everything else. */
function clock(t: TestContext): (seconds: number) => void {
  const began = 1_800_000_000_000
  t.mock.timers.enable({ apis: ['Date'], now: began })
  return (seconds) => t.mock.timers.setTime(began + seconds * 1000)
}

function page(view: View, act: Parameters<View['form']>[0]) {
  const form = view.form(act)
  return {
    html: html`<!doctype html><title>Own page</title>${form.summary()}
      <form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.honeypot()}</form>`,
  }
}

function cases(framework: Framework): void {
  function open(t: TestContext, options: SiteOptions = {}) {
    return openSite(t, framework, {
      run: () => redirect('/page'),
      ...options,
      action: { minFillTime: '3s', ...options.action },
      pages: { '/page': page, ...options.pages },
    })
  }

  const trap = { 'sealform.website': 'http://spam.example' }

  it('runs nothing when it was sent too fast, and comes back with the input: just under, exactly at', async (t) => {
    const at = clock(t)
    const site = await open(t)
    const fields = await site.fields()
    const send = () =>
      site.request
        .post('/page')
        .set(fromSamePage)
        .send(urlencoded(fields, { text: 'Grüße' }))
    at(2.9)
    const fast = await send()
    assert.equal(fast.status, 422)
    assert.match(fast.text, /It looks as if a program had filled in this form/)
    assert.match(fast.text, /<title>Own page<\/title>.*value="Grüße"/s)
    assert.deepEqual(site.runs, [])
    at(3)
    assert.equal((await send()).status, 303)
    assert.deepEqual(site.runs, ['b1'])
  })

  it('runs nothing when the hidden field has text, whatever the time, and gives that text back nowhere', async (t) => {
    const at = clock(t)
    const site = await open(t, { action: { minFillTime: 0 } })
    at(60)
    const { status, text } = await site.submit({ text: 'Buy', ...trap })
    assert.equal(status, 422)
    assert.match(text, /value="Buy"/)
    assert.doesNotMatch(text, /spam\.example/)
    assert.deepEqual(site.runs, [])
    assert.equal((await site.submit({ text: 'Hello', 'sealform.website': '' })).status, 303)
    assert.deepEqual(site.runs, ['b1'])
  })

  it('gets the answer of success where the action says so, and is counted and traced', async (t) => {
    const at = clock(t)
    const seen: SpamEvent[] = []
    const traced: unknown[] = []
    const collect = (message: unknown) => traced.push(message)
    subscribe('sealform.spam', collect)
    t.after(() => unsubscribe('sealform.spam', collect))
    const counted: (() => unknown)[] = []
    const site = await open(t, {
      define: (actions) => {
        counted.push(() => ({ ...actions.caught }))
        return {}
      },
      action: {
        onSpam(event) {
          seen.push(event)
          return redirect('/thanks')
        },
      },
    })
    const fast = await site.submit({ text: 'Buy' })
    assert.deepEqual([fast.status, fast.headers.location], [303, '/thanks'])
    const fields = await site.fields()
    at(10)
    const trapped = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields, trap))
    assert.equal(trapped.headers.location, '/thanks')
    assert.deepEqual(
      seen.map(({ action, sign, values }) => [action, sign, values]),
      [
        ['act', 'too-fast', ['b1']],
        ['act', 'honeypot', ['b1']],
      ],
    )
    assert.deepEqual(
      seen.map(({ submission }) => [...submission.formData.keys()]),
      [['text'], []],
    )
    assert.deepEqual(traced, [
      { action: 'act', sign: 'too-fast' },
      { action: 'act', sign: 'honeypot' },
    ])
    assert.deepEqual(counted[0]!(), { honeypot: 1, 'too-fast': 1 })
    assert.deepEqual(site.runs, [])
  })

  it('is not what a person corrects: the time counts from the first page', async (t) => {
    const at = clock(t)
    const site = await open(t, { run: () => invalid({ text: 'Too short' }) })
    const fields = await site.fields()
    at(3)
    const first = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'a' }))
    assert.match(first.text, /Too short/)
    const second = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(formIn(first.text, 'act').fields, { text: 'b' }))
    assert.match(second.text, /Too short/)
    assert.deepEqual(site.runs, ['b1', 'b1'])
  })

  it('is not what a person sends right after another form of the same page', async (t) => {
    const at = clock(t)
    const site = await open(t, {
      run: () => invalid({ text: 'Too short' }),
      define: (actions) => ({
        other: actions.define('other', { minFillTime: '3s', run: async () => void site.runs.push('other') }),
      }),
      pages: {
        '/page': (view, act, { other }) => {
          const forms = [act, other!].map((action) => view.form(action))
          return {
            html: html`<!doctype html>${forms.map((form) => html`<form ${form.attributes}>${form.fields}</form>`)}`,
          }
        },
      },
    })
    const fields = await site.fields()
    at(5)
    const { text } = await site.request.post('/page').set(fromSamePage).send(urlencoded(fields))
    const other = await site.request
      .post('/page')
      .set(fromSamePage)
      .send(urlencoded(formIn(text, 'other').fields))
    assert.equal(other.status, 200)
    assert.deepEqual(site.runs, ['b1', 'other'])
  })

  it('is not asked about while a form is validated as it is filled in', async (t) => {
    const at = clock(t)
    const site = await open(t)
    let fields = await site.fields()
    for (const second of [1, 2, 2.5]) {
      at(second)
      const { status, text } = await site.request
        .post('/page')
        .set({ ...fromSamePage, 'Sealform-Validate': 'text' })
        .send(urlencoded(fields, { text: 'a' }))
      assert.equal(status, 200)
      fields = formIn(text, 'act').fields
    }
    at(3)
    assert.equal((await site.request.post('/page').set(fromSamePage).send(urlencoded(fields))).status, 303)
  })

  it('is judged by the button as well, in JSON too', async (t) => {
    const site = await open(t, {
      action: { minFillTime: 0 },
      define: (actions) => ({
        slow: actions.define('slow', { minFillTime: 60, run: async () => void site.runs.push('slow') }),
      }),
      pages: {
        '/page': (view, act, { slow }) => {
          const form = view.form(act)
          return {
            html: html`<!doctype html><form ${form.attributes}>${form.fields}<button ${form.submit(slow!)}>Go</button></form>`,
          }
        },
      },
    })
    const { text } = await site.request.get('/page')
    const { html: printed, fields } = formIn(text, 'act')
    const button = /name="sealform\.submit" value="([^"]+)"/.exec(printed)?.[1] ?? ''
    const answer = await site.request
      .post('/page')
      .set({ ...fromSamePage, Accept: 'application/json' })
      .send(urlencoded(fields, { 'sealform.submit': button }))
    assert.equal(answer.body.outcome, 'invalid')
    assert.equal(answer.body.status, 422)
    assert.deepEqual(site.runs, [])
  })

  it('fails as an action does when onSpam throws', async (t) => {
    clock(t)
    const site = await open(t, {
      action: {
        onSpam() {
          throw new Error('no database')
        },
      },
    })
    assert.equal((await site.submit({ text: 'x' })).status, 500)
    assert.equal((await site.failed(1)).length, 1)
    assert.deepEqual(site.runs, [])
  })
}
