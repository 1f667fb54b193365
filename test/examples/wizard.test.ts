import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { createTour } from '../../examples/tour/app.js'
import { type TestPage, visit } from '../../lib/testing/testing.js'
import { formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'
import { buttonIn, messagesIn, valueIn, visitTour } from '../setup/tour-visitor.js'

const guest = { name: 'Ada & "Co"', email: 'ada@example.org' }
const stay = { arrival: inDays(7), nights: '2', room: 'garden' }
const wishes = { breakfast: 'no', note: 'Two\nlines' }

describe('wizard', () => {
  it('leads through its steps to a booking, and thanks once', async () => {
    const summary = await walk([guest, 'Next'], [stay, 'Next'], [wishes, 'Next'])
    assert.equal(summary.status, 200)
    assert.deepEqual(summary.texts('h1'), ['Step 4 of 4: Check and book'])
    assert.ok(summary.has('Ada & "Co", ada@example.org'))
    assert.ok(summary.has(', 2 nights. A room to the garden'))
    assert.ok(summary.has('No breakfast. Two lines'))
    const booked = await summary.form('wizard').submit('Book')
    assert.deepEqual([booked.redirects[0]?.status, booked.path], [303, '/booked'])
    assert.ok(booked.has('Thank you, Ada & "Co". This is booking number 1.'))
    assert.ok((await booked.reload()).has('There is nothing to say here'))
  })

  it('marks the steps that are finished, in the text too', async () => {
    const first = await walk()
    assert.deepEqual(first.texts('.steps .finished'), [])
    const third = await walk([guest, 'Next'], [stay, 'Next'])
    assert.deepEqual(third.texts('.steps .finished'), ['About you, finished', 'Your stay, finished'])
    assert.deepEqual(third.texts('.steps [aria-current]'), ['Your wishes'])
  })

  it('needs no cookie and no session', async () => {
    const third = await walk([guest, 'Next'], [stay, 'Next'])
    // The list of submissions below each page has a cookie; the form needs none.
    assert.deepEqual([...third.cookies.keys()], ['tour.wire'])
    assert.equal(third.headers['cache-control'], 'private, no-cache')
  })

  it('validates each step by its own rules, and keeps the input', async () => {
    const { steps } = visitStep()
    const first = await steps([{ name: '', email: 'ada' }, 'Next'])
    assert.equal(first.status, 422)
    assert.match(first.text, /<title>Error: Step 1 of 4/)
    assert.deepEqual(messagesIn(first.text), [
      'Enter your name',
      'Enter an email address, such as ada@example.org',
    ])
    assert.equal(valueIn(first.text, 'email'), 'ada')

    const second = await steps(
      [guest, 'Next'],
      [{ arrival: inDays(-2), nights: '15', room: 'cellar' }, 'Next'],
    )
    assert.equal(second.status, 422)
    assert.match(second.text, /Step 2 of 4/)
    assert.deepEqual(messagesIn(second.text), [
      'Choose a day that is not over yet',
      'Enter a number of nights from 1 to 14',
      'Choose a room',
    ])
    assert.equal(valueIn(second.text, 'nights'), '15')

    const third = await steps([guest, 'Next'], [stay, 'Next'], [{ note: 'x'.repeat(501) }, 'Next'])
    assert.equal(third.status, 422)
    assert.deepEqual(messagesIn(third.text), [
      'Choose whether you would like breakfast',
      'Use at most 500 characters',
    ])
    assert.equal(valueIn(third.text, 'note'), 'x'.repeat(501))
  })

  it('keeps unfinished or invalid input of a later step when the visitor goes back', async () => {
    const { steps } = visitStep()
    const unfinished = { arrival: '', nights: 'many', room: 'street' }
    const back = await steps([guest, 'Next'], [unfinished, 'Back'])
    assert.equal(back.status, 200)
    assert.match(back.text, /Step 1 of 4/)
    assert.equal(valueIn(back.text, 'name'), 'Ada &amp; &quot;Co&quot;')
    const forth = await steps.on(back.text, { ...guest, name: 'Bob' }, 'Next')
    assert.match(forth.text, /Step 2 of 4/)
    assert.equal(valueIn(forth.text, 'nights'), 'many')
    assert.equal(valueIn(forth.text, 'room'), 'street')
    assert.doesNotMatch(forth.text, /sealform-issue/)
  })

  it('leads from the summary to a step, and back with the change', async () => {
    const summary = await walk([guest, 'Next'], [stay, 'Next'], [wishes, 'Next'])
    const change = await summary.form('wizard').submit('Change “Your stay”')
    assert.ok(change.title.startsWith('Step 2 of 4'))
    const form = change.form('wizard')
    assert.deepEqual([form.value('arrival'), form.value('room')], [stay.arrival, 'garden'])
    const wishesAgain = await form.fill({ nights: 1 }).submit('Next')
    assert.equal(wishesAgain.form('wizard').value('note'), 'Two\nlines')
    assert.ok((await wishesAgain.form('wizard').submit('Next')).has(', one night. A room to the garden'))
  })

  it('books once for any number of copies of the last form', async () => {
    const { steps, follow } = visitStep()
    const summary = await steps([guest, 'Next'], [stay, 'Next'], [wishes, 'Next'])
    const answers = await Promise.all([1, 2, 3].map(() => steps.on(summary.text, {}, 'Book')))
    for (const answer of answers) assert.match((await follow(answer)).text, /booking number 1\./)
    const other = await steps([guest, 'Next'], [stay, 'Next'], [wishes, 'Next'])
    assert.match((await follow(await steps.on(other.text, {}, 'Book'))).text, /booking number 2\./)
  })

  it('shows all input again when its state has expired, and continues from there', async () => {
    const { steps } = visitStep()
    const second = await steps([guest, 'Next'])
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 25 * 60 * 60 * 1000 })
    try {
      const expired = await steps.on(second.text, stay, 'Next')
      assert.equal(expired.status, 409)
      assert.match(expired.text, /Step 2 of 4/)
      assert.equal(valueIn(expired.text, 'nights'), '2')
      const third = await steps.on(expired.text, stay, 'Next')
      assert.equal(third.status, 200)
      const summary = await steps.on(third.text, wishes, 'Next')
      assert.match(
        summary.text,
        /Ada &amp; &quot;Co&quot;, ada@example\.org/,
        'the first step is still known',
      )
    } finally {
      mock.timers.reset()
    }
  })

  it('validates everything at the end, since a day may have passed', async () => {
    const { steps } = visitStep()
    const soon = { ...stay, arrival: inDays(1) }
    const summary = await steps([guest, 'Next'], [soon, 'Next'], [wishes, 'Next'])
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 3 * 24 * 60 * 60 * 1000 })
    try {
      const expired = await steps.on(summary.text, {}, 'Book')
      const late = await steps.on(expired.text, {}, 'Book')
      assert.equal(late.status, 422)
      assert.deepEqual(messagesIn(late.text), ['Choose a day that is not over yet'])
      assert.match(late.text, /Step 2 of 4/)
      assert.equal(valueIn(late.text, 'arrival'), soon.arrival)
    } finally {
      mock.timers.reset()
    }
  })

  it('accepts only its own state', async () => {
    const { request, steps } = visitStep()
    const second = await steps([guest, 'Next'])
    const { fields } = formIn(second.text, 'wizard')
    const state = fields['sealform.state'] ?? ''
    const counter = formIn((await request.get('/counter')).text, 'counter').fields['sealform.state'] ?? ''
    const changed = state.slice(0, 60) + (state[60] === 'A' ? 'B' : 'A') + state.slice(61)
    for (const other of [changed, counter, 'AAAA']) {
      const body = urlencoded({ ...fields, 'sealform.state': other }, stay, buttonIn(second.text, 'Next'))
      const answer = await request.post('/wizard').set(fromSamePage).send(body)
      assert.equal(answer.status, 400)
      assert.doesNotMatch(answer.text, /Step 3/)
    }
  })

  it('does not book when a step was skipped', async () => {
    const { request, steps } = visitStep()
    const first = await request.get('/wizard')
    const { fields } = formIn(first.text, 'wizard')
    const { 'sealform.state': _, ...stateless } = fields
    for (const early of [fields, stateless]) {
      // The button is of a one-time action, so each attempt needs its own.
      const summary = await steps([guest, 'Next'], [stay, 'Next'], [wishes, 'Next'])
      const body = urlencoded(early, guest, buttonIn(summary.text, 'Book'))
      const answer = await request.post('/wizard').set(fromSamePage).send(body)
      assert.equal(answer.status, 422)
      assert.match(answer.text, /Step 2 of 4/)
      assert.match(answer.text, /Enter the day of your arrival/)
    }
  })

  it('carries as much as a seal can hold, and gives back what is more', async () => {
    const { steps } = visitStep()
    const long = { ...wishes, note: 'x'.repeat(7000) }
    const refused = await steps([guest, 'Next'], [stay, 'Next'], [long, 'Back'])
    assert.equal(refused.status, 413)
    assert.match(refused.text, /You sent more than this form accepts/)
    assert.match(refused.text, /Step 3 of 4/)
    assert.equal(valueIn(refused.text, 'note'), long.note)
    const shorter = await steps.on(refused.text, { ...wishes, note: 'x'.repeat(4000) }, 'Back')
    assert.equal(shorter.status, 200)
    assert.equal(valueIn((await steps.on(shorter.text, stay, 'Next')).text, 'note'), 'x'.repeat(4000))
  })
})

/** Fills in a step and presses a button, one after the other, from the start. */
async function walk(...steps: readonly Parts[]): Promise<TestPage> {
  let page = await visit(createTour({ keys: testKey, onRefused: () => {} }), '/wizard')
  for (const [typed, button] of steps) page = await page.form('wizard').fill(typed).submit(button)
  return page
}

function visitStep() {
  const visitor = visitTour()
  const on = (page: string, typed: Record<string, string>, button: string) =>
    visitor.send(page, '/wizard', 'wizard', typed, button)
  /** Fills in a step and presses a button, one after the other, from the start. */
  async function walk(first: Parts, ...more: readonly Parts[]) {
    let answer = await on(await visitor.page('/wizard'), ...first)
    for (const parts of more) answer = await on(answer.text, ...parts)
    return answer
  }
  return { ...visitor, steps: Object.assign(walk, { on }) }
}

type Parts = readonly [typed: Record<string, string>, button: string]

function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10)
}
