import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { forbidden, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

function signupApp(options: { closed?: boolean; once?: boolean } = {}) {
  const runs: string[] = []
  const { request } = createTestApp(({ actions, router }) => {
    const signup = actions.define('signup', {
      once: options.once ?? false,
      authorize: () => (options.closed ? forbidden() : undefined),
      input: z.object({
        email: z.email('Enter an email address'),
        name: z.string().min(1, 'Enter your name'),
      }),
      async run({ input }) {
        runs.push(input.name)
        return redirect('/welcome')
      },
    })
    router.get('/signup', (ctx) => {
      const form = ctx.form(signup)
      ctx.body = html`<title>${form.titlePrefix}Sign up</title>${form.summary()}
        ${ctx.region(
          'signup-box',
          html`<div id="signup-box">${form.status}<form ${form.attributes}>${form.fields}
            <input ${form.input('email')}>${form.issue('email')}<input ${form.input('name')}>${form.issue('name')}
            <button>Sign up</button><button ${form.validate({ class: 'quiet' })}>Check</button></form></div>`,
        )}`
    })
  })
  const page = async () => formIn((await request.get('/signup')).text, 'signup')
  const send = async (typed: Record<string, string>, headers: Record<string, string> = {}) =>
    request
      .post('/signup')
      .set({ ...fromSamePage, ...headers })
      .send(urlencoded((await page()).fields, typed))
  return { page, send, runs, request }
}

const check = { 'sealform.validate': 'all' }

describe('a submission that asks for validation only', () => {
  it('can be sent by a button that works without a script', async () => {
    const { page, send, runs } = signupApp()
    assert.match(
      (await page()).html,
      /<button type="submit" name="sealform.validate" value="all" formnovalidate class="quiet">Check/,
    )
    const answer = await send({ email: 'x', name: 'Ann', ...check })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<title>Error: /)
    assert.match(answer.text, /Enter an email address/)
    assert.match(answer.text, /value="Ann"/)
    assert.deepEqual(runs, [])
  })

  it('is answered with 200 and the input when valid, and the action does not run', async () => {
    const { send, runs } = signupApp()
    const answer = await send({ email: 'ann@example.org', name: 'Ann', ...check })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /<title>Sign up/)
    assert.match(answer.text, />valid</)
    assert.doesNotMatch(answer.text, /sealform-summary|sealform-notice|aria-invalid/)
    assert.match(answer.text, /value="ann@example.org"/)
    assert.deepEqual(runs, [])
  })

  it('can be sent by Unpoly or our own client, for the fields that they name', async () => {
    for (const header of ['X-Up-Validate', 'Sealform-Validate']) {
      const { send, runs } = signupApp()
      const wrong = await send({ email: 'x', name: '' }, { [header]: 'email' })
      assert.equal(wrong.status, 422)
      assert.match(wrong.text, /Enter an email address/)
      assert.doesNotMatch(wrong.text, /Enter your name/, 'the visitor has not reached that field yet')
      assert.equal((await send({ email: 'a@example.org', name: '' }, { [header]: 'email' })).status, 200)
      const both = await send({ email: 'x', name: '' }, { [header]: 'email name' })
      assert.match(both.text, /Enter your name/)
      for (const all of ['', ':unknown']) {
        assert.match((await send({ email: 'x', name: '' }, { [header]: all })).text, /Enter your name/)
      }
      assert.deepEqual(runs, [])
    }
  })

  it('may name a field by its control, as Unpoly does, or by its own name', async () => {
    const { request } = createTestApp(({ actions, router }) => {
      const enter = actions.define('enter', {
        input: z.object({
          door: z.string().min(9, 'Enter all nine digits'),
          name: z.string().min(1, 'Enter your name'),
        }),
        run: () => redirect('/'),
      })
      router.get('/', (ctx) => {
        const form = ctx.form(enter)
        ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('door', { type: 'password' })}>
          ${form.issue('door')}${form.issue('name')}</form>`
      })
    })
    const { fields } = formIn((await request.get('/')).text, 'enter')
    const send = (name: string) =>
      request
        .post('/')
        .set({ ...fromSamePage, [name.startsWith('sealform') ? 'X-Up-Validate' : 'Sealform-Validate']: name })
        .send(urlencoded(fields, { 'sealform.secret.door': 'hunter', name: '' }))
    for (const name of ['door', 'sealform.secret.door']) {
      const answer = await send(name).expect(422)
      assert.match(answer.text, /Enter all nine digits/)
      assert.doesNotMatch(answer.text, /Enter your name|hunter/)
    }
  })

  it('is answered with the region alone when it requests one', async () => {
    const { send } = signupApp()
    const answer = await send(
      { email: 'x', name: '' },
      { 'X-Up-Validate': 'email', 'X-Up-Target': '#signup-box' },
    )
    assert.equal(answer.status, 422)
    assert.match(answer.text, /^<title>Error: Sign up<\/title><div data-sealform-region id="signup-box">/)
  })

  it('is refused by authorize like any other', async () => {
    const { send, runs } = signupApp({ closed: true })
    assert.equal(
      (await send({ email: 'a@example.org', name: 'Ann' }, { 'X-Up-Validate': 'email' })).status,
      403,
    )
    assert.deepEqual(runs, [])
  })

  it('does not use up a one-time form', async () => {
    const { page, request, runs } = signupApp({ once: true })
    const { fields } = await page()
    const send = (more: Record<string, string>) =>
      request
        .post('/signup')
        .set(fromSamePage)
        .send(urlencoded(fields, { email: 'a@example.org', name: 'Ann' }, more))
    await send(check).expect(200)
    await send({}).expect(303)
    assert.deepEqual(runs, ['Ann'])
  })

  it('is malformed when it asks twice', async () => {
    const { page, request, runs } = signupApp()
    const body = `${urlencoded((await page()).fields, { email: 'a@example.org', name: 'A' })}&sealform.validate=a&sealform.validate=b`
    await request.post('/signup').set(fromSamePage).send(body).expect(400)
    assert.deepEqual(runs, [])
  })
})
