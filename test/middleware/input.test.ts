import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { invalid, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

const orderInput = z.object({
  address: z.object({ street: z.string().min(1, 'Enter a street'), zip: z.int('Enter a number').optional() }),
  items: z
    .array(
      z.object({
        sku: z.string(),
        qty: z.int('Enter a whole number').min(1, 'At least 1'),
        gift: z.boolean(),
      }),
    )
    .min(1, 'Order something'),
  tags: z.array(z.enum(['red', 'blue'], 'No such tag')),
  due: z.date('Enter a day').optional(),
})
type Order = z.output<typeof orderInput>

/** A form with nested names. It records what its action gets. */
function orderApp(options: Parameters<typeof createTestApp>[1] = {}) {
  const got: { input: Order; names: string[] }[] = []
  const refused: { reason: string; detail: string }[] = []
  const parts = createTestApp(
    ({ actions, router }) => {
      const order = actions.define('order', {
        input: orderInput,
        limits: { depth: 2 },
        async run({ input, formData }: Submission<Order>) {
          got.push({ input, names: [...formData.keys()] })
          if (input.address.street === 'taken') {
            return invalid([
              { path: ['items', 1, 'qty'], message: 'Only 3 left' },
              { path: ['address', 'zip'], message: 'Unknown there' },
              { name: 'address[street]', message: 'Taken' },
            ])
          }
          if (input.address.street === 'by name') return invalid({ 'items[7].qty': 'Only 3 left' })
          return {}
        },
      })
      router.get('/order', (ctx) => {
        const form = ctx.form(order)
        ctx.body = html`${form.summary()}<form ${form.attributes}>${form.fields}
          <input ${form.input('address[street]')}>${form.issue('address[street]')}
          <input ${form.input('address[zip]')}>${form.issue('address[zip]')}
          ${[3, 7].map(
            (row) => html`<input ${form.input(`items[${row}].sku`)}>
              <input ${form.input(`items[${row}].qty`, { type: 'text' })}>${form.issue(`items[${row}].qty`)}
              <input ${form.input(`items[${row}].gift`, { type: 'checkbox' })}>`,
          )}
          ${form.issue('items')}
          <input ${form.input('tags[]', { type: 'checkbox', value: 'red' })}>${form.issue('tags[]')}</form>`
      })
    },
    { onRefused: (refusal) => refused.push(refusal), ...options },
  )
  async function send(typed: Readonly<Record<string, string | readonly string[]>>, headers = {}) {
    const page = await parts.request.get('/order')
    return parts.request
      .post('/order')
      .set({ ...fromSamePage, ...headers })
      .send(urlencoded(formIn(page.text, 'order').fields, typed))
  }
  return { ...parts, got, refused, send }
}

const fine = {
  'address[street]': 'Main Street 1',
  'address[zip]': '',
  'items[7].sku': 'b',
  'items[7].qty': '2',
  'items[3].sku': 'a',
  'items[3].qty': '1',
  'items[3].gift': 'on',
}

/** What was typed beside it is still there, and the action has not run. */
async function assertRefused(
  typed: Readonly<Record<string, string>>,
  status: number,
  reason: string,
): Promise<void> {
  const app = orderApp()
  const answer = await app.send({ ...fine, ...typed })
  assert.equal(answer.status, status, JSON.stringify(typed))
  assert.match(formIn(answer.text, 'order').html, /name="address\[street\]"[^>]*value="Main Street 1"/)
  assert.deepEqual(app.got, [])
  assert.equal(app.refused.length, 1)
  assert.equal(app.refused[0]?.reason, reason)
  assert.match(app.refused[0]?.detail ?? '', /^the name "/)
}

describe('names that are paths', () => {
  it('become objects and arrays, coerced as the schema declares, and formData keeps what was sent', async () => {
    const app = orderApp()
    await app
      .send({ ...fine, 'tags[]': 'red', due: '2026-11-27' })
      .then((answer) => assert.equal(answer.status, 200))
    assert.deepEqual(app.got, [
      {
        input: {
          address: { street: 'Main Street 1' },
          items: [
            { sku: 'a', qty: 1, gift: true },
            { sku: 'b', qty: 2, gift: false },
          ],
          tags: ['red'],
          due: new Date('2026-11-27T00:00Z'),
        },
        names: [...Object.keys(fine), 'tags[]', 'due'],
      },
    ])
  })

  it('have their issues on the names that the form uses', async () => {
    const app = orderApp()
    const answer = await app.send({
      ...fine,
      'address[street]': '',
      'items[7].qty': 'many',
      'tags[]': ['red', 'green'],
    })
    assert.equal(answer.status, 422)
    const { html: form } = formIn(answer.text, 'order')
    assert.match(
      form,
      /name="address\[street\]"[^>]*aria-invalid="true" aria-describedby="order-address.street-issue"/,
    )
    assert.match(form, /id="order-items\[7\]\.qty-issue">Enter a whole number</)
    assert.match(form, /id="order-items\[7\]\.qty" name="items\[7\]\.qty"[^>]*value="many"[^>]* aria-invalid/)
    assert.doesNotMatch(form, /items\[3\]\.qty-issue/)
    assert.match(form, /id="order-tags-issue">No such tag</)
    assert.deepEqual(
      [...answer.text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => decodeURIComponent(id!)),
      ['order-address.street', 'order-items[7].qty', 'order-tags'],
    )
    assert.deepEqual(app.got, [])
  })

  it('have issues about missing fields on the names that the form would use', async () => {
    const app = orderApp()
    const answer = await app.send({ 'items[7].sku': 'b' })
    assert.equal(answer.status, 422)
    const { html: form } = formIn(answer.text, 'order')
    assert.match(form, /id="order-address\.street-issue"/)
    assert.match(form, /id="order-items\[7\]\.qty-issue"/)
    const empty = await app.send({ 'address[street]': 'S' })
    assert.match(empty.text, /id="order-items-issue">Order something</)
  })

  it('take the issues of the action by name and by path', async () => {
    const app = orderApp()
    const byPath = await app.send({ ...fine, 'address[street]': 'taken', 'address[zip]': '5' })
    assert.equal(byPath.status, 422)
    const { html: form } = formIn(byPath.text, 'order')
    assert.match(form, /id="order-items\[7\]\.qty-issue">Only 3 left</)
    assert.match(form, /id="order-address\.zip-issue">Unknown there</)
    assert.match(form, /id="order-address\.street-issue">Taken</)
    assert.match(byPath.text, /<a href="#order-items%5B7%5D\.qty">Only 3 left</)
    const byName = await app.send({ ...fine, 'address[street]': 'by name' })
    assert.match(formIn(byName.text, 'order').html, /id="order-items\[7\]\.qty-issue">Only 3 left</)
  })

  it('are refused with 400 when malformed, prototype-bound or contradictory, and the input is kept', async () => {
    for (const name of [
      'a[',
      'a..b',
      '[0]',
      'a[]b',
      'tags[].x',
      'a.__proto__.b',
      'constructor.prototype.polluted',
      'address',
      'address[0]',
      'tags[0]',
    ]) {
      await assertRefused({ [name]: 'yes', 'tags[]': 'red' }, 400, 'malformed')
    }
    assert.equal(Reflect.get({}, 'polluted'), undefined)
  })

  it('are refused with 413 when too deep, and the input is kept', async () => {
    await assertRefused({ 'a.b.c.d': '' }, 413, 'too-large')
    await assertRefused({ 'items[0].sizes[]': '' }, 413, 'too-large')
  })

  it('are plain names without the option depth', async () => {
    const got: unknown[] = []
    const { request } = createTestApp(({ actions, router }) => {
      const flat = actions.define('flat', {
        input: z.looseObject({ 'a.b': z.string() }),
        run: ({ input }) => void got.push({ ...input }),
      })
      router.get('/', (ctx) => {
        const form = ctx.form(flat)
        ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('a.b')}></form>`
      })
    })
    const form = formIn((await request.get('/')).text, 'flat')
    const sent = { 'a.b': '1', 'a[': '2', 'a.b.c.d.e.f.g.h.i.j': '3' }
    await request.post('/').set(fromSamePage).send(urlencoded(form.fields, sent)).expect(200)
    assert.deepEqual(got, [sent])
  })

  it('can be turned on by the registry, and off again by an action', async () => {
    const seen: unknown[] = []
    const { request } = createTestApp(
      ({ actions, router }) => {
        const run = ({ input }: { input: unknown }) => void seen.push(JSON.parse(JSON.stringify(input)))
        const input = z.looseObject({})
        const nested = actions.define('nested', { input, run })
        const flat = actions.define('flat', { input, run, limits: { depth: 0 } })
        router.get('/', (ctx) => {
          const [a, b] = [ctx.form(nested), ctx.form(flat)]
          ctx.body = html`<form ${a.attributes}>${a.fields}</form><form ${b.attributes}>${b.fields}</form>`
        })
      },
      { actions: { limits: { depth: 1 } } },
    )
    const page = await request.get('/')
    for (const name of ['nested', 'flat']) {
      await request
        .post('/')
        .set(fromSamePage)
        .send(urlencoded(formIn(page.text, name).fields, { 'a.b': '1' }))
        .expect(200)
    }
    assert.deepEqual(seen, [{ a: { b: '1' } }, { 'a.b': '1' }])
  })
})

describe('the messages of a schema', () => {
  const translations: Record<string, string> = {
    'Enter a street': 'Entrez une rue',
    'Order something': 'Commandez quelque chose',
  }

  it('can be translated for each request', async () => {
    const names: string[] = []
    const app = orderApp({
      messages: (ctx) => ({
        issue(message, name) {
          names.push(name)
          return ctx.acceptsLanguages('en', 'fr') === 'fr' ? (translations[message] ?? message) : message
        },
      }),
    })
    const sent = { 'address[street]': '', 'tags[]': 'red' }
    const french = await app.send(sent, { 'Accept-Language': 'fr' })
    assert.match(french.text, /address\.street-issue">Entrez une rue</)
    assert.match(french.text, /items-issue">Commandez quelque chose</)
    const english = await app.send(sent, { 'Accept-Language': 'en' })
    assert.match(english.text, /address\.street-issue">Enter a street</)
    assert.deepEqual(names, ['address[street]', 'items', 'address[street]', 'items'])
  })

  it('make the action fail when their translation throws', async () => {
    const app = orderApp({
      messages: {
        issue() {
          throw new Error('no dictionary')
        },
      },
    })
    const answer = await app.send({})
    assert.equal(answer.status, 500)
    assert.match(String(app.errors[0]), /no dictionary/)
  })
})

describe('a flat form', () => {
  it('is coerced too, and keeps its texts when it comes back', async () => {
    const got: unknown[] = []
    const { request } = createTestApp(({ actions, router }) => {
      const book = actions.define('book', {
        input: z.object({
          seats: z.int('How many?'),
          day: z.date('Which day?'),
          lunch: z.boolean(),
          note: z.string().optional(),
        }),
        run: ({ input }) => void got.push(input),
      })
      router.get('/', (ctx) => {
        const form = ctx.form(book)
        ctx.body = html`<form ${form.attributes}>${form.fields}<input ${form.input('seats')}>${form.issue('seats')}
          <input ${form.input('day')}>${form.issue('day')}</form>`
      })
    })
    const { fields } = formIn((await request.get('/')).text, 'book')
    const send = (typed: Record<string, string>) =>
      request.post('/').set(fromSamePage).send(urlencoded(fields, typed))
    await send({ seats: '2', day: '2026-11-27', note: '' }).expect(200)
    assert.deepEqual(got, [{ seats: 2, day: new Date('2026-11-27T00:00Z'), lunch: false }])
    const back = await send({ seats: '9007199254740993', day: '2026-02-30' }).expect(422)
    assert.match(back.text, /name="seats"[^>]* value="9007199254740993"/)
    assert.match(back.text, /seats-issue">How many\?</)
    assert.match(back.text, /name="day"[^>]* value="2026-02-30"/)
    assert.match(back.text, /day-issue">Which day\?</)
    assert.equal(got.length, 1)
  })
})

describe('a control', () => {
  it('has the attributes that the schema declares, unless the page gives others', async () => {
    const { request } = createTestApp(({ actions, router }) => {
      const act = actions.define('act', {
        input: z.object({ n: z.int().min(1).max(5), s: z.string().min(2).max(9), plan: z.enum(['a', 'b']) }),
        run: async () => {},
      })
      router.get('/', (ctx) => {
        const form = ctx.form(act)
        ctx.body = html`<form ${form.attributes}>${form.fields}
          <input ${form.input('n')}>
          <input ${form.input('n', { type: 'range', max: 3, required: undefined })}>
          <input ${form.input('n', { required: false, step: null })}>
          <input ${form.input('n', { type: 'hidden', value: 2 })}>
          ${form.textarea('s', { rows: 2 })}${form.textarea('s', { required: false })}
          ${form.select('plan', ['', 'a'])}${form.select('plan', ['a', 'b'])}
          <input ${form.control('s')}></form>`
      })
    })
    const { html: form } = formIn((await request.get('/')).text, 'act')
    const tags = [...form.matchAll(/<(?:input|textarea|select) id="[^"]*" ([^>]*)>/g)].map(
      ([, attributes]) => attributes,
    )
    assert.deepEqual(tags, [
      'name="n" type="number" required step="1" min="1" max="5"',
      'name="n" type="range" max="3" step="1" min="1"',
      'name="n" type="number" min="1" max="5"',
      'name="n" type="hidden" value="2"',
      'name="s" rows="2" required',
      'name="s"',
      'name="plan" required',
      'name="plan"',
      'name="s"',
    ])
  })
})
