import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { parse } from 'devalue'
import { createElement, Suspense, use, useActionState } from 'react'
import { renderToString } from 'react-dom/server'
import { readActionField } from '../../lib/base/action-field.js'
import { renderReact } from '../../lib/react/render-react.js'
import { type Actions, directoryStorage, done, flash, invalid, redirect } from '../../lib/sealform.js'
import { scratch } from '../setup/file-storage.js'
import { fromSamePage } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type AnyContext, eachKind, type Framework } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of eachKind) describe(`React pages on ${framework.name}`, () => reactPages(framework))

// biome-ignore lint/suspicious/noExplicitAny: the trees of this file take their props as they come
type Props = any

/** A form with a hook around each action, and one with a button of another action. */
function Tree({ act, other, upload, item }: Props) {
  const [state, submit] = useActionState(act, { start: 0 })
  const [told] = useActionState(other, undefined)
  const [, send] = useActionState(upload, undefined)
  return createElement(
    'html',
    null,
    createElement(
      'body',
      null,
      createElement(
        'form',
        { id: 'act', action: submit },
        createElement('input', { name: 'text' }),
        createElement('button', { type: 'submit', id: 'other', formAction: other }),
      ),
      createElement('form', { id: 'item', action: item }),
      createElement('form', { id: 'upload', action: send }),
      createElement('output', null, JSON.stringify([state, told])),
    ),
  )
}

interface Stage extends Site {
  readonly ran: unknown[][]
  /** The names of the fields of the page, by the ids of forms and buttons. */
  names(cookie?: string): Promise<Readonly<Record<string, string>>>
  /** Sends fields, in this order. */
  send(fields: readonly (readonly [string, string])[], more?: Sending): Promise<Answer>
  /** Sends fields as the script does. */
  call(fields: readonly (readonly [string, string])[], more?: Sending): Promise<Answer>
}

interface Sending {
  readonly headers?: Readonly<Record<string, string>>
  readonly multipart?: boolean
  readonly path?: string
}

type Answer = Awaited<ReturnType<Site['submit']>>

async function openStage(
  t: TestContext,
  framework: Framework,
  more: Partial<SiteOptions> = {},
): Promise<Stage> {
  const ran: unknown[][] = []
  const note =
    (name: string, answer: (text: string) => unknown = () => undefined) =>
    async ({ previous, formData }: { previous: unknown; formData: FormData }, ...bound: unknown[]) => {
      ran.push([name, ...bound, [...formData.keys()].join(), previous])
      return answer(String(formData.get('text')))
    }
  const outcomes: Record<string, () => unknown> = {
    bad: () => invalid({ text: 'Wrong' }),
    there: () => flash('Gone', '/there'),
    here: () => flash('Here', '/react'),
    away: () => redirect('https://elsewhere.example/'),
    fail: () => {
      throw new Error('broken')
    },
    actions: () => done({ more: site.actions?.item }),
  }
  const site: { actions?: Record<string, Props> } = {}
  const opened = await openSite(t, framework, {
    actions: { uploads: { storage: directoryStorage({ directory: await scratch(t) }) }, ...more.actions },
    define: (actions) => {
      const defined: Record<string, Props> = define(actions, note, (text) => outcomes[text]?.() ?? { text })
      site.actions = defined
      return defined
    },
    pages: {
      '/react': async (view, _act, { act, other, item, upload }) => {
        const props = { act, other, upload, item, flash: view.forms.flash }
        await renderReact(view.req, props, (given) => createElement(Tree, given as Props))
        return 'sent' as const
      },
      ...more.pages,
    },
    ...(more.middleware ? { middleware: more.middleware } : {}),
  })
  const send: Stage['send'] = (fields, { headers = {}, multipart = false, path = '/react' } = {}) => {
    const request = opened.request
      .post(path)
      .redirects(0)
      .set({ ...fromSamePage, ...headers })
    if (!multipart) return request.send(new URLSearchParams(fields as [string, string][]).toString())
    const boundary = 'abc'
    const parts = fields.map(([name, value]) => {
      const [, file] = /^file:(.*)$/.exec(value) ?? []
      const described = file === undefined ? '' : '; filename="a.txt"\r\nContent-Type: text/plain'
      return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${described}\r\n\r\n${file ?? value}\r\n`
    })
    return request
      .set('Content-Type', `multipart/form-data; boundary=${boundary}`)
      .send(`${parts.join('')}--${boundary}--\r\n`)
  }
  return {
    ...opened,
    ran,
    async names(cookie = '') {
      const { text } = await opened.request.get('/react').set('Cookie', cookie)
      const found = text.matchAll(
        /<form id="(\w+)"[^>]*><input type="hidden" name="([^"]+)"|<button type="submit" id="(\w+)" name="([^"]+)"/g,
      )
      return Object.fromEntries(
        [...found].map(([, form, name, button, other]) => [form ?? button, name ?? other]),
      )
    },
    send,
    call: (fields, { headers = {}, ...rest } = {}) =>
      send(fields, {
        headers: { Accept: 'application/vnd.sealform+json', 'Sealform-Props': '1', ...headers },
        ...rest,
      }),
  }
}

function define(
  actions: Actions<AnyContext>,
  note: (name: string, answer?: (text: string) => unknown) => Props,
  answer: (text: string) => unknown,
) {
  return {
    act: actions.define('react.act', note('act', answer) as () => unknown),
    other: actions
      .define('react.other', {
        files: { doc: { types: ['image/png'] } },
        secrets: ['code'],
        run: note('other', answer),
      })
      .bind(null),
    item: actions.define('react.item', note('item') as Props).bind(null, 7),
    upload: actions.define('react.upload', {
      files: { doc: {} },
      secrets: ['pin'],
      run: note('upload', answer),
    }),
  } as unknown as Record<string, Props>
}

const told = (answer: Answer) => parse(answer.text.length > 0 ? answer.text : String(answer.body)) as Props
const page = (answer: Props) =>
  parse(answer.page, { Action: (list: readonly string[]) => ({ action: list[1], seal: list[2] }) }) as Props

function reactPages(framework: Framework): void {
  const open = (t: TestContext, more?: Partial<SiteOptions>) => openStage(t, framework, more)

  it('are listed by the inspector, as pages that print their actions', async (t) => {
    const site = await openSite(t, framework, {
      actions: { development: true },
      middleware: { inspect: '/sealform' },
      pages: {
        '/listed': async (view, act) => {
          await renderReact(view.req, { act }, (props) => createElement('form', { action: props.act }))
          return 'sent' as const
        },
      },
    })
    const headers = { Host: `127.0.0.1:${site.port}` }
    assert.doesNotMatch((await site.request.get('/sealform/actions').set(headers)).text, /\/listed/)
    await site.request.get('/listed')
    assert.match((await site.request.get('/sealform/actions').set(headers)).text, /\/listed/)
  })

  it('run the action that the name of a field seals, in both encodings, with its state', async (t) => {
    const { names, send, ran } = await open(t)
    const { act = '', item = '' } = await names()
    for (const multipart of [false, true]) {
      const answer = await send(
        [
          [act, ''],
          ['text', 'a'],
        ],
        { multipart },
      )
      assert.equal(answer.status, 200)
      assert.match(answer.text, /<output>\[\{(?:&quot;|")text(?:&quot;|"):(?:&quot;|")a/)
      assert.equal((await send([[item, '']], { multipart })).status, 200)
    }
    assert.deepEqual(ran, [
      ['act', 'text', { start: 0 }],
      ['item', 7, '', undefined],
      ['act', 'text', { start: 0 }],
      ['item', 7, '', undefined],
    ])
  })

  it('let the action of a button take the place of that of the form, without the state of the form', async (t) => {
    const { names, send, ran } = await open(t)
    const { act = '', other = '' } = await names()
    const answer = await send([
      [act, ''],
      ['text', 'a'],
      [other, 'label'],
    ])
    assert.equal(answer.status, 200)
    assert.deepEqual(ran, [['other', 'text', undefined]])
  })

  it('judge the files of the action of a button by its own rules', async (t) => {
    const { names, send, ran } = await open(t)
    const { upload = '', other = '', act = '' } = await names()
    const wrong = await send(
      [
        [upload, ''],
        ['doc', 'file:text'],
        ['text', 'kept'],
        [other, ''],
      ],
      { multipart: true },
    )
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /kept/)
    const taken = await send(
      [
        [act, ''],
        ['doc', 'file:text'],
        [other, ''],
      ],
      { multipart: true },
    )
    assert.equal(taken.status, 413)
    assert.deepEqual(ran, [])
  })

  it('give no secret of the form back when the action of a button is refused', async (t) => {
    const { names, send } = await open(t)
    const { upload = '', other = '' } = await names()
    const { status, text } = await send([
      [upload, ''],
      ['pin', 's3cret'],
      ['code', 'h1dden'],
      ['text', 'bad'],
      [other, ''],
    ])
    assert.equal(status, 422)
    assert.doesNotMatch(text, /s3cret|h1dden/)
  })

  it('refuse a name that was changed, in every part, and run nothing', async (t) => {
    const { names, send, ran } = await open(t)
    const { act = '', upload = '' } = await names()
    const { seal = '', state = '' } = readActionField(act) ?? {}
    const middle = act.length >> 1
    const flipped = (text: string) => `${text.slice(0, 30)}${text[30] === 'A' ? 'B' : 'A'}${text.slice(31)}`
    for (const name of [
      `sealform.action.${flipped(seal)}`,
      `sealform.action.${seal}.${flipped(state)}`,
      `sealform.action.${state}`,
      `sealform.action.${readActionField(upload)?.seal}.${state}`,
      `sealform.action.${seal}.${seal}`,
      `${act}.more.and.more`,
      `${act.slice(0, middle)}!${act.slice(middle)}`,
      `sealform.action.${'A'.repeat(9000)}`,
      `sealform.action.${seal}.${'A'.repeat(9000)}`,
      'sealform.action.',
      'sealform.action.x',
    ]) {
      for (const multipart of [false, true]) {
        const answer = await send(
          [
            [name, ''],
            ['text', 'kept'],
          ],
          { multipart },
        )
        assert.equal(answer.status, 400, `${name.slice(0, 60)} ${multipart} ${name.length}`)
        assert.match(answer.text, /kept/)
      }
    }
    assert.deepEqual(ran, [])
  })

  it('refuse more seals than a form and a button send', async (t) => {
    const { names, send, ran } = await open(t)
    const { act = '', other = '', item = '' } = await names()
    const { seal = '', state = '' } = readActionField(act) ?? {}
    for (const fields of [
      [
        [act, ''],
        [other, ''],
        [item, ''],
      ],
      [
        [act, ''],
        ['sealform', seal],
      ],
      [
        ['sealform', seal],
        [act, ''],
      ],
      [
        ['sealform', seal],
        [other, ''],
      ],
      [
        [act, ''],
        ['sealform.state', state],
      ],
      [
        ['sealform.state', state],
        [act, ''],
      ],
      [
        [act, ''],
        [other, ''],
        ['sealform.submit', seal],
      ],
    ] as [string, string][][]) {
      assert.equal((await send(fields)).status, 400)
    }
    assert.deepEqual(ran, [])
  })

  it('take the click on an image button as one button', async (t) => {
    const { names, send, ran } = await open(t)
    const { act = '', other = '' } = await names()
    assert.equal(
      (
        await send([
          [act, ''],
          [`${other}.x`, '1'],
          [`${other}.y`, '2'],
        ])
      ).status,
      200,
    )
    assert.equal(
      (
        await send([
          [act, ''],
          [`${other}.x`, '1'],
          [`${other}.x`, '2'],
        ])
      ).status,
      400,
    )
    assert.deepEqual(ran, [['other', '', undefined]])
  })

  it('find the seal where it begins within 16 KiB, and leave other forms alone', async (t) => {
    const { names, send, ran } = await open(t)
    const { item = '' } = await names()
    for (const multipart of [false, true]) {
      assert.equal(
        (
          await send(
            [
              ['a', 'x'.repeat(16_000)],
              [item, ''],
            ],
            { multipart },
          )
        ).status,
        200,
      )
      assert.notEqual(
        (
          await send(
            [
              ['a', 'x'.repeat(16_400)],
              [item, ''],
            ],
            { multipart },
          )
        ).status,
        200,
      )
      assert.notEqual(
        (
          await send(
            [
              ['sealform.actio', ''],
              ['a', ''],
            ],
            { multipart },
          )
        ).status,
        200,
      )
    }
    assert.equal(ran.length, 2)
  })

  it('run nothing for another origin, on another path, for another session', async (t) => {
    let user = 'ann'
    const { names, send, ran } = await open(t, { middleware: { session: () => user } })
    const { act = '', other = '' } = await names()
    const fields: [string, string][] = [
      [act, ''],
      ['text', 'typed'],
    ]
    const foreign = await send(fields, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    assert.equal(foreign.status, 403)
    assert.doesNotMatch(foreign.text, /typed/)
    assert.equal((await send(fields, { path: '/page' })).status, 403)
    user = 'bob'
    const { act: bobs = '' } = await names()
    assert.equal((await send(fields)).status, 403)
    assert.equal(
      (
        await send([
          [bobs, ''],
          [other, ''],
        ])
      ).status,
      403,
    )
    assert.deepEqual(ran, [])
  })

  it('show an outcome with the key of another hook, or of none, on the built-in page with the input', async (t) => {
    const { names, send } = await open(t)
    const { act = '', upload = '' } = await names()
    const { seal = '', state = '' } = readActionField(act) ?? {}
    const foreignKey = upload.slice(upload.lastIndexOf('.') + 1)
    for (const name of [
      `sealform.action.${seal}.${state}.${foreignKey}`,
      `sealform.action.${seal}.${state}.${Buffer.from('constructor').toString('base64url')}`,
      `sealform.action.${seal}.${state}`,
      `sealform.action.${seal}`,
    ]) {
      const { status, text } = await send([
        [name, ''],
        ['text', 'bad'],
      ])
      assert.equal(status, 422)
      assert.doesNotMatch(text, /<form id="act"/)
      assert.match(text, /name="text"[^>]*>bad|value="bad"/)
      assert.match(text, /Wrong/)
    }
    const shown = await send([
      [act, ''],
      ['text', 'bad'],
    ])
    assert.equal(shown.status, 422)
    assert.match(shown.text, /<form id="act"/)
  })

  it('tell a call what came of it, with the new props and seals', async (t) => {
    const { names, call } = await open(t)
    const { act = '' } = await names()
    const answer = await call([
      [act, ''],
      ['text', 'a'],
    ])
    assert.equal(answer.status, 200)
    assert.match(answer.headers['content-type'] ?? '', /^application\/vnd\.sealform\+json/)
    const { outcome, seals, page: text } = told(answer)
    assert.equal(outcome, 'done')
    const { state, props } = page({ page: text })
    assert.deepEqual(state, { text: 'a' })
    assert.equal(props.act.action, 'react.act')
    const again = await call([
      [`sealform.action.${props.act.seal}.`, ''],
      ['sealform.state', seals[0].state],
      ['text', 'bad'],
    ])
    assert.equal(again.status, 422)
    const problem = told(again)
    assert.deepEqual(problem.issues, [{ name: 'text', message: 'Wrong' }])
    assert.deepEqual(page(problem).state, { text: 'a' })
  })

  it('seal the actions in a state, too', async (t) => {
    const { names, call, send, ran } = await open(t)
    const { act = '' } = await names()
    const { state } = page(
      told(
        await call([
          [act, ''],
          ['text', 'actions'],
        ]),
      ),
    )
    assert.equal(state.more.action, 'react.item')
    assert.equal((await send([[`sealform.action.${state.more.seal}`, '']])).status, 200)
    assert.deepEqual(ran.at(-1), ['item', 7, '', undefined])
    const shown = await send([
      [act, ''],
      ['text', 'actions'],
    ])
    assert.equal(shown.status, 200)
    assert.match(shown.text, /<form id="act"/)
  })

  it('tell a redirect to another page and leave the flash to it, and answer one to the page itself', async (t) => {
    const { names, call, request } = await open(t)
    const { act = '' } = await names()
    const there = await call([
      [act, ''],
      ['text', 'there'],
    ])
    assert.deepEqual(
      [told(there).outcome, told(there).location, told(there).page],
      ['redirect', '/there', undefined],
    )
    assert.match(String(there.headers['set-cookie']), /sealform\.flash=\w/)
    const here = await call([
      [act, ''],
      ['text', 'here'],
    ])
    assert.equal(told(here).location, '/react')
    assert.equal(page(told(here)).props.flash, 'Here')
    assert.match(String(here.headers['set-cookie']), /sealform\.flash=;/)
    assert.equal((await request.get('/react')).status, 200)
    const away = await call([
      [act, ''],
      ['text', 'away'],
    ])
    assert.equal(told(away).outcome, 'refused')
  })

  it('refuse a forged call with new props, and one from another origin without', async (t) => {
    const { call, names, ran } = await open(t)
    const { act = '' } = await names()
    const forged = told(
      await call([
        ['sealform.action.forged', ''],
        ['text', 'a'],
      ]),
    )
    assert.deepEqual([forged.outcome, forged.status], ['refused', 400])
    assert.equal(page(forged).props.act.action, 'react.act')
    const foreign = told(await call([[act, '']], { headers: { 'Sec-Fetch-Site': 'cross-site' } }))
    assert.deepEqual([foreign.outcome, foreign.page], ['refused', undefined])
    assert.deepEqual(ran, [])
  })

  it('answer validation alone by the name of a field', async (t) => {
    const { names, call, ran } = await open(t)
    const { act = '' } = await names()
    const valid = told(
      await call(
        [
          [act, ''],
          ['text', 'a'],
        ],
        { headers: { 'Sealform-Validate': '' } },
      ),
    )
    assert.equal(valid.outcome, 'valid')
    assert.deepEqual(ran, [])
  })

  it('answer HEAD as GET without the body', async (t) => {
    const { request } = await open(t)
    const { headers, text } = await request.get('/react')
    const head = await request.head('/react')
    assert.deepEqual([head.status, head.text ?? ''], [200, ''])
    assert.equal(head.headers['content-type'], headers['content-type'])
    assert.ok(text.endsWith('</body></html>'))
  })

  it('stop when the visitor leaves', async (t) => {
    let left = () => {}
    const over = new Promise<void>((resolve) => {
      left = resolve
    })
    const begun: unknown[] = []
    const never = new Promise<never>(() => {})
    const Endless = () => {
      begun.push(1)
      return use(never)
    }
    const { port, failures } = await open(t, {
      pages: {
        '/react': async (view) => {
          const body = createElement(Suspense, null, createElement(Endless))
          await renderReact(view.req, {}, () =>
            createElement('html', null, createElement('body', null, body)),
          )
          left()
          return 'sent' as const
        },
      },
    })
    const leaving = new AbortController()
    const answer = fetch(`http://127.0.0.1:${port}/react`, { signal: leaving.signal })
    await until(() => begun.length > 0)
    leaving.abort()
    await assert.rejects(answer, { name: 'AbortError' })
    await over
    assert.deepEqual(failures, [])
  })

  describe('with a mistake', () => mistakes(framework))
}

function mistakes(framework: Framework): void {
  const within = (...children: unknown[]) =>
    createElement('html', null, createElement('body', null, ...(children as Props[])))

  /** Opens a page of this tree. Returns the status, and what the app's error handler got. */
  async function show(t: TestContext, tree: (props: Props, raw: Props) => Props, more: object = {}) {
    const { request, failures } = await openStage(t, framework, {
      pages: {
        '/react': async (view, _act, { act, item }) => {
          const given = (props: Props) => tree(props, { act })
          await renderReact(view.req, { act, item }, given, more)
          return 'sent' as const
        },
      },
    })
    const { status, text } = await request.get('/react')
    return { status, text, errors: failures.map(({ error }) => String(error)) }
  }

  it('refuse an action that is not among the props', async (t) => {
    const { status, errors } = await show(t, (_props, { act }) =>
      within(createElement('form', { action: act })),
    )
    assert.equal(status, 500)
    assert.match(String(errors), /ERR_REACT_PAGE.*"react\.act" itself.*as a prop/)
    const Hooked = ({ act }: Props) => createElement('form', { action: useActionState(act, undefined)[1] })
    const hooked = await show(t, (_props, { act }) => within(createElement(Hooked, { act })))
    assert.match(String(hooked.errors), /ERR_REACT_PAGE.*"react\.act" itself/)
  })

  it('refuse values that are bound in the tree', async (t) => {
    const { status, errors } = await show(t, ({ act }) =>
      within(createElement('form', { action: act.bind(null, 'id') })),
    )
    assert.equal(status, 500)
    assert.match(String(errors), /ERR_REACT_PAGE.*Bind them in the page/)
  })

  it('refuse renderToString()', async (t) => {
    const { status, errors } = await show(t, ({ act }) =>
      within(renderToString(createElement('form', { action: act }))),
    )
    assert.equal(status, 500)
    assert.match(String(errors), /ERR_REACT_PAGE.*renderToString/)
  })

  it('refuse a form whose only action is on a button', async (t) => {
    const button = (act: Props) => createElement('button', { type: 'submit', formAction: act })
    const { status, errors } = await show(t, ({ act }) => within(createElement('form', null, button(act))))
    assert.equal(status, 500)
    assert.match(String(errors), /ERR_REACT_PAGE.*none of its own/)
    const apart = await show(t, ({ act }) =>
      within(createElement('form'), createElement('form', { action: act }, button(act)), button(act)),
    )
    assert.equal(apart.status, 200)
  })

  it('give what the tree throws to the handler of the app', async (t) => {
    const Broken = () => {
      throw new Error('no shell')
    }
    for (const stream of [false, true]) {
      const { status, errors } = await show(t, () => within(createElement(Broken)), { stream })
      assert.equal(status, 500)
      assert.deepEqual(errors, ['Error: no shell'])
    }
  })

  it('report what a part throws inside of a boundary, and send the page', async (t) => {
    const Broken = () => {
      throw new Error('no part')
    }
    const { status, text, errors } = await show(t, () =>
      within(createElement(Suspense, { fallback: 'waits' }, createElement(Broken))),
    )
    assert.equal(status, 200)
    assert.match(text, /waits/)
    assert.deepEqual(errors, ['Error: no part'])
  })

  it('refuse misspelt options, props that cannot be written, and a page without the middleware', async (t) => {
    const misspelt = await show(t, () => within(), { bootstrapModule: [] })
    assert.match(String(misspelt.errors), /ERR_OPTION_INVALID.*bootstrapModules/)
    const { request, failures } = await openStage(t, framework, {
      pages: {
        '/react': async (view) => {
          await renderReact(view.req, { deep: [{ run: () => 1 }] }, () => within())
          return 'sent' as const
        },
      },
    })
    assert.equal((await request.get('/react')).status, 500)
    assert.match(String(failures[0]?.error), /ERR_VALUE_UNSUPPORTED.*deep\[0\]\.run/)
    await assert.rejects(
      renderReact({ req: {} } as never, {}, () => null),
      { code: 'ERR_REACT_PAGE' },
    )
  })

  it('escape the data of the page for HTML', async (t) => {
    const { text } = await show(t, () => within('x'), {})
    assert.match(text, /<script type="application\/json"/)
    const { request } = await openStage(t, framework, {
      pages: {
        '/react': async (view) => {
          await renderReact(view.req, { text: '</script><!--<script>' }, () => within())
          return 'sent' as const
        },
      },
    })
    assert.doesNotMatch((await request.get('/react')).text, /<\/script><!--/)
  })
}
