import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { parse } from 'devalue'
import { renderPreact } from '../../lib/preact/render-preact.js'
import { directoryStorage, done, flash, invalid } from '../../lib/sealform.js'
import { scratch } from '../setup/file-storage.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite, type SiteOptions } from './site.js'

// biome-ignore lint/suspicious/noExplicitAny: the trees of this file take their props as they come
type Any = any

// The types of Preact would bring those of browsers into every test.
const { h }: Any = await import('preact' as string)
const { Form, Submit, issueOf, stateOf, valueOf: sentOf }: Any = await import('sealform/preact' as string)

/** The page that a test shows. */
type View = (props: Any) => Any

/** Three forms: one that shows what becomes of it, with a second button, one that does not, and one with a file. */
const forms: View = ({ act, other, item, upload }) =>
  h(
    'html',
    null,
    h(
      'body',
      null,
      h(Form, { id: 'act', action: act, initial: { start: 0 } }, (state: Any) => [
        h('input', { name: 'text', defaultValue: sentOf(state, 'text') }),
        h('input', { name: 'code', type: 'password', defaultValue: sentOf(state, 'code') }),
        h('p', { role: 'alert' }, issueOf(state, 'text') ?? issueOf(state)),
        h('output', null, JSON.stringify(stateOf(state))),
        h(Submit, { action: other, id: 'other' }, 'Other'),
      ]),
      h(Form, { id: 'item', action: item }, h('input', { name: 'text' })),
      h(Form, { id: 'upload', action: upload }, (state: Any) => [
        h('input', { name: 'text', defaultValue: sentOf(state, 'text') }),
        h('p', { role: 'alert' }, issueOf(state, 'text') ?? issueOf(state)),
      ]),
    ),
  )

async function openStage(
  t: TestContext,
  framework: Framework,
  { view = forms, ...more }: Partial<SiteOptions> & { readonly view?: View } = {},
) {
  const ran: unknown[][] = []
  const outcomes: Record<string, () => unknown> = {
    bad: () => invalid({ text: 'Wrong "text" & more' }),
    elsewhere: () => invalid({ unseen: 'Never printed' }),
    there: () => flash({ told: 'flash' }, '/preact'),
    fail: () => {
      throw new Error('broken')
    },
    actions: () => done({ more: 1 }),
  }
  const run =
    (name: string) =>
    ({ previous, formData }: { previous: unknown; formData: FormData }, ...bound: unknown[]) => {
      ran.push([name, ...bound, [...formData.keys()].join(), previous])
      const text = String(formData.get('text'))
      return outcomes[text]?.() ?? { text }
    }
  const site = await openSite(t, framework, {
    actions: { uploads: { storage: directoryStorage({ directory: await scratch(t) }) }, ...more.actions },
    define: (actions) => {
      const act: Any = actions.define('act.form', { secrets: ['code'], run: run('act') } as Any)
      return {
        act,
        other: actions.define('act.other', run('other') as Any),
        item: (actions.define('act.item', run('item') as Any) as Any).bind(null, 7),
        upload: actions.define('act.upload', { files: { doc: {} }, run: run('upload') } as Any),
        double: actions.define('act.double', { stateOf: act, run: run('double') } as Any),
      } as Any
    },
    pages: {
      '/preact': async ({ req }, _act, props) => {
        await renderPreact(req, props, view)
        return 'sent' as const
      },
    },
    ...(more.middleware ? { middleware: more.middleware } : {}),
  })
  const text = async (cookie = '') => (await site.request.get('/preact').set('Cookie', cookie)).text
  return {
    ...site,
    ran,
    text,
    /** The hidden fields of a form, and of its button. */
    async fields(id: string): Promise<Record<string, string>> {
      const html = await text()
      return {
        ...formIn(html, id).fields,
        button: /name="sealform.submit"[^>]* value="([^"]+)"/.exec(html)?.[1] ?? '',
      }
    },
    send: (fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
      site.request
        .post('/preact')
        .redirects(0)
        .set({ ...fromSamePage, ...headers })
        .send(urlencoded(fields)),
  }
}

/** The fields of the form `act` without its button, or with it. */
const without = ({ button: _button, ...fields }: Record<string, string>) => fields
const pressed = ({ button = '', ...fields }: Record<string, string>) => ({
  ...fields,
  'sealform.submit': button,
})
const asScript = { Accept: 'application/vnd.sealform+json', 'Sealform-Props': '1' }

function preactPages(framework: Framework): void {
  const open = (t: TestContext, more?: Parameters<typeof openStage>[2]) => openStage(t, framework, more)

  it('has a seal that no other page of the second has where it shows an outcome', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const { fields, send } = await open(t)
    const seals = [await fields('act'), await fields('act')]
    for (let i = 0; i < 2; i++) {
      const answer = await send({ ...without(seals[0] ?? {}), text: 'bad' })
      assert.equal(answer.status, 422)
      seals.push(formIn(answer.text, 'act').fields)
    }
    const [visit, again, ...answers] = seals.map((each) => Object.values(each)[0])
    assert.equal(visit, again)
    assert.equal(new Set([visit, ...answers]).size, 3)
  })

  it('run an action with the state of its form, and show the new state', async (t) => {
    const { fields, send, ran } = await open(t)
    const answer = await send({ ...without(await fields('act')), text: 'a' })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /<output>\{&quot;text&quot;:&quot;a&quot;\}/)
    const next = { ...without(formIn(answer.text, 'act').fields), text: 'b' }
    await send(next)
    assert.deepEqual(ran, [
      ['act', 'text', { start: 0 }],
      ['act', 'text', { text: 'a' }],
    ])
  })

  it('show what is wrong in the form that was sent, with its input and without its secrets', async (t) => {
    const { fields, send } = await open(t)
    const answer = await send({ ...without(await fields('act')), text: 'bad', code: 's3cret' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /<input name="text" value="bad"/)
    assert.match(answer.text, /role="alert">Wrong &quot;text&quot; &amp; more/)
    assert.match(answer.text, /<output>\{&quot;start&quot;:0\}/)
    assert.doesNotMatch(answer.text, /s3cret/)
    const told = parse(dataIn(answer.text), { Action: (list: unknown[]) => list[1] })
    assert.deepEqual(
      Object.values(told.forms).map((each: Any) => [each.outcome, each.form]),
      [['invalid', undefined]],
    )
  })

  it('show on the built-in page what the form does not say', async (t) => {
    const { fields, send } = await open(t)
    const answer = await send({ ...without(await fields('act')), text: 'elsewhere' })
    assert.equal(answer.status, 422)
    assert.match(answer.text, /Never printed/)
    assert.match(answer.text, /elsewhere/)
    assert.doesNotMatch(answer.text, /data-sealform-page/)
  })

  it('show on the built-in page what is wrong with a form that shows nothing, and what has failed', async (t) => {
    const { fields, send } = await open(t)
    const item = await send({ ...without(await fields('item')), text: 'bad' })
    assert.equal(item.status, 422)
    assert.doesNotMatch(item.text, /data-sealform-page/)
    assert.match(item.text, /Wrong/)
    const failed = await send({ ...without(await fields('act')), text: 'fail' })
    assert.equal(failed.status, 500)
    assert.match(failed.text, /value="fail"/)
  })

  it('run the action of a button with the fields of the form, and leave the state of the form', async (t) => {
    const { fields, send, ran } = await open(t)
    const answer = await send({ ...pressed(await fields('act')), text: 'a' })
    assert.equal(answer.status, 200)
    assert.deepEqual(ran, [['other', 'text', undefined]])
    assert.match(answer.text, /<output>\{&quot;start&quot;:0\}/)
    const wrong = await send({ ...pressed(await fields('act')), text: 'bad' })
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /role="alert">Wrong/)
    assert.match(wrong.text, /<output>\{&quot;start&quot;:0\}/)
  })

  it('leave a flash to the page, which can hand it to its components', async (t) => {
    const { fields, send, text } = await open(t)
    const { status, headers } = await send({ ...without(await fields('act')), text: 'there' })
    assert.equal(status, 303)
    const cookie = String(headers['set-cookie']).split(';')[0]
    assert.match(await text(cookie), /<output>\{&quot;start&quot;:0\}/)
  })

  it('give a script the new props in the answer', async (t) => {
    const { fields, send } = await open(t)
    const answer = await send({ ...without(await fields('act')), text: 'a' }, asScript)
    const told = parse(answer.text)
    assert.deepEqual([told.outcome, told.status], ['done', 200])
    const page = parse(told.page, { Action: (list: readonly string[]) => list[1] })
    assert.equal(page.props.item, 'act.item')
    assert.deepEqual(page.state, { text: 'a' })
  })

  it('refuse what was forged, and run nothing', async (t) => {
    const { fields, send, ran } = await open(t)
    const act = await fields('act')
    const item = await fields('item')
    const upload = await fields('upload')
    const seal = act.sealform ?? ''
    const flipped = `${seal.slice(0, 40)}${seal[40] === 'A' ? 'B' : 'A'}${seal.slice(41)}`
    const forged: Record<string, string>[] = [
      { ...without(act), sealform: flipped },
      { ...without(act), sealform: act.button ?? '' },
      { ...without(act), sealform: act['sealform.state'] ?? '' },
      { ...without(item), 'sealform.submit': act.button ?? '' },
      { ...without(upload), 'sealform.submit': act.button ?? '' },
      { ...without(act), 'sealform.submit': item.sealform ?? '' },
      { ...without(act), [`sealform.submit.${flipped}`]: '' },
    ]
    for (const [i, one] of forged.entries()) {
      const answer = await send({ ...one, text: 'kept' })
      assert.equal(answer.status, 400, `case ${i}`)
      assert.match(answer.text, /kept/, `case ${i}`)
    }
    assert.deepEqual(ran, [])
  })

  it('take no state of another form', async (t) => {
    const { fields, send, ran } = await open(t)
    const act = await fields('act')
    const item = await fields('item')
    const answer = await send({ ...without(item), 'sealform.state': act['sealform.state'] ?? '', text: 'a' })
    assert.equal(answer.status, 400)
    assert.match(answer.text, /value="a"|>a</)
    assert.deepEqual(ran, [])
  })

  it('give nothing back to another origin, and run neither action nor page', async (t) => {
    const { fields, send, ran } = await open(t)
    const act = await fields('act')
    for (const headers of [{}, asScript]) {
      const answer = await send(
        { ...without(act), text: 'typed' },
        { ...headers, 'Sec-Fetch-Site': 'cross-site' },
      )
      assert.equal(answer.status, 403)
      assert.doesNotMatch(answer.text, /typed|act\.item/)
    }
    assert.deepEqual(ran, [])
  })

  it('say what is wrong with the tree', async (t) => {
    const cases: readonly (readonly [string, View])[] = [
      ['bound', ({ act }) => h(Form, { action: act.bind(null, 1) })],
      ['stateOf', ({ act, double }) => h(Form, { action: act }, h(Submit, { action: double }))],
      ['props of the page', () => h(Form, { action: async () => {} })],
    ]
    for (const [words, view] of cases) {
      const { request, failed } = await open(t, { view })
      assert.equal((await request.get('/preact')).status, 500)
      const [failure] = await failed(1)
      assert.match(String(failure?.error), new RegExp(words))
    }
  })

  it('print a doctype, the data, and the scripts with the nonce', async (t) => {
    const { request } = await openSite(t, framework, {
      pages: {
        '/preact': async ({ req }, act) => {
          const options = { nonce: 'n"1', bootstrapModules: ['/a.js?b&c'], bootstrapScripts: ['/d.js'] }
          await renderPreact(
            req,
            { act, text: '</script><script>' },
            () => h('html', null, h('body', null, 'x')),
            options,
          )
          return 'sent' as const
        },
      },
    })
    const { text, headers } = await request.get('/preact')
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.match(text, /^<!DOCTYPE html><html><body>x<script type="application\/json" data-sealform-page="">/)
    assert.ok(
      text.endsWith(
        '<script src="/d.js" nonce="n&quot;1" async></script><script type="module" src="/a.js?b&amp;c" nonce="n&quot;1" async></script></body></html>',
      ),
    )
    assert.equal(text.split('<script').length, 4)
  })
}

const dataIn = (html: string) => /data-sealform-page="">(.*?)<\/script>/.exec(html)?.[1] ?? ''

for (const framework of eachKind) describe(`Preact pages on ${framework.name}`, () => preactPages(framework))
