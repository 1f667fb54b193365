import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { type Actions, forbidden, type LimitOptions, redirect, SealformError } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { uploadApp } from '../setup/upload-app.js'

/** A build of the app: its one action and the fields of its page. */
interface Build {
  readonly version?: number
  readonly fields: readonly string[]
  readonly bound?: unknown[]
  readonly migrate?: (from: string | undefined, ...bound: never[]) => unknown
  readonly input?: z.ZodType
  readonly authorize?: (submission: unknown, ...bound: unknown[]) => unknown
  readonly ttl?: number
  readonly once?: boolean
  readonly limits?: LimitOptions
  readonly initial?: unknown
}

/** A server with one build of an app that keeps contacts. */
function serve(build: Build) {
  const runs: { fields: unknown; input: unknown; bound: unknown[]; previous: unknown }[] = []
  const refusals: { reason: string; detail: string }[] = []
  const parts = createTestApp(
    ({ actions, router }) => {
      const add = actions.define('contacts.add', {
        path: false,
        ...optional(build),
        async run({ formData, input, previous }, ...bound: unknown[]) {
          runs.push({ fields: Object.fromEntries(formData), input, bound, previous })
          return redirect('/')
        },
      } as Parameters<Actions['define']>[1])
      router.get('/', (ctx) => {
        const form = ctx.form(
          add.bind(null, ...(build.bound ?? [])),
          'initial' in build ? { initial: build.initial } : {},
        )
        ctx.body = html`${form.summary()}<form ${form.attributes}>${form.fields}
          ${build.fields.map((name) => html`<input ${form.input(name)}>${form.issue(name)}`)}</form>`
      })
    },
    { onRefused: ({ reason, detail }) => refusals.push({ reason, detail }) },
  )
  const fields = async () => formIn((await parts.request.get('/')).text, 'contacts.add').fields
  const submit = (own: Record<string, string>, typed: Record<string, string>) =>
    parts.request.post('/').set(fromSamePage).send(urlencoded(own, typed))
  return { ...parts, runs, refusals, fields, submit }
}

function optional({ fields: _, bound: __, initial: ___, ...options }: Build): object {
  return options
}

const old: Build = { version: 1, fields: ['name'], bound: ['friends'] }
const splitting: Build = {
  version: 2,
  fields: ['first', 'last'],
  bound: ['friends', 'home'],
  input: z.object({
    first: z.string().min(1, 'Enter a first name'),
    last: z.string().min(1, 'Enter a last name'),
  }),
  migrate(from, list: string) {
    if (from !== '1') return undefined
    return {
      bound: [list, 'home'],
      formData(fields: FormData) {
        const [first = '', ...rest] = String(fields.get('name')).split(' ')
        fields.delete('name')
        fields.set('first', first)
        fields.set('last', rest.join(' '))
      },
    }
  },
}

describe('a submission of a page that was rendered for another version', () => {
  it('runs with the fields and bound values that migrate() makes of it, validated like any other', async () => {
    const before = serve(old)
    const after = serve(splitting)
    await after.submit(await before.fields(), { name: 'Ada Lovelace' }).expect(303)
    assert.deepEqual(after.runs, [
      {
        fields: { first: 'Ada', last: 'Lovelace' },
        input: { first: 'Ada', last: 'Lovelace' },
        bound: ['friends', 'home'],
        previous: undefined,
      },
    ])
    assert.deepEqual(after.refusals, [])
  })

  it('shows the new form with the migrated fields when they are invalid, ready to be sent', async () => {
    const after = serve(splitting)
    const answer = await after.submit(await serve(old).fields(), { name: 'Ada' }).expect(422)
    const form = formIn(answer.text, 'contacts.add')
    assert.match(form.html, /name="first" value="Ada"/)
    assert.match(answer.text, /Enter a last name/)
    assert.equal(after.runs.length, 0)
    await after.submit(form.fields, { first: 'Ada', last: 'Lovelace' }).expect(303)
    assert.deepEqual(after.runs[0]?.bound, ['friends', 'home'])
  })

  it('is accepted by an older build that can migrate the newer version', async () => {
    const prepared = serve({
      ...old,
      migrate: (from, list: string) =>
        from === '2' && {
          bound: [list],
          formData(fields: FormData) {
            const changed = new FormData()
            changed.set('name', `${fields.get('first')} ${fields.get('last')}`)
            return changed
          },
        },
    })
    await prepared.submit(await serve(splitting).fields(), { first: 'Ada', last: 'Lovelace' }).expect(303)
    assert.deepEqual(prepared.runs[0]?.fields, { name: 'Ada Lovelace' })
    assert.deepEqual(prepared.runs[0]?.bound, ['friends'])
  })

  it('has the version undefined when the action had none', async () => {
    const from: unknown[] = []
    const after = serve({
      ...splitting,
      migrate(...args: unknown[]) {
        from.push(args)
        return {}
      },
    })
    const { version: _, ...unversioned } = old
    await after.submit(await serve(unversioned).fields(), { first: 'A', last: 'B' }).expect(303)
    assert.deepEqual(from, [[undefined, 'friends']])
    assert.deepEqual(after.runs[0]?.bound, ['friends'])
  })

  it('is refused with its input when migrate() does not accept the version, or is missing', async () => {
    const { migrate: _, ...without } = splitting
    for (const build of [splitting, without]) {
      const after = serve({ ...build, version: 3 })
      const answer = await after
        .submit(await serve({ ...old, version: 2 }).fields(), { first: 'Kept' })
        .expect(409)
      assert.match(answer.text, /Kept<\/textarea>/)
      assert.equal(after.runs.length, 0)
      assert.equal(after.refusals[0]?.reason, 'other-version')
      assert.match(after.refusals[0]?.detail ?? '', /version 3|has 3/)
    }
  })

  it('is shown to copy when the new form lacks a field for it, and in its fields otherwise', async () => {
    const { migrate: _, ...without } = { ...splitting, bound: ['friends'] }
    const after = serve(without)
    const fields = await serve(old).fields()
    const lost = await after.submit(fields, { name: 'Ada Lovelace', _secret: 'x', first: '' }).expect(409)
    assert.match(lost.text, /name<\/label><br><textarea[^>]* readonly>\nAda Lovelace<\/textarea>/)
    const found = await after
      .submit(fields, { name: '', first: 'Ada', last: 'Lovelace', _secret: 'x' })
      .expect(409)
    assert.match(formIn(found.text, 'contacts.add').html, /name="first" value="Ada"/)
  })

  it('hides a secret that migrate() renamed, and shows other fields', async () => {
    const changed: unknown[] = []
    const renaming: Build = {
      version: 2,
      fields: ['gate', 'code', 'name', 'copy'],
      input: z.object({ name: z.string().min(9, 'Enter your full name') }),
      migrate: () => ({
        formData(fields: FormData) {
          changed.push([...fields])
          fields.set('gate', String(fields.get('door')))
          fields.set('code', String(fields.get('password')))
          fields.set('copy', String(fields.get('name')))
          fields.delete('door')
        },
      }),
    }
    const fields = await serve({ version: 1, fields: ['name'] }).fields()
    const typed = { 'sealform.secret.door': 'hunter-1', password: 'hunter-2', name: 'Ada', twin: 'hunter-1' }
    const answer = await serve(renaming).submit(fields, typed).expect(422)
    assert.deepEqual(changed, [
      [
        ['door', 'hunter-1'],
        ['password', 'hunter-2'],
        ['name', 'Ada'],
        ['twin', 'hunter-1'],
      ],
    ])
    assert.match(answer.text, /name="gate">/)
    assert.match(answer.text, /name="name"[^>]* value="Ada"/)
    assert.match(answer.text, /name="copy"[^>]* value="Ada"/)
    assert.doesNotMatch(answer.text, /hunter/)
    // The visitor typed the same text into "twin", which is not secret.
    const builtIn = await serve(renaming)
      .request.post('/none')
      .set(fromSamePage)
      .send(urlencoded(fields, typed))
    assert.deepEqual(
      [...builtIn.text.matchAll(/<input type="(\w+)" id="[^"]*" name="([^"]*)"(?: value="([^"]*)")?>/g)].map(
        ([, type, name, value]) => [type, name, value],
      ),
      [
        ['text', 'name', 'Ada'],
        ['text', 'twin', 'hunter-1'],
        ['text', 'copy', 'Ada'],
        ['password', 'password', undefined],
        ['password', 'sealform.secret.gate', undefined],
        ['password', 'sealform.secret.code', undefined],
      ],
    )
  })

  it('is authorized with the migrated values', async () => {
    const asked: unknown[] = []
    const after = serve({
      ...splitting,
      authorize(_, ...bound) {
        asked.push(bound)
        return forbidden()
      },
    })
    await after.submit(await serve(old).fields(), { name: 'Ada Lovelace' }).expect(403)
    assert.deepEqual(asked, [['friends', 'home']])
    assert.equal(after.runs.length, 0)
  })

  it('keeps the state that its form carries', async () => {
    const state = { count: 3 }
    const after = serve({ ...splitting, initial: state })
    await after.submit(await serve({ ...old, initial: { count: 7 } }).fields(), { name: 'A B' }).expect(303)
    assert.deepEqual(after.runs[0]?.previous, { count: 7 })
  })

  it('cannot get around expiry or the session', async () => {
    let asked = 0
    const after = serve({ ...splitting, migrate: () => ++asked })
    const late = await serve({ ...old, ttl: 0.001 }).fields()
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await after.submit(late, { name: 'A B' }).expect(409)
    const forged = { sealform: `${late.sealform?.slice(0, -4)}AAAA` }
    await after.submit(forged, { name: 'A B' }).expect(400)
    assert.equal(asked, 0)
  })

  it('runs once when the action is a one-time action', async () => {
    const after = serve({ ...splitting, once: true })
    const fields = await serve(old).fields()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => after.submit(fields, { name: 'Ada Lovelace' })),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303, 303, 303, 303],
    )
    assert.equal(after.runs.length, 1)
  })

  it('is shown with migrated fields even when it is refused', async () => {
    const after = serve({ ...splitting, authorize: () => forbidden() })
    const answer = await after.submit(await serve(old).fields(), { name: 'Ada Lovelace' }).expect(403)
    assert.match(answer.text, /name="first" value="Ada"/)
    assert.match(answer.text, /name="last" value="Lovelace"/)
  })

  it('gets no new seal while its fields are those of the old page', async () => {
    const after = serve({ ...splitting, limits: { fieldValue: 20 } })
    const fields = await serve(old).fields()
    const answer = await after.submit(fields, { name: 'Kept', other: 'x'.repeat(21) }).expect(413)
    assert.match(answer.text, /Kept<\/textarea>/)
    assert.doesNotMatch(answer.text, /name="sealform"/)
  })

  it('can be answered by migrate() itself', async () => {
    const after = serve({ ...splitting, migrate: () => redirect('/moved') })
    await after
      .submit(await serve(old).fields(), {})
      .expect(303)
      .expect('Location', '/moved')
    assert.equal(after.runs.length, 0)
  })

  it('keeps its input when migrate() or formData() throws', async () => {
    const fault = () => {
      throw new Error('broken')
    }
    for (const migrate of [fault, () => ({ formData: fault })]) {
      const after = serve({ ...splitting, migrate })
      const answer = await after.submit(await serve(old).fields(), { first: 'Kept' }).expect(500)
      assert.match(answer.text, /Kept<\/textarea>/)
      assert.match(String(after.errors[0]), /broken/)
      assert.equal(after.runs.length, 0)
    }
  })

  it('fails with ERR_MIGRATE_RESULT when migrate() returns a malformed value', async () => {
    const results = [
      true,
      'x',
      { bound: 'friends' },
      { bound: [], fields: () => {} },
      { formData: () => 'x' },
      { formData: (data: FormData) => data.set('file', new File(['x'], 'x')) },
    ]
    for (const result of results) {
      const after = serve({ ...splitting, migrate: () => result })
      await after.submit(await serve(old).fields(), { name: 'A B' }).expect(500)
      const [error] = after.errors
      assert.ok(error instanceof SealformError)
      assert.equal(error.code, 'ERR_MIGRATE_RESULT')
      assert.equal(after.runs.length, 0)
    }
  })

  it('fails when a migrated value could not be bound', async () => {
    const after = serve({ ...splitting, migrate: () => ({ bound: [() => {}] }) })
    await after.submit(await serve(old).fields(), { name: 'A B' }).expect(500)
    assert.match(String(after.errors[0]), /contacts\.add \(migrated\)/)
  })

  it('accepts field names that are properties of every object', async () => {
    const after = serve({ ...splitting, migrate: () => ({ formData() {} }), input: z.looseObject({}) })
    await after.submit(await serve(old).fields(), { constructor: 'x', toString: 'y' }).expect(303)
    assert.deepEqual(after.runs[0]?.fields, { constructor: 'x', toString: 'y' })
  })
})

describe('a button of another version', () => {
  it('is migrated by its own action, from the fields as they were sent', async () => {
    const serveTwo = (version: number) => {
      const runs: unknown[] = []
      const parts = createTestApp(({ actions, router }) => {
        const define = (name: string) =>
          actions.define(name, {
            version,
            migrate: () => ({
              formData(fields) {
                fields.append('trace', name)
                return fields
              },
            }),
            async run({ formData }) {
              runs.push([name, formData.getAll('trace')])
              return redirect('/')
            },
          })
        const [save, clear] = [define('save'), define('clear')]
        router.get('/', (ctx) => {
          const form = ctx.form(save)
          ctx.body = html`<form ${form.attributes}>${form.fields}<button ${form.submit(clear)}>Clear</button></form>`
        })
      })
      return { ...parts, runs }
    }
    const [before, after] = [serveTwo(1), serveTwo(2)]
    const { html: form, fields } = formIn((await before.request.get('/')).text, 'save')
    const [, name = '', value = ''] =
      /<button [^>]*?name="([^"]+)"(?: [^>]*?value="([^"]*)")?/.exec(form) ?? []
    const send = (more: Record<string, string>) =>
      after.request.post('/').set(fromSamePage).send(urlencoded(fields, more)).expect(303)
    await send({ [name]: value })
    await send({})
    assert.deepEqual(after.runs, [
      ['clear', ['clear']],
      ['save', ['save']],
    ])
  })
})

describe('files from a page of another version', () => {
  const build = (t: TestContext, version: number, seen: unknown[]) =>
    uploadApp(t, {
      define: (actions) =>
        actions.define('upload', {
          version,
          files: { picture: {} },
          migrate: () => ({
            formData(fields) {
              fields.set('title', `${fields.get('title')}, migrated`)
              return fields
            },
          }),
          async run({ formData }) {
            const picture = formData.get('picture')
            seen.push(formData.get('title'), picture instanceof File && (await picture.text()))
            return redirect('/')
          },
        }),
    })

  it('arrive beside the fields that were changed', async (t) => {
    const seen: unknown[] = []
    const [before, after] = [await build(t, 1, []), await build(t, 2, seen)]
    const fields = before.hidden((await before.page()).body)
    const { status } = await after.send([
      ...fields,
      ['title', 'T'],
      { name: 'picture', filename: 'a.txt', content: 'hello' },
    ])
    assert.equal(status, 303)
    assert.deepEqual(seen, ['T, migrated', 'hello'])
  })
})

describe('the option migrate', () => {
  it('is a function', () => {
    createTestApp(({ actions }) => {
      assert.throws(() => actions.define('x', { migrate: { 1: () => {} }, run: async () => {} } as never), {
        code: 'ERR_OPTION_INVALID',
        message: /"migrate" must be a function/,
      })
    })
  })
})
