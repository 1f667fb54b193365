import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'

const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')

interface NotesOptions {
  readonly keys?: string
  readonly ttl?: number
  readonly version?: number
  readonly name?: string
  readonly path?: boolean
  readonly session?: boolean
  readonly app?: string
}

/** An app with one form. The cookie `user` names the visitor. */
function notesApp({
  keys = testKey,
  ttl,
  version,
  name = 'notes.add',
  path,
  session,
  app,
}: NotesOptions = {}) {
  const runs: unknown[] = []
  const refusals: string[] = []
  const parts = createTestApp(
    ({ actions, router }) => {
      const add = actions.define(name, {
        ...(ttl === undefined ? {} : { ttl }),
        ...(version === undefined ? {} : { version }),
        ...(path === undefined ? {} : { path }),
        limits: { fieldValue: 2000, body: 5000 },
        async run({ formData }) {
          runs.push(formData.get('text'))
          return redirect('/thanks')
        },
      })
      for (const place of ['/notes', '/other']) {
        router.get(place, (ctx) => {
          const form = ctx.form(add)
          ctx.body = html`${form.summary()}<form ${form.attributes}>${form.fields}
            ${form.textarea('text')}<input ${form.input('_hint')}>
            <input ${form.input('password', { type: 'password' })}></form>`
        })
      }
    },
    {
      actions: { keys, ...(app === undefined ? {} : { app }) },
      onRefused: ({ reason }) => refusals.push(reason),
      ...(session ? { session: (ctx) => ctx.cookies.get('user') } : {}),
    },
  )
  return { ...parts, runs, refusals }
}

const typed = { text: 'A long <thought>\r\nin two lines', _hint: 'not-this', password: 'hunter2' }

async function fieldsOf(
  { request }: Pick<ReturnType<typeof notesApp>, 'request'>,
  cookie = '',
  id = 'notes.add',
) {
  const page = await request.get('/notes').set('Cookie', cookie).expect(200)
  return formIn(page.text, id).fields
}

/** Asserts that the answer has the input, the reason and no secret, and that its form can be sent as it is. */
async function assertKept(
  target: ReturnType<typeof notesApp>,
  answer: { text: string; headers: Record<string, string> },
  words: RegExp,
  cookie = '',
) {
  assert.match(answer.text, words)
  assert.match(answer.text, /A long &lt;thought&gt;\r\nin two lines<\/textarea>/)
  assert.doesNotMatch(answer.text, /hunter2|not-this/)
  assert.deepEqual(target.runs, [])
  const { fields } = formIn(answer.text, 'notes.add')
  await target.request
    .post('/notes')
    .set({ ...fromSamePage, Cookie: cookie })
    .send(urlencoded(fields, typed))
    .expect(303)
  assert.deepEqual(target.runs, [typed.text])
}

describe('a refused submission', () => {
  it('keeps the input when the seal has expired', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const app = notesApp({ ttl: 60 })
    const fields = await fieldsOf(app)
    t.mock.timers.tick(60_000)
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(409)
    assert.deepEqual(app.refusals, ['expired'])
    await assertKept(app, answer, /open for too long/)
  })

  it('keeps the input when the seal is from another key ring', async () => {
    const fields = await fieldsOf(notesApp({ keys: otherKey }))
    const app = notesApp()
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(400)
    assert.deepEqual(app.refusals, ['malformed'])
    await assertKept(app, answer, /could not be opened/)
  })

  it('expires after exactly the ttl of the action', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
    const app = notesApp({ ttl: 60 })
    const fields = await fieldsOf(app)
    t.mock.timers.tick(59_999)
    await app.request.post('/notes').set(fromSamePage).send(urlencoded(fields, typed)).expect(303)
    t.mock.timers.tick(1)
    await app.request.post('/notes').set(fromSamePage).send(urlencoded(fields, typed)).expect(409)
    assert.equal(app.runs.length, 1)
  })

  it('is admitted from a server whose clock is at most five minutes ahead', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
    const fields = await fieldsOf(notesApp({ ttl: 3600 }))
    const app = notesApp({ ttl: 3600 })
    t.mock.timers.setTime(1_800_000_000_000 - 301_000)
    await app.request.post('/notes').set(fromSamePage).send(urlencoded(fields, typed)).expect(409)
    t.mock.timers.setTime(1_800_000_000_000 - 300_000)
    await app.request.post('/notes').set(fromSamePage).send(urlencoded(fields, typed)).expect(303)
    assert.deepEqual(app.refusals, ['expired'])
  })

  it('opens a seal of an older key of the ring', async () => {
    const fields = await fieldsOf(notesApp({ keys: otherKey }))
    const app = notesApp({ keys: `${testKey},${otherKey}` })
    await app.request.post('/notes').set(fromSamePage).send(urlencoded(fields, typed)).expect(303)
    assert.deepEqual(app.runs, [typed.text])
  })

  it('keeps the input when the input version has changed', async () => {
    const fields = await fieldsOf(notesApp({ version: 1 }))
    const app = notesApp({ version: 2 })
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(409)
    assert.deepEqual(app.refusals, ['other-version'])
    await assertKept(app, answer, /has changed since/)
  })

  it('keeps the input when another visitor is signed in', async () => {
    const app = notesApp({ session: true })
    const fields = await fieldsOf(app, 'user=ann')
    const answer = await app.request
      .post('/notes')
      .set({ ...fromSamePage, Cookie: 'user=bob' })
      .send(urlencoded(fields, typed))
      .expect(403)
    assert.deepEqual(app.refusals, ['other-session'])
    await assertKept(app, answer, /signed in or out/, 'user=bob')
  })

  it('keeps the input when the visitor has signed in since', async () => {
    const app = notesApp({ session: true })
    const fields = await fieldsOf(app)
    const answer = await app.request
      .post('/notes')
      .set({ ...fromSamePage, Cookie: 'user=bob' })
      .send(urlencoded(fields, typed))
      .expect(403)
    await assertKept(app, answer, /signed in or out/, 'user=bob')
  })

  it('keeps the input when the seal was made for another path', async () => {
    const app = notesApp({ path: true })
    const fields = await fieldsOf(app)
    const answer = await app.request
      .post('/other')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(403)
    assert.deepEqual(app.refusals, ['other-path'])
    assert.match(answer.text, /belongs to another page/)
    assert.match(answer.text, /in two lines<\/textarea>/)
    assert.deepEqual(app.runs, [])
  })

  it('looks like a seal that does not open when it is for another audience', async () => {
    const fields = await fieldsOf(notesApp({ app: 'shop' }))
    const app = notesApp({ app: 'blog' })
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(400)
    assert.deepEqual(app.refusals, ['malformed'])
    await assertKept(app, answer, /could not be opened/)
  })

  it('gets no new seal for a bad one where the page makes none', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const app = notesApp({ ttl: 60 })
    const fields = await fieldsOf(app)
    t.mock.timers.tick(60_000)
    const answer = await app.request
      .post('/gone')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(409)
    assert.match(answer.text, /in two lines<\/textarea>/)
    assert.doesNotMatch(answer.text, /name="sealform"|hunter2/)
    assert.deepEqual(app.runs, [])
  })

  it('shows the input to copy when the action is gone', async () => {
    const fields = await fieldsOf(notesApp({ name: 'notes.old' }), '', 'notes.old')
    const app = notesApp()
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
      .expect(409)
    assert.deepEqual(app.refusals, ['unknown-action'])
    assert.match(answer.text, /A long &lt;thought&gt;\r\nin two lines<\/textarea>/)
    assert.doesNotMatch(answer.text, /hunter2|not-this|name="sealform"/)
    assert.deepEqual(app.runs, [])
  })

  it('keeps the whole input when a field is too long', async () => {
    const app = notesApp()
    const fields = await fieldsOf(app)
    const text = 'x'.repeat(2001)
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, { text }))
      .expect(413)
    assert.deepEqual(app.refusals, ['too-large'])
    assert.ok(answer.text.includes(`${text}</textarea>`))
    assert.match(answer.text, /more than this form accepts/)
    assert.deepEqual(app.runs, [])
    await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, { text: 'x'.repeat(2000) }))
      .expect(303)
  })

  it('keeps the input when the whole body is too large', async () => {
    const app = notesApp()
    const fields = await fieldsOf(app)
    const text = 'x'.repeat(6000)
    const answer = await app.request
      .post('/notes')
      .set(fromSamePage)
      .send(urlencoded(fields, { text }))
      .expect(413)
    assert.ok(answer.text.includes(`${text}</textarea>`))
    assert.deepEqual(app.runs, [])
  })

  it('returns no input to another site', async () => {
    const app = notesApp()
    const fields = await fieldsOf(app)
    const answer = await app.request
      .post('/notes')
      .set({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
      .send(urlencoded(fields, typed))
      .expect(403)
    assert.deepEqual(app.refusals, ['origin'])
    assert.doesNotMatch(answer.text, /thought|name="sealform"/)
    assert.match(answer.text, /https:\/\/evil.example/, 'development names what was received')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(app.runs, [])
  })

  it('refuses a second seal, a reserved name and a malformed escape with 400', async () => {
    const app = notesApp()
    const fields = await fieldsOf(app)
    const body = urlencoded(fields, typed)
    for (const bad of [
      `&sealform=${fields.sealform}`,
      '&sealform.extra=1',
      '&a=%zz',
      '&__proto__=1',
      '&b=%ff',
    ]) {
      const answer = await app.request
        .post('/notes')
        .set(fromSamePage)
        .send(body + bad)
      assert.equal(answer.status, 400, bad)
      assert.match(answer.text, /in two lines<\/textarea>/, bad)
    }
    assert.deepEqual(app.runs, [])
  })

  it('is answered as usual when onRefused throws or rejects, and the app is told', async () => {
    for (const onRefused of [
      () => {
        throw new Error('log is down')
      },
      async () => {
        throw new Error('log is down')
      },
    ]) {
      const { request, errors } = createTestApp(() => {}, { onRefused })
      await request.post('/notes').set(fromSamePage).send('sealform=forged&text=kept').expect(400, /kept/)
      assert.equal((errors[0] as Error).message, 'log is down')
    }
  })

  it('leaves a POST without a seal to the app', async () => {
    const app = notesApp()
    await app.request.post('/notes').set(fromSamePage).send('text=hello').expect(404)
    assert.deepEqual(app.refusals, [])
  })
})
