import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { type Actions, defineSteps, type FieldName, redirect, type Submittable } from '../../lib/sealform.js'
import type { Controls, Form, FormOf, SealformContext, SteppedForm } from '../../middleware/koa.js'

/** Only the compiler reads this file. Each line that it has to refuse stands below its reason. */

declare const ctx: SealformContext
declare const actions: Actions
declare const row: number
declare const anyText: string
const run = async () => redirect('/')

export function zodNames(): void {
  const form = ctx.form(
    actions.define('zod', {
      input: z.object({
        title: z.string().trim().min(1),
        note: z.string().optional(),
        due: z.date().nullish(),
        kind: z.enum(['a', 'b']).default('a'),
        length: z.string().transform((text) => text.length),
        picture: z.file(),
      }),
      run,
    }),
  )
  form.input('title')
  form.input('note')
  form.input('due')
  form.input('kind')
  form.input('length')
  form.input('picture')
  // @ts-expect-error misspelt
  form.input('titel')
  // @ts-expect-error a date is one field
  form.input('due.getTime')
  // @ts-expect-error a file is one field
  form.input('picture.size')
  // @ts-expect-error a text is one field
  form.input('title[]')
}

export function valibotNames(): void {
  const form = ctx.form(
    actions.define('valibot', {
      limits: { depth: 2 },
      input: v.object({
        title: v.pipe(v.string(), v.trim()),
        note: v.optional(v.string()),
        length: v.pipe(
          v.string(),
          v.transform((text) => text.length),
        ),
        items: v.array(v.object({ qty: v.number() })),
      }),
      run,
    }),
  )
  form.input('title')
  form.input('note')
  form.input('length')
  form.input(`items[${row}].qty`)
  // @ts-expect-error misspelt
  form.input('titel')
  // @ts-expect-error misspelt in a row
  form.input(`items[${row}].quantity`)
}

export function arktypeNames(): void {
  const form = ctx.form(
    actions.define('arktype', {
      limits: { depth: 2 },
      input: type({
        title: '1 <= string <= 100',
        'note?': 'string',
        age: 'string.numeric.parse',
        items: type({ qty: 'number' }).array(),
      }),
      run,
    }),
  )
  form.input('title')
  form.input('note')
  form.input('age')
  form.input(`items[${row}].qty`)
  // @ts-expect-error misspelt
  form.input('titel')
  // @ts-expect-error misspelt in a row
  form.input(`items[${row}].quantity`)
}

/** Every method that takes the name of a field. */
export function methods(): void {
  const action = actions.define('methods', { input: z.object({ title: z.string() }), run })
  const form = ctx.form(action)
  const { props } = form
  void [form.input('title'), form.control('title'), form.textarea('title'), form.select('title', ['a'])]
  void [form.field('title', { label: 'Title' }), form.value('title'), form.values('title')]
  void [form.checked('title'), form.indexes('title'), form.issue('title'), form.kept('title')]
  void [props.input('title'), props.control('title'), props.textarea('title'), props.select('title', ['a'])]
  // @ts-expect-error misspelt
  form.control('titel')
  // @ts-expect-error misspelt
  form.textarea('titel')
  // @ts-expect-error misspelt
  form.select('titel', ['a'])
  // @ts-expect-error misspelt
  form.field('titel', { label: 'Title' })
  // @ts-expect-error misspelt
  form.value('titel')
  // @ts-expect-error misspelt
  form.values('titel')
  // @ts-expect-error misspelt
  form.checked('titel')
  // @ts-expect-error misspelt
  form.indexes('titel')
  // @ts-expect-error misspelt
  form.issue('titel')
  // @ts-expect-error misspelt
  form.kept('titel')
  // @ts-expect-error misspelt
  props.input('titel')
  // @ts-expect-error misspelt
  props.control('titel')
  // @ts-expect-error misspelt
  props.textarea('titel')
  // @ts-expect-error misspelt
  props.select('titel', ['a'])
}

const order = z.object({
  address: z.object({ street: z.string(), zip: z.string().optional() }).optional(),
  items: z.array(z.object({ sku: z.string(), parts: z.array(z.string()) })),
  tags: z.array(z.string()).readonly(),
  prices: z.record(z.string(), z.number()),
  more: z.unknown(),
})

export function nestedNames(): void {
  const form = ctx.form(actions.define('nested', { limits: { depth: 4 }, input: order, run }))
  void [form.issue('address'), form.input('address.street'), form.input('address[street]')]
  void [form.issue('address.zip'), form.indexes('items'), form.issue(`items[${row}]`), form.issue('items[3]')]
  void [form.input('items[0].sku'), form.input('items[0][sku]'), form.input(`items[${row}].sku`)]
  void [form.input('items[0].parts[1]'), form.input('items[0].parts[]'), form.input('items[0][parts][]')]
  void [form.input('tags'), form.input('tags[]'), form.input('tags[0]')]
  void [form.input('prices.a'), form.input('prices[a]'), form.input('more.x.y'), form.input('more[x]')]
  // @ts-expect-error misspelt
  form.input('address.stret')
  // @ts-expect-error misspelt
  form.input('address[stret]')
  // @ts-expect-error a row has a number
  form.input('items.sku')
  // @ts-expect-error a row has a number
  form.input('items[first].sku')
  // @ts-expect-error a text is one field
  form.input('items[0].sku.x')
  // @ts-expect-error `[]` must come last
  form.input('items[].sku')
  // @ts-expect-error a closing bracket is missing
  form.input('address[street')
}

export function depths(): void {
  const flat = ctx.form(actions.define('flat', { limits: { depth: 0 }, input: order, run }))
  flat.input('tags')
  // @ts-expect-error flat names have no steps
  flat.input('tags[]')
  // @ts-expect-error flat names have no steps
  flat.input('address.street')
  // @ts-expect-error flat names have no steps
  flat.input('more.x')
  const one = ctx.form(actions.define('one', { limits: { depth: 1 }, input: order, run }))
  one.input('address.street')
  // @ts-expect-error two steps
  one.input('items[0].sku')
  const limits = { depth: 1 }
  const unknown = ctx.form(actions.define('unknown', { limits, input: order, run }))
  unknown.input('items[0].parts[1]')
  // @ts-expect-error misspelt
  unknown.input('items[0].prts[1]')
}

interface Category {
  name: string
  children: Category[]
}
declare const category: z.ZodType<Category, Category>

export function trees(): void {
  const two = ctx.form(actions.define('tree.two', { limits: { depth: 2 }, input: category, run }))
  two.input('children[0].name')
  // @ts-expect-error the action takes two steps
  two.input('children[0].children[0].name')
  const eight = ctx.form(actions.define('tree.eight', { limits: { depth: 8 }, input: category, run }))
  eight.input('children[0].children[0].name')
  eight.input('children[0].children[0].children[0].name')
  // @ts-expect-error misspelt within four steps
  eight.input('children[0].children[0].nme')
  // Below the fourth step any name goes.
  eight.input('children[0].children[0].children.nme')
}

export function unions(): void {
  const form = ctx.form(
    actions.define('union', {
      limits: { depth: 1 },
      input: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('card'), number: z.string() }),
        z.object({ kind: z.literal('bank'), iban: z.string() }),
      ]),
      run,
    }),
  )
  void [form.input('kind'), form.input('number'), form.input('iban')]
  // @ts-expect-error no member has it
  form.input('bic')
  const within = ctx.form(
    actions.define('union.within', {
      limits: { depth: 1 },
      input: z.object({ by: z.union([z.object({ card: z.string() }), z.object({ iban: z.string() })]) }),
      run,
    }),
  )
  void [within.input('by.card'), within.input('by.iban')]
  // @ts-expect-error no member has it
  within.input('by.bic')
}

/** Where nothing lists the names, any name goes. */
export function anyNames(mere: Submittable): void {
  ctx.form(actions.define('none', run)).input(anyText)
  ctx.form(actions.define('none.options', { run })).input(anyText)
  ctx.form(actions.define('none.files', { files: { avatar: {} }, run })).input(anyText)
  ctx.form(actions.define('loose', { input: z.looseObject({ title: z.string() }), run })).input(anyText)
  ctx.form(actions.define('record', { input: z.record(z.string(), z.string()), run })).input(anyText)
  ctx.form(actions.define('unknown', { input: z.unknown(), run })).input(anyText)
  ctx.form(actions.define('read', { input: z.preprocess((it) => it, order), run })).input(anyText)
  ctx.form(actions.define('valibot.loose', { input: v.looseObject({ a: v.string() }), run })).input(anyText)
  ctx.form(actions.define('arktype.record', { input: type('Record<string, string>'), run })).input(anyText)
  ctx.form(mere).input(anyText)
}

export function fileNames(): void {
  const upload = actions.define('files', {
    input: z.object({ title: z.string() }),
    files: { avatar: { types: ['image/*'] }, papers: { maxFiles: 3 } },
    run,
  })
  const form = ctx.form(upload)
  void [form.input('title'), form.input('avatar'), form.kept('papers')]
  // @ts-expect-error misspelt
  form.input('avatr')
  // @ts-expect-error misspelt
  form.kept('paper')
}

/** Ways out, and functions that print parts of a form. */
export function ways(): void {
  const action = actions.define('ways', {
    input: z.object({ title: z.string() }),
    run: async (_submission, _list: string) => {},
  })
  const bound = action.bind(null, 'groceries')
  const form = ctx.form(bound)
  // @ts-expect-error a text may be any name
  form.input(anyText)
  form.input(anyText as FieldName<typeof bound>)
  form.input(anyText as FieldName<typeof action>)
  const loose: Form = form
  loose.input(anyText)
  const part = (own: FormOf<typeof bound>) => own.input('title')
  part(form)
  const strict = (own: FormOf<typeof action>) =>
    // @ts-expect-error misspelt
    own.input('titel')
  strict(form)
  field(form, 'title')
  // @ts-expect-error misspelt
  field(form, 'titel')
  field(loose, anyText)
}

function field<Name extends string>(form: Controls<Name>, name: NoInfer<Name>): string {
  return `${form.issue(name)}<input ${form.input(name)}>`
}

export function stepNames(): void {
  const steps = {
    guest: { input: z.object({ name: z.string(), email: z.email() }) },
    stay: { input: z.object({ nights: z.int() }), files: { passport: {} } },
  }
  const booking = defineSteps(actions, 'booking', {
    steps,
    run: ({ input }) => redirect(`/${input.stay.nights}`),
  })
  const form = ctx.forms.steps(booking)
  form.input('name')
  form.field('nights')
  form.kept('passport')
  form.answer('email')
  form.answers('nights')
  form.goTo('stay')
  // @ts-expect-error misspelt
  form.input('nmae')
  // @ts-expect-error no field of any step
  form.answer('rooms')
  // @ts-expect-error no step
  form.goTo('room')
  const any: SteppedForm = form
  any.input(anyText)
}

export function stepNamesWithBoundValues(): void {
  const input = v.object({ rooms: v.array(v.object({ beds: v.number() })) })
  const booking = defineSteps(actions, 'booking', {
    steps: { rooms: { input } },
    limits: { depth: 2 },
    run: (_submission, _hotel: number) => redirect('/'),
  })
  // @ts-expect-error nothing is bound
  ctx.forms.steps(booking)
  const form = ctx.forms.steps(booking.bind(null, row))
  form.input(`rooms[${row}].beds`)
  // @ts-expect-error misspelt
  form.input(`rooms[${row}].bed`)
}

export function stepNamesWithoutSchema(): void {
  const open = ctx.forms.steps(
    defineSteps(actions, 'open', { steps: { one: {}, two: { input: z.object({ a: z.string() }) } }, run }),
  )
  open.input(anyText)
}
