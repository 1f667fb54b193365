import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import {
  createActions,
  done,
  flash,
  forbidden,
  invalid,
  redirect,
  type Submission,
} from '../../../lib/sealform.js'
import { invoke } from '../../../lib/testing/testing.js'
import { testKey } from '../../setup/koa-app.js'

describe('invoke', () => {
  it('runs an action with its input and all of its bound values, and returns the outcome', async () => {
    const { add, added } = todos()
    const result = await invoke(
      add.bind(null, 'groceries'),
      { title: ' Milk ', tags: ['a', 'b'], urgent: true },
      2,
    )
    assert.equal(result.kind, 'redirect')
    assert.equal(result.to, '/lists/groceries')
    assert.equal(result.status, 303)
    assert.deepEqual(result.issues, [])
    assert.deepEqual(added, [['groceries', 2, { title: 'Milk', tags: ['a', 'b'], urgent: 'on' }]])
  })

  it('returns the issues of the schema, and does not run the action then', async () => {
    const { add, added } = todos()
    const result = await invoke(add, { title: '', urgent: false }, 'groceries', 1)
    assert.equal(result.kind, 'invalid')
    assert.equal(result.status, 422)
    assert.deepEqual(result.issues, [{ name: 'title', message: 'Enter a title' }])
    assert.deepEqual(added, [])
  })

  it('accepts fields under the prefixed names of secret controls, with the limits for their own names', async () => {
    const actions = createActions({ keys: testKey })
    const enter = actions.define('enter', {
      limits: { depth: 1, fieldName: '16 B' },
      input: z.object({ rows: z.array(z.string()), door: z.object({ key: z.string().min(3, 'Too short') }) }),
      run: ({ input, formData }) => done([input, [...formData.keys()]]),
    })
    const fields = { 'sealform.secret.rows[0]': 'a', 'sealform.secret.door.key': 'hunter' }
    assert.deepEqual((await invoke(enter, fields)).state, [
      { rows: ['a'], door: { key: 'hunter' } },
      ['rows[0]', 'door.key'],
    ])
    const short = await invoke(enter, { ...fields, 'sealform.secret.door.key': 'x' })
    assert.deepEqual(short.issues, [{ name: 'door.key', message: 'Too short' }])
    const refusal = async (name: string) =>
      (await invoke(enter, { ...fields, [`sealform.secret.${name}`]: 'x' })).reason
    assert.equal(await refusal('a.b.c'), 'too-large')
    for (const name of ['a[', 'constructor', 'door']) assert.equal(await refusal(name), 'malformed', name)
  })

  it('runs authorize before the fields are available', async () => {
    const actions = createActions({ keys: testKey })
    let runs = 0
    const remove = actions.define('remove', {
      authorize: ({ cookies }, id: string) => (cookies.get('user') === id ? undefined : forbidden()),
      run: async (_submission, _id: string) => void runs++,
    })
    const refused = await invoke(remove, {}, 'ada')
    assert.deepEqual([refused.kind, refused.status, refused.reason, runs], ['refused', 403, 'forbidden', 0])
    const asAda = invoke.with({ cookies: { user: 'ada' } })
    assert.equal((await asAda(remove, {}, 'ada')).kind, 'done')
    assert.equal(runs, 1)
  })

  it('returns outcomes that are thrown, and throws everything else', async () => {
    const actions = createActions({ keys: testKey })
    const leave = actions.define('leave', async () => {
      throw redirect('/away')
    })
    assert.equal((await invoke(leave)).to, '/away')
    const fault = new Error('the database is down')
    const fail = actions.define('fail', async () => {
      throw fault
    })
    await assert.rejects(invoke(fail), fault)
  })

  it('returns the cookies that were set and deleted', async () => {
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', async ({ cookies }) => {
      cookies.set('last', `${cookies.get('sid')} ü`, { maxAge: 60 })
      cookies.delete('sid')
    })
    const { cookies } = await invoke.with({ cookies: { sid: 'a b' } })(act)
    assert.deepEqual(
      cookies.map(({ name, value, maxAge }) => [name, value, maxAge]),
      [
        ['last', 'a b ü', 60],
        ['sid', '', 0],
      ],
    )
  })

  it('gives the state that the form carries, and returns the new one', async () => {
    const actions = createActions({ keys: testKey })
    const count = actions.define(
      'count',
      async ({ previous }: Submission<undefined, { n: number }>, by: number) =>
        done({ n: (previous?.n ?? 0) + by }, { status: 202 }),
    )
    const first = await invoke(count, {}, 2)
    assert.deepEqual([first.state, first.status], [{ n: 2 }, 202])
    const state: { n: number } | undefined = (await invoke.with({ previous: first.state })(count, {}, 3))
      .state
    assert.deepEqual(state, { n: 5 })
    const say = actions.define('say', async () => flash({ said: true }, '/'))
    assert.deepEqual((await invoke(say)).state, { said: true })
  })

  it('gives context, headers and URL to the action', async () => {
    const actions = createActions<{ user: string }>({ keys: testKey })
    const act = actions.define('act', {
      path: true,
      run: async ({ context, request }) => [
        context.user,
        request.url,
        request.headers['accept-language'],
        request.method,
      ],
    })
    const { state } = await invoke.with({
      context: { user: 'ada' },
      headers: { 'Accept-Language': 'de' },
      url: '/lists/3?page=2',
    })(act)
    assert.deepEqual(state, ['ada', '/lists/3?page=2', 'de', 'POST'])
  })

  it('accepts a FormData with files, as a browser would send it', async () => {
    const actions = createActions({ keys: testKey })
    const upload = actions.define('upload', {
      files: { picture: { maxSize: 10, types: ['image/png'] } },
      async run({ formData }) {
        const picture = formData.get('picture')
        assert.ok(picture instanceof File)
        return [
          picture.name,
          picture.type,
          await picture.text(),
          formData.get('note'),
          formData.getAll('tag'),
        ]
      },
    })
    const form = new FormData()
    form.append('note', 'first\nsecond')
    form.append('tag', '1')
    form.append('tag', '2')
    form.append('picture', new File(['pixels'], 'ü "1".png', { type: 'image/png' }))
    assert.deepEqual((await invoke(upload, form)).state, [
      'ü "1".png',
      'image/png',
      'pixels',
      'first\r\nsecond',
      ['1', '2'],
    ])
    const large = { picture: { name: 'a.png', type: 'image/png', content: 'eleven bytes' } }
    assert.deepEqual(
      (await invoke(upload, large)).issues.map(({ name }) => name),
      ['picture'],
    )
  })

  it('runs hooks, and returns what they threw', async () => {
    const actions = createActions({ keys: testKey })
    const fault = new Error('the log is full')
    const act = actions.define('act', {
      before: ({ submission }) => (submission.cookies.has('sid') ? undefined : forbidden()),
      after: () => {
        throw fault
      },
      run: async () => 'ran',
    })
    assert.equal((await invoke(act)).reason, 'forbidden')
    const result = await invoke.with({ cookies: { sid: '1' } })(act)
    assert.deepEqual([result.state, result.reported], ['ran', [fault]])
  })

  it('applies limits like the server', async () => {
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', { limits: { fields: 2 }, run: async () => 'ran' })
    assert.equal((await invoke(act, { a: '1', b: '2' })).state, 'ran')
    assert.equal((await invoke(act, { a: ['1', '2', '3'] })).reason, 'too-large')
  })

  it('runs a one-time action once for each call', async () => {
    const actions = createActions({ keys: testKey })
    let runs = 0
    const order = actions.define('order', { once: true, run: async () => ++runs })
    await Promise.all([invoke(order), invoke(order), invoke(order)])
    assert.equal(runs, 3)
  })

  it('passes bound values through a seal, and refuses those that a seal cannot carry', async () => {
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', async (_submission, value: unknown) => value)
    const bound = new Map<unknown, unknown>([[new Date(0), [undefined, -0, 10n, act]]])
    const { state } = await invoke(act, {}, bound)
    assert.ok(state instanceof Map)
    assert.notEqual(state, bound)
    assert.equal([...state.keys()][0]?.getTime?.(), 0)
    await assert.rejects(
      invoke(act, {}, () => {}),
      { code: 'ERR_VALUE_UNSUPPORTED' },
    )
  })

  it('refuses malformed actions, inputs and options', async () => {
    const { add } = todos()
    await assert.rejects(invoke((async () => {}) as never), { code: 'ERR_ACTION_UNKNOWN' })
    await assert.rejects(invoke(add, { title: new Date(0) as never }, 'x', 1), { code: 'ERR_OPTION_INVALID' })
    await assert.rejects(invoke(add, 'title=x' as never, 'x', 1), { code: 'ERR_OPTION_INVALID' })
    assert.throws(() => invoke.with({ cookie: {} } as never), /did you mean "cookies"/)
  })

  it('lets no field name reach a prototype', async () => {
    const actions = createActions({ keys: testKey })
    const act = actions.define('act', async ({ formData }) => [...formData])
    const { state } = await invoke(act, { constructor: '1', toString: '2' })
    assert.deepEqual(state, [
      ['constructor', '1'],
      ['toString', '2'],
    ])
    assert.equal((await invoke(act, new URLSearchParams('__proto__=1'))).reason, 'malformed')
  })
})

function todos() {
  const added: unknown[] = []
  const actions = createActions({ keys: testKey })
  const add = actions.define('todos.add', {
    input: z.object({
      title: z.string().trim().min(1, 'Enter a title'),
      tags: z.array(z.string()).optional(),
      urgent: z.string().optional(),
    }),
    async run({ input }, list: string, position: number) {
      if (input.title === 'Taken') return invalid({ title: 'Taken' })
      added.push([list, position, input])
      return redirect(`/lists/${list}`)
    },
  })
  return { add, added }
}
