import { z } from 'zod'
import {
  type Action,
  type Actions,
  done,
  flash,
  forbidden,
  invalid,
  notFound,
  redirect,
  type Submission,
  type Submittable,
} from '../../lib/sealform.js'
import { invoke } from '../../lib/testing/testing.js'
import type { Form, SealformContext } from '../../middleware/koa.js'

/** Only the compiler reads this file. Each line that it has to refuse stands below its reason. */

declare const ctx: SealformContext
declare const actions: Actions
declare const chance: boolean

/** Compiles when both are the same type. */
function same<Left, Right>(_same: Equal<Left, Right> extends true ? 'same' : 'different'): void {}
type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false

export function returned(): void {
  const plain = ctx.form(actions.define('plain', () => ({ count: 1 })))
  same<typeof plain.state, { count: number } | undefined>('same')
  const later = ctx.form(actions.define('later', async () => [1]))
  same<typeof later.state, number[] | undefined>('same')
  const finished = ctx.form(actions.define('done', { run: async () => done('text') }))
  same<typeof finished.state, string | undefined>('same')
  const told = ctx.form(actions.define('done.status', () => done({ at: 1 }, { status: 202 })))
  same<typeof told.state, { at: number } | undefined>('same')
  const nothing = ctx.form(actions.define('done.nothing', () => done()))
  same<typeof nothing.state, undefined>('same')
  const flashed = ctx.form(actions.define('flash', async () => flash({ title: 'x' }, '/')))
  same<typeof flashed.state, { title: string } | undefined>('same')
  const mixed = ctx.form(
    actions.define('mixed', {
      input: z.object({ title: z.string() }),
      async run({ input }) {
        if (input.title === 'a') return invalid({ title: 'Not a' })
        if (input.title === 'b') return notFound()
        if (input.title === 'c') return forbidden()
        if (input.title === 'd') return flash(1, '/')
        if (input.title === 'e') return redirect('/')
        if (input.title === 'f') return null
        return chance ? done({ title: input.title }) : 'plain'
      },
    }),
  )
  same<typeof mixed.state, number | { title: string } | 'plain' | null | undefined>('same')
  const away = ctx.form(actions.define('away', async () => (chance ? redirect('/') : invalid('No'))))
  same<typeof away.state, undefined>('same')
  const silent = ctx.form(actions.define('silent', async () => {}))
  same<typeof silent.state, undefined>('same')
}

interface Count {
  readonly count: number
}

export function annotated(): void {
  const increase = actions.define('increase', async ({ previous }: Submission<undefined, Count>) => {
    if (previous?.count === 9) return redirect('/')
    return { count: (previous?.count ?? 0) + 1, more: true }
  })
  const form = ctx.form(increase, { initial: { count: 0 } })
  same<typeof form.state, Count | undefined>('same')
  // @ts-expect-error the initial state has another type
  ctx.form(increase, { initial: { count: 'none' } })
  // @ts-expect-error misspelt in the initial state
  ctx.form(increase, { initial: { cuont: 0 } })
  // @ts-expect-error a form cannot be given another state
  ctx.form<{ text: string }>(increase)
  // @ts-expect-error misspelt in the state
  form.state?.cuont
  const named: Form<Count> = form
  // @ts-expect-error the state has another type
  const wrong: Form<string> = form
  void [named, wrong]
}

export function initial(): void {
  const plain = actions.define('initial.plain', () => ({ count: 1 }))
  ctx.form(plain, { initial: { count: 0 } })
  // @ts-expect-error what run returns has another type
  ctx.form(plain, { initial: 'none' })
  const away = actions.define('initial.away', async () => redirect('/'))
  // @ts-expect-error an action that only redirects has no state
  ctx.form(away, { initial: { count: 0 } })
}

export function previous(): void {
  actions.define('previous', ({ previous }) => {
    // @ts-expect-error without a declaration the last state is unknown
    previous?.count
    return { count: 1 }
  })
}

export function buttons(): void {
  const next = actions.define('next', ({ previous }: Submission<undefined, Count>) => ({
    count: (previous?.count ?? 0) + 1,
  }))
  // The state comes from the owner.
  const back = actions.define('back', {
    stateOf: next,
    run: ({ previous }, steps: number) => ({ count: (previous?.count ?? 0) - steps }),
  })
  actions.define('back.annotated', {
    stateOf: next,
    run: ({ previous }: Submission<undefined, Count>) => ({ count: (previous?.count ?? 0) - 1 }),
  })
  actions.define('back.wrong', {
    // @ts-expect-error the owner has another state
    stateOf: next,
    run: ({ previous }: Submission<undefined, string>) => previous,
  })
  const form = ctx.form(next, { initial: { count: 0 } })
  form.submit(back.bind(null, 2))
  // @ts-expect-error a value is missing
  form.submit(back)
  ctx.forms.button(back.bind(null, 2), 'Back')
}

export function bound(): void {
  const move = actions.define('move', {
    input: z.object({ note: z.string() }),
    run: async ({ input }, from: string, to: number) => ({ note: input.note, from, to }),
  })
  const form = ctx.form(move.bind(null, 'a').bind(null, 2))
  same<typeof form.state, { note: string; from: string; to: number } | undefined>('same')
  form.input('note')
  // @ts-expect-error misspelt
  form.input('nota')
  // @ts-expect-error the values have other types
  move.bind(null, 2, 'a')
  // @ts-expect-error one value is missing
  ctx.form(move.bind(null, 'a'))
  // @ts-expect-error too many values
  move.bind(null, 'a', 2, 3)
}

/** An action whose state is inferred fits where any is expected, and can be called as a function. */
export async function elsewhere(submission: Submission): Promise<void> {
  const plain = actions.define('elsewhere', {
    input: z.object({ title: z.string() }),
    run: async ({ input }, id: number) => ({ title: input.title, id }),
  })
  const held: Action<{ title: string }, unknown, [id: number]> = plain
  const mere: Submittable = held.bind(null, 1)
  const free = ctx.form(mere, { initial: 'anything' })
  same<typeof free.state, unknown>('same')
  await actions.define('called', async () => ({ count: 1 }))(submission)
  const { state } = await invoke(plain, { title: 'Milk' }, 1)
  same<typeof state, { title: string; id: number } | undefined>('same')
  // @ts-expect-error the value has another type
  await invoke(plain, { title: 'Milk' }, 'one')
}
