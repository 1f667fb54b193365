import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { asRegistry } from '../../lib/action/registry.js'
import {
  createActions,
  defineSteps,
  flash,
  type SteppedAction,
  type StepsOptions,
} from '../../lib/sealform.js'
import { visit } from '../../lib/testing/testing.js'
import { html } from '../../views/html.js'
import { testKey } from '../setup/koa-app.js'
import { type AnyContext, type Framework, frameworks, type View } from './frameworks.js'

for (const framework of frameworks) {
  describe(`a form of several steps on ${framework.name}`, () => cases(framework))
}

const guest = z.object({ name: z.string().min(1, 'Enter your name'), news: z.boolean() })
const stay = z.object({ nights: z.coerce.number('Enter a number').int().min(1, 'At least one night') })
const secret = z.object({ pin: z.string().meta({ format: 'password' }).min(4, 'Four digits') })

interface Sent {
  readonly input: unknown
  readonly files: readonly string[]
  readonly bound: readonly unknown[]
}

function print(view: View, stepped: SteppedAction<string>) {
  const form = view.forms.steps(stepped)
  return {
    html: html`<!doctype html><html lang="en"><title>${form.titlePrefix}${form.step ?? 'Check'}</title>
<ol>${form.steps.map(({ title, current, answered }) => html`<li>${title} ${current && 'current'} ${answered && 'answered'}</li>`)}</ol>
${form.summary()}<form ${form.attributes}>${form.fields}
${form.step === 'guest' && html`<input ${form.input('name')}>${form.issue('name')}<input ${form.input('news', { checked: true })}>`}
${form.step === 'stay' && html`<input ${form.input('nights')}>${form.issue('nights')}`}
${form.step === 'photo' && html`<input ${form.input('photo')}>${form.issue('photo')}`}
${form.step === 'secret' && html`<input ${form.input('pin', { type: 'password' })}>${form.issue('pin')}`}
${form.step === undefined && html`<p class="review">${form.answer('name')}, ${form.answers('news').length} news, ${form.answer('nights', 'no')} nights, pin "${form.answer('pin')}" ${form.kept('photo')}</p>`}
<button ${form.next()}>${form.isLast ? 'Send' : 'Next'}</button>
${!form.isFirst && html`<button ${form.back()}>Back</button>`}
<button ${form.goTo('guest')}>Change</button>
</form></html>`,
  }
}

function cases(framework: Framework): void {
  function open(
    t: TestContext,
    steps: StepsOptions<Record<string, object>, [string], AnyContext>['steps'],
    options: { review?: boolean; once?: boolean } = {},
  ) {
    const sent: Sent[] = []
    const failures: unknown[] = []
    const actions = createActions<AnyContext>({ keys: testKey })
    const stepped = defineSteps(actions, 'booking', {
      steps,
      ...options,
      run({ input, formData }, ...bound: [string]) {
        const files = [...formData.values()].flatMap((value) =>
          typeof value === 'string' ? [] : [value.name],
        )
        sent.push({ input, files, bound })
        return flash('booked', '/thanks')
      },
    }).bind(null, 'room 7')
    const listener = framework.listener({
      actions,
      options: { onRefused: () => {} },
      pages: {
        '/book': (view) => print(view, stepped),
        '/thanks': (view) => ({ html: html`<!doctype html><p id="said">${String(view.forms.flash)}</p>` }),
      },
      posts: {},
      failed: (error) => failures.push(error),
    })
    t.after(() => assert.deepEqual(failures, []))
    return { sent, page: () => visit(listener, '/book') }
  }

  const titleOf = (text: string) => /<title>(.*)<\/title>/.exec(text)?.[1]

  it('goes forward when a step is valid, keeps what was typed both ways, and runs once with the input of all steps', async (t) => {
    const site = open(
      t,
      { guest: { title: 'About you', input: guest }, stay: { input: stay } },
      { once: true },
    )
    let page = await site.page()
    assert.match(page.html, /<li>About you current <\/li><li>stay {2}<\/li>/)
    page = await page.form('booking').submit('Next', { validate: false })
    assert.equal(page.status, 422)
    assert.equal(titleOf(page.html), 'Error: guest')
    assert.match(page.html, /Enter your name/)

    page = await page.form('booking').fill({ name: 'Ada & Co', news: [] }).submit('Next')
    assert.equal(titleOf(page.html), 'stay')
    assert.match(page.html, /<li>About you {2}answered<\/li><li>stay current <\/li>/)

    page = await page.form('booking').fill({ nights: 'two' }).submit('Back')
    assert.equal(titleOf(page.html), 'guest')
    assert.equal(page.form('booking').value('name'), 'Ada & Co')
    assert.deepEqual(page.form('booking').values('news'), [], 'a box that was not ticked stays so')

    page = await page.form('booking').submit('Next')
    assert.equal(page.form('booking').value('nights'), 'two', 'unfinished input is kept')
    page = await page.form('booking').submit('Next', { validate: false })
    assert.equal(page.status, 422)
    assert.match(page.html, /Enter a number/)

    page = await page.form('booking').fill({ nights: '2' }).submit('Next')
    assert.equal(titleOf(page.html), 'Check')
    assert.match(page.html, /<p class="review">Ada &amp; Co, 0 news, 2 nights/)
    assert.equal(site.sent.length, 0)
    const form = page.form('booking')
    const thanks = await form.submit('Send')
    assert.match(thanks.html, /<p id="said">booked/)
    assert.equal((await form.submit('Send')).status, 200, 'a copy gets the same answer')
    const input = { guest: { name: 'Ada & Co', news: false }, stay: { nights: 2 } }
    assert.deepEqual(site.sent, [{ input, files: [], bound: ['room 7'] }])
  })

  it('goes back to the step that has become wrong, with what was typed there', async (t) => {
    let most = 5
    const late = z.object({
      nights: z.coerce.number().refine((nights) => nights <= most, 'The hotel is full'),
    })
    const site = open(t, { stay: { input: late }, guest: { input: guest } })
    let page = await site.page()
    page = await page.form('booking').fill({ nights: '4' }).submit('Next')
    page = await page.form('booking').fill({ name: 'Ada' }).submit('Next')
    most = 3
    page = await page.form('booking').submit('Send')
    assert.equal(page.status, 422)
    assert.equal(titleOf(page.html), 'Error: stay')
    assert.match(page.html, /The hotel is full/)
    assert.equal(page.form('booking').value('nights'), '4')
    page = await page.form('booking').fill({ nights: '3' }).submit('Next')
    assert.equal(site.sent.length, 0)
    assert.equal(titleOf(page.html), 'guest')
    page = await page.form('booking').submit('Next')
    await page.form('booking').submit('Send')
    assert.deepEqual(site.sent.at(0)?.input, { stay: { nights: 3 }, guest: { name: 'Ada', news: true } })
  })

  it('keeps files from step to step, asks for one that is required, and hands them over in the end', async (t) => {
    const site = open(t, { photo: { files: { photo: { required: true } } }, stay: { input: stay } })
    let page = await site.page()
    page = await page.form('booking').submit('Next', { validate: false })
    assert.equal(page.status, 422)
    assert.equal(titleOf(page.html), 'Error: photo')
    const photo = new File(['cat'], 'cat.png', { type: 'image/png' })
    page = await page.form('booking').fill({ photo }).submit('Next')
    assert.equal(titleOf(page.html), 'stay')
    assert.doesNotMatch(page.html, /cat\.png/, 'no list of files on a step without any')
    page = await page.form('booking').fill({ nights: '1' }).submit('Back')
    assert.match(page.html, /cat\.png/)
    page = await page.form('booking').submit('Next')
    assert.equal(page.status, 200, 'it need not be chosen again')
    page = await page.form('booking').submit('Next')
    assert.match(page.html, /class="review">.*cat\.png/)
    await page.form('booking').submit('Send')
    assert.deepEqual(site.sent, [
      { input: { photo: undefined, stay: { nights: 1 } }, files: ['cat.png'], bound: ['room 7'] },
    ])
  })

  it('sends from the last step without a review, and never shows a secret again', async (t) => {
    const site = open(t, { secret: { input: secret }, guest: { input: guest } }, { review: false })
    let page = await site.page()
    page = await page.form('booking').fill({ pin: '4711' }).submit('Next')
    assert.equal(titleOf(page.html), 'guest')
    page = await page.form('booking').submit('Send', { validate: false })
    assert.equal(page.status, 422)
    assert.doesNotMatch(page.html, /4711/)
    page = await page.form('booking').submit('Back')
    assert.equal(titleOf(page.html), 'secret')
    assert.doesNotMatch(page.html, /4711/)
    page = await page.form('booking').fill({ pin: '4712' }).submit('Next')
    page = await page.form('booking').fill({ name: 'Ada' }).submit('Send')
    assert.match(page.html, /booked/)
    assert.deepEqual(site.sent.at(0)?.input, { secret: { pin: '4712' }, guest: { name: 'Ada', news: true } })
  })
}

describe('defineSteps()', () => {
  const actions = createActions({ keys: testKey })
  const run = () => undefined

  it('refuses what it cannot use', () => {
    const refuses = (options: unknown, message: RegExp) =>
      assert.throws(() => defineSteps(actions, 'x', options as never), {
        code: 'ERR_OPTION_INVALID',
        message,
      })
    refuses({ run }, /needs "steps": an object with at least one step/)
    refuses({ steps: {}, run }, /at least one step/)
    refuses({ steps: { a: null }, run }, /step "a" must be an object, not null/)
    refuses({ steps: { a: { inptu: guest } }, run }, /step "a" has no option "inptu"; did you mean "input"/)
    refuses({ steps: { a: {} } }, /needs a function "run"/)
    refuses({ steps: { a: {} }, run, review: 'no' }, /"review" must be true or false/)
    refuses({ steps: { a: {} }, run, onSpam: run }, /has no option "onSpam"/)
  })

  it('is the place at which all of its actions are defined, in development', () => {
    const inDevelopment = createActions({ keys: testKey, development: true })
    defineSteps(inDevelopment, 'placed', { steps: { a: {}, b: {} }, run })
    const { places } = asRegistry(inDevelopment, 'test')
    assert.deepEqual([...places.keys()].sort(), [
      'placed',
      'placed.finish',
      'placed.go',
      'placed.step.a',
      'placed.step.b',
    ])
    for (const place of places.values()) assert.match(String(place), /\/steps\.test\.js:\d+:\d+$/)
  })

  it('refuses a name that is taken', () => {
    defineSteps(actions, 'taken', { steps: { a: {} }, run })
    assert.throws(() => defineSteps(actions, 'taken', { steps: { a: {} }, run }), { code: 'ERR_ACTION_NAME' })
  })
})
