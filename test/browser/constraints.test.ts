import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { z } from 'zod'
import type { StandardSchemaV1 } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { createTestApp, formIn, fromSamePage, listen, urlencoded } from '../setup/koa-app.js'
import { openChromium } from './chromium.js'
import { lendPageTo } from './lend-page.js'

let browser: Browser
before(async () => {
  browser = await openChromium()
})
after(() => browser.close())

const from = new Date('2026-01-01T00:00Z')
const schemas = {
  zod: z.object({
    email: z.email(),
    site: z.url(),
    name: z.string().min(2).max(5),
    trimmed: z.string().trim().min(1).max(5),
    code: z.string().regex(/^(?:[\w.]|-){3}$/),
    digit: z.string().regex(/\d/),
    loose: z.string().regex(/^[A-Z]{3}$/i),
    age: z.int().min(18).max(120),
    seats: z.int(),
    fives: z.int().multipleOf(5).min(7),
    price: z.number().gt(0),
    maybe: z.number().max(3).optional(),
    big: z.bigint(),
    day: z.date().min(from),
    clock: z.iso.time(),
    terms: z.literal(true),
    mail: z.boolean(),
    plan: z.enum(['free', 'team']),
    tags: z.array(z.enum(['a', 'b'])).min(1),
    bio: z.string().min(3).max(6),
    note: z.string().max(3).optional(),
  }),
  valibot: toStandardJsonSchema(
    v.object({
      email: v.pipe(v.string(), v.email()),
      site: v.pipe(v.string(), v.url()),
      name: v.pipe(v.string(), v.minLength(2), v.maxLength(5)),
      trimmed: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(5)),
      code: v.pipe(v.string(), v.regex(/^(?:[\w.]|-){3}$/)),
      digit: v.pipe(v.string(), v.regex(/\d/)),
      loose: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/i)),
      age: v.pipe(v.number(), v.integer(), v.minValue(18), v.maxValue(120)),
      seats: v.pipe(v.number(), v.integer()),
      fives: v.pipe(v.number(), v.integer(), v.multipleOf(5), v.minValue(7)),
      price: v.pipe(v.number(), v.gtValue(0)),
      maybe: v.optional(v.pipe(v.number(), v.maxValue(3))),
      big: v.bigint(),
      day: v.pipe(v.date(), v.minValue(from)),
      clock: v.pipe(v.string(), v.isoTime()),
      terms: v.literal(true),
      mail: v.boolean(),
      plan: v.picklist(['free', 'team']),
      tags: v.pipe(v.array(v.picklist(['a', 'b'])), v.minLength(1)),
      bio: v.pipe(v.string(), v.minLength(3), v.maxLength(6)),
      note: v.optional(v.pipe(v.string(), v.maxLength(3))),
    }),
  ),
  arktype: type({
    email: 'string.email',
    site: 'string.url',
    name: '2 <= string <= 5',
    trimmed: type('string.trim').to('1 <= string <= 5'),
    code: /^(?:[\w.]|-){3}$/,
    digit: /\d/,
    loose: /^[A-Z]{3}$/i,
    age: '18 <= number.integer <= 120',
    seats: 'number.integer',
    fives: 'number % 5 >= 7',
    price: 'number > 0',
    'maybe?': 'number <= 3',
    big: 'bigint',
    day: type('Date').atOrAfter(from),
    clock: /^\d\d:\d\d$/,
    terms: 'true',
    mail: 'boolean',
    plan: "'free' | 'team'",
    tags: "('a' | 'b')[] >= 1",
    bio: '3 <= string <= 6',
    'note?': 'string <= 3',
  }),
}

const fine: Readonly<Record<string, string>> = {
  email: 'ada@example.org',
  site: 'https://example.org/',
  name: 'Ada',
  trimmed: 'Ada',
  code: 'a-b',
  digit: 'a1',
  loose: 'abc',
  age: '30',
  seats: '2',
  fives: '10',
  price: '1.5',
  maybe: '',
  big: '5',
  day: '2026-06-01',
  clock: '10:30',
  terms: 'on',
  mail: 'on',
  plan: 'free',
  tags: 'a',
  bio: 'hello',
  note: '',
}

/**
 * Entered texts and their results: `taken` or `refused` by both, or `later` when only the server can tell. The browser
 * refuses nothing that the server accepts.
 */
const cases: readonly (readonly [name: string, entered: string, verdict: 'taken' | 'refused' | 'later'])[] = [
  ['email', 'ada@example.org', 'taken'],
  ['email', 'o.brien+x@sub.example.org', 'taken'],
  ['email', '', 'refused'],
  ['email', 'ada', 'refused'],
  ['email', 'ada@', 'refused'],
  ['email', 'ada@localhost', 'later'],
  ['site', 'http://localhost:3000/x?y#z', 'taken'],
  ['site', '', 'refused'],
  ['site', 'example.org', 'refused'],
  ['name', 'Al', 'taken'],
  ['name', 'Alans', 'taken'],
  ['name', 'A', 'refused'],
  ['name', 'Alonso', 'refused'],
  ['name', '', 'refused'],
  ['name', '  ', 'taken'],
  ['trimmed', '  Ada  ', 'taken'],
  ['trimmed', '', 'refused'],
  ['trimmed', '  ', 'later'],
  ['trimmed', 'Adalbert', 'later'],
  ['code', '...', 'taken'],
  ['code', '-a_', 'taken'],
  ['code', 'ab', 'refused'],
  ['code', 'a b', 'refused'],
  ['code', '', 'refused'],
  ['digit', 'x7x', 'taken'],
  ['digit', 'xx', 'refused'],
  ['loose', 'AbC', 'taken'],
  ['loose', '', 'refused'],
  ['loose', 'abcd', 'later'],
  ['age', '18', 'taken'],
  ['age', '120', 'taken'],
  ['age', '1e2', 'taken'],
  ['age', '17', 'refused'],
  ['age', '121', 'refused'],
  ['age', '18.5', 'refused'],
  ['age', '', 'refused'],
  ['seats', '-5', 'taken'],
  ['seats', '0', 'taken'],
  ['seats', '9007199254740991', 'taken'],
  ['seats', '0.5', 'refused'],
  ['seats', '-7.5', 'refused'],
  ['seats', '9007199254740993', 'later'],
  ['fives', '10', 'taken'],
  ['fives', '15', 'taken'],
  ['fives', '5', 'refused'],
  ['fives', '12', 'refused'],
  ['price', '0.01', 'taken'],
  ['price', '12345.678', 'taken'],
  ['price', '-1', 'refused'],
  ['price', '', 'refused'],
  ['price', '0', 'later'],
  ['maybe', '', 'taken'],
  ['maybe', '-7.25', 'taken'],
  ['maybe', '3.5', 'refused'],
  ['big', '123456789012345678901234567890', 'taken'],
  ['big', ' -1 ', 'taken'],
  ['big', '1.5', 'refused'],
  ['big', '', 'refused'],
  ['day', '2026-01-01', 'taken'],
  ['day', '2025-12-31', 'refused'],
  ['day', '', 'refused'],
  ['clock', '23:59', 'taken'],
  ['clock', '', 'refused'],
  ['terms', 'on', 'taken'],
  ['terms', '', 'refused'],
  ['mail', '', 'taken'],
  ['mail', 'on', 'taken'],
  ['plan', 'team', 'taken'],
  ['plan', '', 'refused'],
  ['tags', 'b', 'taken'],
  ['tags', '', 'refused'],
  ['bio', 'abc', 'taken'],
  ['bio', 'a\nb', 'taken'],
  ['bio', '', 'refused'],
  ['bio', 'abcdefg', 'later'],
  ['note', '', 'taken'],
  ['note', 'abc', 'taken'],
  ['note', 'abcd', 'refused'],
]

/** Attributes that a library does not give. The JSON Schema of arktype has no pattern flags. */
const saysLess: Readonly<Record<string, readonly string[]>> = {
  arktype: ['trimmed ""', 'code "ab"', 'code "a b"', 'digit "xx"'],
}

test('constraints: the browser and zod agree on each value', (t) => assertAgreement(t, 'zod'))

test('constraints: the browser and valibot agree on each value', (t) => assertAgreement(t, 'valibot'))

test('constraints: the browser and arktype agree on each value', (t) => assertAgreement(t, 'arktype'))

test('constraints: a number that is shown again does not move the steps', async (t) => {
  const { page } = await visit(t, schemas.zod, true)
  await fill(page, { ...fine, seats: '1.5' })
  await Promise.all([page.waitForEvent('load'), page.getByRole('button').click()])
  const seats = page.locator('[name=seats]')
  assert.equal(await seats.getAttribute('value'), '1.5')
  assert.equal(await seats.getAttribute('aria-invalid'), 'true')
  for (const entered of ['2', '1', '-3']) assert.equal(await enter(page, 'seats', entered), true, entered)
  assert.equal(await page.locator('[name=age]').getAttribute('step'), '1')
})

async function assertAgreement(t: Ending, library: keyof typeof schemas): Promise<void> {
  const { page, send } = await visit(t, schemas[library])
  const printed = await printedControls(page)
  for (const [name, entered, verdict] of cases) {
    const case_ = `${name} ${JSON.stringify(entered)}`
    const refused = verdict === 'taken' ? '' : name
    assert.equal(await send({ ...fine, [name]: entered }), refused, `the server on ${case_}`)
    const inBrowser = saysLess[library]?.includes(case_) ? true : verdict !== 'refused'
    // Another library may have printed the same control before.
    const key = JSON.stringify([printed[name], entered])
    if (!known.has(key)) known.set(key, await enter(page, name, entered))
    assert.equal(known.get(key), inBrowser, `the browser on ${case_}`)
  }
}

/** What Chromium has said of controls, each as it was printed, and the text entered into it. */
const known = new Map<string, boolean>()

/** The HTML of each control, by its name. */
function printedControls(page: Page): Promise<Readonly<Record<string, string>>> {
  return page
    .locator('form [name]')
    .evaluateAll((controls: readonly { readonly name: string; readonly outerHTML: string }[]) =>
      Object.fromEntries(controls.map(({ name, outerHTML }) => [name, outerHTML])),
    )
}

interface Ending {
  after(end: () => Promise<void>): void
}

/** A page with a control for each field, and the server's verdict on a submission: the refused field. */
async function visit(
  t: { after(end: () => Promise<void>): void },
  schema: StandardSchemaV1,
  novalidate = false,
) {
  const { app, request } = createTestApp(({ actions, router }) => {
    const check = actions.define('check', { input: schema, run: async () => {} })
    router.get('/', (ctx) => {
      const form = ctx.form(check)
      ctx.body = html`<!doctype html><title>Check</title><p>${form.issues.map(({ name }) => name).join(' ')}</p>
        <form ${form.attributes} ${novalidate && html`novalidate`}>${form.fields}
        ${Object.keys(fine).map((name) => {
          if (name === 'bio') return form.textarea(name)
          if (name === 'plan') return form.select(name, ['', 'free', 'team'])
          if (name === 'tags') return form.select(name, ['a', 'b'])
          return html`<input ${form.input(name)}>`
        })}<button>Send</button></form>`
    })
  })
  const server = createServer(app.callback())
  const port = await listen(server, (close) => t.after(close))
  const page = await lendPageTo(t, browser)
  await page.goto(`http://localhost:${port}/`)
  const { fields } = formIn((await request.get('/')).text, 'check')
  async function send(typed: Readonly<Record<string, string>>): Promise<string> {
    const sent = Object.entries(typed).filter(([name, value]) => value !== '' || !choices.has(name))
    const lines = sent.map(([name, value]) => [name, value.replaceAll('\n', '\r\n')] as const)
    const answer = await request
      .post('/')
      .set(fromSamePage)
      .send(urlencoded(fields, Object.fromEntries(lines)))
    assert.ok(answer.status === 200 || answer.status === 422, answer.text)
    return answer.status === 200 ? '' : (/<p>(.*?)<\/p>/.exec(answer.text)?.[1] ?? '?')
  }
  return { page, send }
}

/** Controls that send nothing when nothing is chosen. */
const choices = new Set(['terms', 'mail', 'tags'])

async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) await enter(page, name, value)
}

/** Part of the DOM, whose types this project does not include. */
interface Control {
  readonly type: string
  value: string
  focus(): void
  checkValidity(): boolean
}

/** Enters a value as a person does. Returns whether the browser accepts all of it and would send it. */
async function enter(page: Page, name: string, value: string): Promise<boolean> {
  const control = page.locator(`[name=${name}]`)
  if (name === 'terms' || name === 'mail') await control.setChecked(value === 'on')
  else if (name === 'plan' || name === 'tags')
    await control.selectOption(value === '' && name === 'tags' ? [] : value)
  else if (name === 'day' || name === 'clock') await control.fill(value)
  else {
    await control.evaluate((element: Control) => {
      element.value = ''
      element.focus()
    })
    await page.keyboard.insertText(value)
  }
  return control.evaluate(
    (element: Control, entered) =>
      element.checkValidity() &&
      (['checkbox', 'select-multiple'].includes(element.type) || element.value === entered),
    value,
  )
}
