import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { redirect, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, testKey, urlencoded } from '../setup/koa-app.js'

const newKey = Buffer.from('the next key of thirty-two bytes').toString('base64')
const foreignKey = Buffer.from('another key of thirty-two bytes!').toString('base64')

/** An app with one form that can be rendered slowly, and whose action can take its time. */
function app(options: { session?: boolean; keys?: string; app?: string } = {}) {
  const runs: string[] = []
  const refusals: { reason: string; detail: string }[] = []
  const gates: { page: (() => Promise<void>) | undefined; action: (() => Promise<void>) | undefined } = {
    page: undefined,
    action: undefined,
  }
  const parts = createTestApp(
    ({ actions, router }) => {
      const add = actions.define('notes.add', async ({ formData }: Submission<undefined, string>) => {
        await gates.action?.()
        runs.push(String(formData.get('text')))
        return redirect('/')
      })
      router.get('/notes', async (ctx) => {
        const first = ctx.form(add, { key: 1 }).fields
        await gates.page?.()
        const second = ctx.form(add, { key: 2, initial: 'state' })
        ctx.body = html`<form id="first">${first}</form>
          <form ${second.attributes}>${second.fields}${second.textarea('text')}</form>`
      })
    },
    {
      actions: { keys: options.keys ?? testKey, ...(options.app === undefined ? {} : { app: options.app }) },
      onRefused: ({ reason, detail }) => refusals.push({ reason, detail }),
      ...(options.session ? { session: () => 'ann' } : {}),
    },
  )
  const fields = async (id = 'notes.add-2') =>
    formIn((await parts.request.get('/notes').expect(200)).text, id).fields
  const submit = (own: Record<string, string>, text = 'Hello') =>
    parts.request.post('/notes').set(fromSamePage).send(urlencoded(own, { text }))
  return { ...parts, runs, refusals, gates, fields, submit }
}

describe('reloading keys', () => {
  it('opens earlier pages with a key that stayed, and seals new ones with the new key', async () => {
    const target = app({ session: true })
    const before = await target.fields()
    target.actions.keys.reload(`${newKey},${testKey}`)
    await target.submit(before).expect(303)
    const after = await target.fields()
    target.actions.keys.reload(newKey)
    await target.submit(after).expect(303)
    await target.submit(before).expect(400)
    assert.equal(target.runs.length, 2)
  })

  it('in the middle of a page leaves both of its forms valid for the session', async () => {
    const target = app({ session: true })
    target.gates.page = async () => target.actions.keys.reload(`${newKey},${testKey}`)
    const { text } = await target.request.get('/notes').expect(200)
    target.gates.page = undefined
    for (const id of ['first', 'notes.add-2']) await target.submit(formIn(text, id).fields).expect(303)
    assert.equal(target.runs.length, 2)
  })

  it('lets a running action end', async () => {
    const target = app()
    const fields = await target.fields()
    let reached = () => {}
    const running = new Promise<void>((resolve) => {
      reached = resolve
    })
    target.gates.action = async () => {
      reached()
      await wait(20)
    }
    const answer = target.submit(fields).then(({ status }) => status)
    await running
    target.actions.keys.reload(newKey)
    assert.equal(await answer, 303)
    assert.deepEqual(target.runs, ['Hello'])
  })
})

describe('a seal that does not open', () => {
  it('is logged with the key ids on both sides and the document to read', async () => {
    const target = app()
    const foreign = app({ keys: foreignKey })
    const answer = await target.submit(await foreign.fields(), 'Kept').expect(400)
    assert.match(answer.text, /Kept<\/textarea>/)
    const [theirs, ours] = [foreign.actions.keys.ids[0], target.actions.keys.ids[0]]
    assert.deepEqual(target.refusals, [
      {
        reason: 'malformed',
        detail: `The seal did not open: sealed with key ${theirs}; this server has ${ours}. See docs/errors/key-mismatch.md, or examine it with: npx sealform inspect`,
      },
    ])
    assert.ok(!answer.text.includes(theirs!) && !answer.text.includes(ours!))
    assert.equal(target.runs.length, 0)
  })

  it('names every key that this server has', async () => {
    const target = app({ keys: `${newKey},${testKey}` })
    await target.submit(await app({ keys: foreignKey }).fields()).expect(400)
    assert.ok(target.refusals[0]?.detail.includes(`has ${target.actions.keys.ids.join(', ')}.`))
  })

  it('gets the same message when it was changed and when it is from another app', async () => {
    const target = app()
    const { sealform: good = '', ...rest } = await target.fields()
    const changed = good.slice(0, 60) + (good[60] === 'A' ? 'B' : 'A') + good.slice(61)
    await target.submit({ sealform: changed, ...rest }).expect(400)
    await target.submit(await app({ app: 'blog' }).fields()).expect(400)
    const [one, two] = target.refusals
    assert.match(one?.detail ?? '', /sealed with key ([0-9a-f]{8}); this server has \1\./)
    assert.deepEqual(one, two)
  })

  it('is reported as incomplete when it contains no key id', async () => {
    const target = app()
    for (const sealform of ['', 'x', '"><script>', 'A'.repeat(160), 'A'.repeat(9000)]) {
      await target.submit({ sealform }).expect(400)
    }
    for (const { detail } of target.refusals)
      assert.match(detail, /^The seal did not open: it is not a complete seal\./)
    assert.equal(target.refusals.length, 5)
  })
})
