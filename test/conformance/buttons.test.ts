import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Actions } from '../../lib/sealform.js'
import { directoryStorage, forbidden, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { scratch } from '../setup/file-storage.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { pngPicture } from '../setup/sample-files.js'
import { type AnyContext, eachKind, type Framework } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of eachKind) {
  describe(`buttons on ${framework.name}`, () => buttons(framework))
  describe(`buttons with files on ${framework.name}`, () => files(framework))
}

type Others = Readonly<Record<string, Parameters<NonNullable<SiteOptions['pages']>[string]>[1]>>

interface Stall extends Site {
  /** Each action that ran, and what it saw. */
  readonly ran: unknown[][]
  /** A form of a fresh page: its hidden fields, and the seal of its button. */
  form(id: string): Promise<{ readonly hidden: Record<string, string>; readonly button: string }>
  /** Sends the hidden fields, one text, what else there is and the button. */
  press(hidden: Readonly<Record<string, string>>, button: string, more?: Pressed): Promise<Answer>
}

interface Pressed {
  readonly fields?: Readonly<Record<string, string>>
  readonly files?: readonly SentFile[]
  readonly headers?: Readonly<Record<string, string>>
}

interface SentFile {
  readonly field: string
  readonly content: Buffer | string
  readonly name?: string
  readonly type?: string
}

type Answer = Awaited<ReturnType<Site['submit']>>

/** A page with one form for each pair of actions, the second of them on a button. */
async function openStall(
  t: TestContext,
  framework: Framework,
  define: (actions: Actions<AnyContext>, ran: unknown[][]) => Others,
  forms: (others: Others) => readonly (readonly [Others[string], Others[string], unknown?])[],
  more: Partial<SiteOptions> = {},
): Promise<Stall> {
  const ran: unknown[][] = []
  const site = await openSite(t, framework, {
    ...more,
    define: (actions) => define(actions, ran),
    pages: {
      '/stall': (view, _act, others) => ({
        html: html`<!doctype html>${forms(others).map(([own, other, initial]) => {
          const form = view.form(own, initial === undefined ? {} : { initial })
          return html`<form ${form.attributes}>${form.fields}<input ${form.input('text')}><input ${form.control('doc')}>
            ${form.issue('doc')}<p>${form.status}: ${JSON.stringify(form.state ?? null)}</p><button ${form.submit(other)}>Other</button></form>`
        })}`,
      }),
      ...more.pages,
    },
  })
  const pageFor = async (cookie = '') => (await site.request.get('/stall').set('Cookie', cookie)).text
  return { ...site, ran, form, press }

  async function form(id: string) {
    const { html: text, fields } = formIn(await pageFor(), id)
    return { hidden: fields, button: /name="sealform\.submit" value="([\w-]+)"/.exec(text)?.[1] ?? '' }
  }

  async function press(
    hidden: Readonly<Record<string, string>>,
    button: string,
    { fields = {}, files: sent = [], headers = {} }: Pressed = {},
  ): Promise<Answer> {
    const request = site.request
      .post('/stall')
      .redirects(0)
      .set({ ...fromSamePage, ...headers })
    const all = { ...hidden, text: 'typed', ...fields }
    if (sent.length === 0) return request.send(urlencoded(all, { 'sealform.submit': button }))
    for (const [name, value] of Object.entries(all)) request.field(name, value)
    for (const { field, content, name = 'a.png', type = 'image/png' } of sent) {
      request.attach(field, Buffer.from(content), { filename: name, contentType: type })
    }
    return request.field('sealform.submit', button)
  }
}

const noted =
  (ran: unknown[][], name: string) =>
  async ({ previous }: { readonly previous: unknown }, ...bound: unknown[]) => {
    ran.push([name, ...bound, ...(previous === undefined ? [] : [{ previous }])])
    return redirect('/done')
  }

function buttons(framework: Framework): void {
  const open = (t: TestContext, more: Partial<SiteOptions> = {}) =>
    openStall(
      t,
      framework,
      (actions, ran) => {
        const save = actions.define('save', noted(ran, 'save'))
        const publish = actions.define('publish', noted(ran, 'publish'))
        const edit = actions.define('edit', noted(ran, 'edit'))
        return {
          save: save.bind(null, 1),
          save2: save.bind(null, 2),
          publish: publish.bind(null, 'p1'),
          publish2: publish.bind(null, 'p2'),
          edit,
        } as Others
      },
      ({ save, save2, publish, publish2, edit }) => [
        [save!, publish!, { kept: 1 }],
        [save2!, publish2!],
        [edit!, save!, { kept: 'e' }],
      ],
      more,
    )

  it('run their action in the form that they were printed in', async (t) => {
    const site = await open(t)
    const { hidden, button } = await site.form('save')
    assert.equal((await site.press(hidden, button)).status, 303)
    assert.deepEqual(site.ran, [['publish', 'p1']])
  })

  it('are refused in every other form: of other bound values, of another action, of their own', async (t) => {
    const site = await open(t)
    const own = await site.form('save')
    const item2 = await site.form('save-2')
    const edit = await site.form('edit')
    for (const [form, button] of [
      [own, item2.button],
      [item2, own.button],
      [edit, own.button],
      [own, edit.button],
      [own, own.hidden.sealform],
      [own, edit.hidden.sealform],
      [own, own.hidden['sealform.state']],
    ] as const) {
      const answer = await site.press(form.hidden, button ?? '')
      assert.equal(answer.status, 400)
      assert.match(answer.text, /value="typed"/)
    }
    for (const seal of [own.button, item2.button]) {
      assert.equal((await site.press({ ...own.hidden, sealform: seal }, own.button)).status, 400)
    }
    assert.deepEqual(site.ran, [])
    assert.deepEqual(new Set(site.refusals), new Set(['malformed']))
  })

  it('are good in a form that was sealed for the same page at another time', async (t) => {
    const site = await open(t)
    const first = await site.form('save')
    const second = await site.form('save')
    assert.equal((await site.press(first.hidden, second.button)).status, 303)
    assert.deepEqual(site.ran, [['publish', 'p1']])
  })

  it('share the state of the form when their action says so', async (t) => {
    const site = await openStall(
      t,
      framework,
      (actions, ran) => {
        const own = actions.define('own', noted(ran, 'own'))
        const twin = actions.define('twin', { stateOf: own, run: noted(ran, 'twin') })
        const stranger = actions.define('stranger', { run: noted(ran, 'stranger') })
        return { own, twin, stranger } as Others
      },
      ({ own, twin, stranger }) => [
        [own!, twin!, { kept: 1 }],
        [stranger!, twin!, { kept: 2 }],
      ],
    )
    for (const id of ['own', 'stranger']) {
      const { hidden, button } = await site.form(id)
      assert.equal((await site.press(hidden, button)).status, 303)
    }
    assert.deepEqual(site.ran, [['twin', { previous: { kept: 1 } }], ['twin']])
  })

  it('leave the state of the form to its own action, and the page still shows it', async (t) => {
    const site = await openStall(
      t,
      framework,
      (actions, ran) => {
        const own = actions.define('own', noted(ran, 'own'))
        const other = actions.define('other', async ({ previous }, ...bound: unknown[]) => {
          ran.push(['other', previous, ...bound])
          return invalid({ text: 'Not that' })
        })
        return { own, own7: own.bind(null, 7) as Others[string], other } as Others
      },
      ({ own, own7, other }) => [
        [own!, other!, { kept: 1 }],
        [own7!, own!, { kept: 7 }],
      ],
    )
    const first = await site.form('own')
    const refused = await site.press(first.hidden, first.button)
    assert.equal(refused.status, 422)
    assert.match(refused.text, /invalid: \{&quot;kept&quot;:1\}/)
    const second = await site.form('own-2')
    assert.equal((await site.press(second.hidden, second.button)).status, 303)
    assert.deepEqual(site.ran, [
      ['other', undefined],
      ['own', { previous: { kept: 7 } }],
    ])
  })

  it('are bound to the session, and expire by themselves', async (t) => {
    const site = await openStall(
      t,
      framework,
      (actions, ran) => ({
        own: actions.define('own', noted(ran, 'own')) as Others[string],
        brief: actions.define('brief', { ttl: 1, run: noted(ran, 'brief') }) as Others[string],
      }),
      ({ own, brief }) => [[own!, brief!]],
      { middleware: { session: ({ req }) => req.headers.cookie } },
    )
    const { hidden, button } = await site.form('own')
    const stranger = await site.press(hidden, button, { headers: { Cookie: 'user=eve' } })
    assert.equal(stranger.status, 403)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 2000 })
    const late = await site.press(hidden, button)
    assert.equal(late.status, 409)
    assert.match(late.text, /value="typed"/)
    assert.deepEqual(site.ran, [])
    assert.deepEqual(site.refusals, ['other-session', 'expired'])
  })

  it('are good after an update that changes the version of both actions', async (t) => {
    const version = (number: number, ran: unknown[][] = []) =>
      openStall(
        t,
        framework,
        (actions, own) => {
          ran.push(own)
          const from = {
            version: number,
            migrate: (_: unknown, id: string) => ({ bound: [`${id}+`] as [string] }),
          }
          const save = actions.define('save', { ...from, run: noted(own, 'save') })
          const publish = actions.define('publish', { ...from, run: noted(own, 'publish') })
          return { save: save.bind(null, 's' as never), publish: publish.bind(null, 'p' as never) } as Others
        },
        ({ save, publish }) => [[save!, publish!]],
      )
    const old = await version(1)
    const now = await version(2)
    const { hidden, button } = await old.form('save')
    assert.equal((await now.press(hidden, button)).status, 303)
    assert.deepEqual(now.ran, [['publish', 'p+']])
  })

  it('are good on the path that they were printed on, when their action says so', async (t) => {
    const site = await openStall(
      t,
      framework,
      (actions, ran) => ({
        own: actions.define('own', { path: false, run: noted(ran, 'own') }) as Others[string],
        here: actions.define('here', { path: true, run: noted(ran, 'here') }) as Others[string],
      }),
      ({ own, here }) => [[own!, here!]],
    )
    const { hidden, button } = await site.form('own')
    const body = urlencoded(hidden, { 'sealform.submit': button })
    const answer = await site.request.post('/page').redirects(0).set(fromSamePage).send(body)
    assert.equal(answer.status, 403)
    assert.deepEqual(site.refusals, ['other-path'])
    assert.equal((await site.press(hidden, button)).status, 303)
    assert.deepEqual(site.ran, [['here']])
  })

  it('ask authorize of both actions', async (t) => {
    const site = await openStall(
      t,
      framework,
      (actions, ran) => ({
        own: actions.define('own', noted(ran, 'own')) as Others[string],
        closed: actions.define('closed', {
          authorize: () => forbidden(),
          run: noted(ran, 'closed'),
        }) as Others[string],
      }),
      ({ own, closed }) => [
        [own!, closed!],
        [closed!, own!],
      ],
    )
    for (const id of ['own', 'closed']) {
      const { hidden, button } = await site.form(id)
      assert.equal((await site.press(hidden, button)).status, 403)
    }
    assert.deepEqual(site.ran, [])
  })
}

const page = '<!doctype html><script>alert(1)</script>'

function files(framework: Framework): void {
  interface FileActions {
    readonly own?: object
    readonly other?: object
  }

  /** A form of `own` with a button of `other`, each with these options. */
  const open = (t: TestContext, { own = {}, other = {} }: FileActions) => {
    const storage = directoryStorage({ directory: scratch(t) })
    return openStall(
      t,
      framework,
      (actions, ran) => {
        const define = (name: string, options: object) =>
          actions.define(name, {
            ...options,
            async run({ formData }) {
              const file = formData.get('doc')
              ran.push([name, file instanceof File ? `${file.name} ${file.type} ${file.size}` : file])
              return redirect('/done')
            },
          }) as Others[string]
        return { own: define('own', own), other: define('other', other) }
      },
      (others) => [[others.own!, others.other!]],
      { actions: { uploads: { storage } } },
    )
  }

  const sent = (content: Buffer | string, more: Partial<SentFile> = {}): Pressed => ({
    files: [{ field: 'doc', content, ...more }],
  })

  async function press(site: Stall, more: Pressed): Promise<Answer> {
    const { hidden, button } = await site.form('own')
    return site.press(hidden, button, more)
  }

  it('judge content and type by the rules of their own action', async (t) => {
    const site = await open(t, {
      own: { files: { doc: {} } },
      other: { files: { doc: { types: ['image/png'], sniff: true } } },
    })
    const lying = await press(site, sent(page))
    assert.equal(lying.status, 422)
    assert.match(lying.text, /class="sealform-issue" id="own-doc-issue"/)
    assert.match(lying.text, /value="typed"/)
    assert.equal((await press(site, sent(page, { type: 'text/html', name: 'a.html' }))).status, 422)
    assert.deepEqual(site.ran, [])
    const picture = pngPicture(4, 4)
    assert.equal((await press(site, sent(picture))).status, 303)
    assert.deepEqual(site.ran, [['other', `a.png image/png ${picture.length}`]])
  })

  it('judge size and number by the rules of their own action, to the byte', async (t) => {
    const site = await open(t, {
      own: { files: { doc: { maxFiles: 3 } } },
      other: { files: { doc: { maxSize: 100, maxFiles: 2 } } },
    })
    const [file] = sent('x'.repeat(100)).files!
    assert.equal((await press(site, sent('x'.repeat(99)))).status, 303)
    assert.equal((await press(site, sent('x'.repeat(100)))).status, 303)
    assert.equal((await press(site, sent('x'.repeat(101)))).status, 413)
    assert.equal((await press(site, { files: [file!, file!] })).status, 303)
    const many = await press(site, { files: [file!, file!, file!] })
    assert.equal(many.status, 413)
    assert.match(many.text, /id="own-doc-issue"/)
    assert.equal(site.ran.length, 3)
  })

  it('ask for the files that their own action requires, and not for those of the form', async (t) => {
    const strict = await open(t, {
      own: { files: { doc: {} } },
      other: { files: { doc: { required: true } } },
    })
    assert.equal((await press(strict, {})).status, 422)
    const { hidden, button } = await strict.form('own')
    const empty = { field: 'doc', content: '', name: '' }
    assert.equal((await strict.press(hidden, button, { files: [empty] })).status, 422)
    assert.equal((await press(strict, sent('x'))).status, 303)
    const lax = await open(t, { own: { files: { doc: { required: true } } } })
    const draft = await lax.form('own')
    assert.equal((await lax.press(draft.hidden, draft.button, { files: [empty] })).status, 303)
    const none = await open(t, { other: { files: { doc: { required: true } } } })
    assert.equal((await press(none, {})).status, 422)
    assert.deepEqual(none.ran, [])
  })

  it('refuse text in a file field of their own action', async (t) => {
    for (const onFile of [undefined, async () => 'stored-key']) {
      const site = await open(t, { other: { files: { doc: {} }, ...(onFile ? { onFile } : {}) } })
      const answer = await press(site, { fields: { doc: 'key-of-somebody-else' } })
      assert.equal(answer.status, 415)
      assert.match(answer.text, /value="typed"/)
      assert.deepEqual(site.ran, [])
      assert.equal((await press(site, { fields: { doc: '' } })).status, 303)
      assert.deepEqual(site.ran, [['other', null]])
    }
  })

  it('give files to onFile of their own action', async (t) => {
    const seen: unknown[] = []
    const site = await open(t, {
      own: { files: { doc: { maxFiles: 2 } } },
      other: {
        files: { doc: { types: ['image/png'], maxFiles: 2 } },
        async onFile(file: unknown, stream: AsyncIterable<Buffer>) {
          let text = ''
          for await (const piece of stream) text += piece
          seen.push([file, text])
          if (text === 'bad') return invalid({ doc: 'Not this' })
          if (text === 'worse') throw new Error('no')
          return text === 'none' ? undefined : `key-${text}`
        },
      },
    })
    assert.equal((await press(site, sent('abc'))).status, 303)
    assert.deepEqual(seen, [[{ field: 'doc', name: 'a.png', type: 'image/png' }, 'abc']])
    assert.equal((await press(site, sent('none'))).status, 303)
    assert.equal((await press(site, sent('bad'))).status, 422)
    assert.equal((await press(site, sent('worse'))).status, 500)
    assert.equal((await press(site, sent('never', { type: 'text/html' }))).status, 422)
    assert.equal(seen.length, 4, 'a file of another type is not given to it')
    assert.deepEqual(site.ran, [
      ['other', 'key-abc'],
      ['other', null],
    ])
  })

  it('cannot have what onFile of the form has made of a file, unless both take files alike', async (t) => {
    const onFile = async (_file: unknown, stream: AsyncIterable<Buffer>) => {
      let size = 0
      for await (const piece of stream) size += piece.length
      return `shared-${size}`
    }
    const shared = { files: { doc: { types: ['image/png'] } }, onFile }
    const strange = [
      { files: { doc: {} } },
      { files: { doc: {} }, onFile },
      { files: { doc: { types: ['image/png'] } }, onFile: async () => 'other' },
    ]
    for (const other of strange) {
      const site = await open(t, { own: shared, other })
      assert.equal((await press(site, sent('abc'))).status, 415)
      assert.deepEqual(site.ran, [])
    }
    for (const other of [
      shared,
      {},
      { ...shared, files: { doc: { types: ['image/png'], required: true } } },
    ]) {
      const site = await open(t, { own: shared, other })
      assert.equal((await press(site, sent('abc'))).status, 303)
      assert.deepEqual(site.ran, [['other', 'shared-3']])
    }
  })

  it('bring the files to an action that declares none, by the rules of the form', async (t) => {
    const site = await open(t, { own: { files: { doc: { maxSize: 10 } } } })
    assert.equal((await press(site, sent('x'.repeat(10)))).status, 303)
    assert.equal((await press(site, sent('x'.repeat(11)))).status, 413)
    assert.deepEqual(site.ran, [['other', 'a.png image/png 10']])
  })

  it('refuse to give their authorize the input, which is not validated yet', async (t) => {
    const errors: unknown[] = []
    const authorize = (submission: { readonly input: unknown }) => {
      try {
        void submission.input
      } catch (error) {
        errors.push(error)
      }
    }
    const site = await open(t, { own: { files: { doc: {} } }, other: { files: { doc: {} }, authorize } })
    assert.equal((await press(site, sent('abc'))).status, 303)
    assert.deepEqual(
      errors.map((error) => Reflect.get(Object(error), 'code')),
      ['ERR_NOT_READ_YET'],
    )
  })

  it('find the files also when their authorize has read the fields', async (t) => {
    const authorize = ({ formData }: { readonly formData: FormData }) => void formData.get('text')
    const site = await open(t, { own: { files: { doc: {} } }, other: { files: { doc: {} }, authorize } })
    assert.equal((await press(site, sent('abc'))).status, 303)
    assert.deepEqual(site.ran, [['other', 'a.png image/png 3']])
  })

  it('find what onFile returned also in a form of another version', async (t) => {
    const onFile = async () => 'key'
    const fields = { files: { doc: {} }, onFile }
    const migrate = () => ({ bound: [], formData: (form: FormData) => form })
    const before = await open(t, { own: { ...fields, version: 1 }, other: { ...fields, version: 1 } })
    const after = await open(t, {
      own: { ...fields, version: 2, migrate },
      other: { ...fields, version: 2, migrate },
    })
    const { hidden, button } = await before.form('own')
    assert.equal((await after.press(hidden, button, sent('abc'))).status, 303)
    const own = Buffer.from('abc')
    const request = after.request.post('/stall').redirects(0).set(fromSamePage)
    for (const [name, value] of Object.entries(hidden)) request.field(name, value)
    assert.equal((await request.attach('doc', own, 'a.png')).status, 303)
    assert.deepEqual(after.ran, [
      ['other', 'key'],
      ['own', 'key'],
    ])
  })

  it('widen nothing: the form takes no file that its own action does not take', async (t) => {
    const site = await open(t, { other: { files: { doc: {} } } })
    assert.equal((await press(site, sent('abc'))).status, 413)
    const small = await open(t, {
      own: { files: { doc: { maxSize: 2, types: ['image/png'] } } },
      other: { files: { doc: {} } },
    })
    assert.equal((await press(small, sent('abc'))).status, 413)
    assert.equal((await press(small, sent('ab', { type: 'text/plain', name: 'a.txt' }))).status, 422)
    assert.deepEqual([...site.ran, ...small.ran], [])
  })

  it('bring the files back when something is wrong, so that another button can send them', async (t) => {
    const site = await open(t, {
      own: { files: { doc: {} } },
      other: { files: { doc: { types: ['image/png'], sniff: true } } },
    })
    const refused = await press(site, sent(page))
    const { fields } = formIn(refused.text, 'own')
    assert.ok(fields['sealform.kept.doc'])
    const { button } = await site.form('own')
    const empty = { files: [{ field: 'doc', content: '', name: '' }] }
    assert.equal((await site.press(fields, button, empty)).status, 422)
    assert.deepEqual(site.ran, [])
  })
}
