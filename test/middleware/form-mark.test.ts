import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { invalid, type Submission } from '../../lib/sealform.js'
import type { Form } from '../../middleware/koa.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

const refuses = async (_submission: Submission) => invalid({ title: 'Enter a title' })

/** Sends the form of a page, and returns its form on the page that answers. */
async function sentAgain(app: ReturnType<typeof createTestApp>, typed: Record<string, string>) {
  const page = await app.request.get('/')
  const answer = await app.request
    .post('/')
    .set(fromSamePage)
    .send(urlencoded(formIn(page.text, 'notes.keep').fields, typed))
  const form = /<form id="notes.keep".*?<\/form>/s.exec(answer.text)?.[0] ?? ''
  const seal = /name="sealform" value="([\w-]+)"/.exec(form)?.[1]
  const mark = /data-sealform-mark="([\w-]+)"/.exec(form)?.[1]
  return { text: answer.text, seal, mark }
}

function printed(form: Form) {
  return html`<form ${form.attributes}>${form.fields}<input ${form.input('title')}></form>`
}

describe('the form that was sent, without a session', () => {
  it('has the seal of its second, and a mark that no other answer has', async () => {
    const app = createTestApp(({ actions, router }) => {
      const keep = actions.define('notes.keep', refuses)
      router.get('/', (ctx) => {
        ctx.body = html`<!doctype html>${printed(ctx.form(keep))}`
      })
    })
    const marks = new Set<string | undefined>()
    for (;;) {
      const [one, other] = await Promise.all([sentAgain(app, { title: '' }), sentAgain(app, { title: '' })])
      for (const { mark } of [one, other]) {
        assert.match(mark ?? '', /^[\w-]{16}$/)
        assert.ok(!marks.has(mark))
        marks.add(mark)
      }
      // The two were answered in different seconds otherwise.
      if (one.seal === other.seal) break
    }
  })

  it('is not on a page that has kept it for another visitor: the built-in page gives the input back', async () => {
    let kept = ''
    const app = createTestApp(({ actions, router }) => {
      const keep = actions.define('notes.keep', refuses)
      router.get('/', (ctx) => {
        const made = `<!doctype html>${printed(ctx.form(keep))}`
        if (kept === '') kept = made
        ctx.type = 'html'
        ctx.body = kept
      })
    })
    const { fields } = formIn((await app.request.get('/')).text, 'notes.keep')
    const send = (title: string) =>
      app.request.post('/').set(fromSamePage).send(urlencoded(fields, { title }))
    kept = ''
    const first = await send('of the first')
    assert.match(first.text, /<form id="notes.keep".*value="of the first"/s)
    const second = await send('of the second')
    assert.match(second.text, /value="of the second"/)
    assert.doesNotMatch(second.text, /of the first/)
  })

  it('gets the notice that its page lacks, and not another form with the same seal', async () => {
    const app = createTestApp(({ actions, router }) => {
      const keep = actions.define('notes.keep', refuses)
      router.get('/', (ctx) => {
        const [one, other] = [ctx.form(keep, { key: 'one' }), ctx.form(keep, { key: 'other' })]
        ctx.body = html`<!doctype html>${printed(one)}${printed(other)}`
      })
    })
    const page = await app.request.get('/')
    const answer = await app.request
      .post('/')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'notes.keep-other').fields, { title: '' }))
    const [one, other] = ['one', 'other'].map((key) => formIn(answer.text, `notes.keep-${key}`).html)
    assert.doesNotMatch(one ?? '', /Enter a title/)
    assert.match(other ?? '', /Enter a title/)
  })
})

describe('the form that was sent, with a seal of its own', () => {
  it('needs no mark when the seal belongs to a session', async () => {
    const { seal, mark } = await sentAgain(
      noteApp({}, () => 'ada'),
      { title: '' },
    )
    assert.match(seal ?? '', /^[\w-]{100,}$/)
    assert.equal(mark, undefined)
  })

  it('needs no mark when the action runs once', async () => {
    const { seal, mark } = await sentAgain(noteApp({ once: true }), { title: '' })
    assert.match(seal ?? '', /^[\w-]{100,}$/)
    assert.equal(mark, undefined)
  })
})

function noteApp(options: { readonly once?: boolean }, session?: () => string) {
  return createTestApp(
    ({ actions, router }) => {
      const keep = actions.define('notes.keep', { ...options, run: refuses })
      router.get('/', (ctx) => {
        ctx.body = html`<!doctype html>${printed(ctx.form(keep))}`
      })
    },
    session ? { session } : {},
  )
}
