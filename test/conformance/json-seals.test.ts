import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import { parse } from 'devalue'
import { directoryStorage, done, invalid } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { scratch } from '../setup/file-storage.js'
import { fromSamePage } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { boundary, multipartBody, type Part } from '../setup/upload-app.js'
import { eachKind, type Framework } from './frameworks.js'
import { openSite, type Site, type SiteOptions } from './site.js'

for (const framework of eachKind) {
  describe(`seals of buttons in JSON on ${framework.name}`, () => buttons(framework))
  describe(`kept files in JSON on ${framework.name}`, () => files(framework))
}

interface Told {
  readonly outcome: string
  readonly reason?: string
  readonly state?: unknown
  readonly seals: readonly {
    readonly form?: string
    readonly seal: string
    readonly sent: boolean
    readonly button?: string
    readonly files: readonly { name: string; file: string; size: number; seal: string }[]
  }[]
}

async function send(site: Site, parts: readonly Part[], headers: Record<string, string> = {}): Promise<Told> {
  const answer = await site.request
    .post('/page')
    .redirects(0)
    .set({ ...fromSamePage, Accept: 'application/vnd.sealform+json', ...headers })
    .set('Content-Type', `multipart/form-data; boundary=${boundary}`)
    .send(multipartBody(...parts))
    .buffer(true)
    .parse((res, end) => {
      let text = ''
      res.on('data', (chunk) => {
        text += chunk
      })
      res.on('end', () => end(null, text))
    })
  return parse(String(answer.body))
}

function buttons(framework: Framework): void {
  /** A page whose form has a button for a one-time action, and prints that button before its hidden fields. */
  async function openDesk(t: TestContext, options: SiteOptions = {}) {
    const site = await openSite(t, framework, {
      define: (actions) => ({
        sign: actions.define('sign', {
          once: true,
          ttl: options.action?.ttl ?? '1h',
          path: false,
          run: ({ formData }) => done(`signed ${formData.get('text')}`),
        }) as never,
      }),
      pages: {
        '/page': (view, act, { sign }) => {
          const form = view.form(act)
          const button = html`<button ${form.submit(sign!)}>Sign</button>`
          return {
            html: html`<form ${form.attributes}>${form.fields}${button}<button ${form.submit(act)}>Other</button></form>`,
          }
        },
      },
      ...options,
    })
    const { text } = await site.request.get('/page').set('Cookie', 'user=ann')
    const read = (name: string) => new RegExp(`name="${name}" value="([\\w-]+)"`).exec(text)?.[1] ?? ''
    const press = (seal: string, button: string, typed: string, cookie = 'user=ann') =>
      send(
        site,
        [
          ['sealform', seal],
          ['sealform.form', 'act'],
          ['text', typed],
          ['sealform.submit', button],
        ],
        { Cookie: cookie },
      )
    return { site, seal: read('sealform'), button: read('sealform.submit'), press }
  }

  it('brings a new seal of the pressed button, so that it can be pressed again and again', async (t) => {
    const { seal, button, press } = await openDesk(t)
    const first = await press(seal, button, 'one')
    const [fresh] = first.seals
    assert.deepEqual([first.outcome, first.state, fresh?.sent], ['done', 'signed one', true])
    const used = await press(seal, button, 'two')
    assert.deepEqual([used.outcome, used.reason], ['refused', 'sent-before'])
    const again = await press(fresh!.seal, fresh!.button!, 'two')
    assert.deepEqual([again.outcome, again.state], ['done', 'signed two'])
    const last = await press(used.seals[0]!.seal, used.seals[0]!.button!, 'three')
    assert.equal(last.state, 'signed three')
  })

  it('brings none for a form that was sent without one', async (t) => {
    const { site, seal } = await openDesk(t)
    const { seals } = await send(site, [
      ['sealform', seal],
      ['sealform.form', 'act'],
    ])
    assert.deepEqual([seals.length, seals[0]?.button], [1, undefined])
  })

  it('finds the pressed button on the page when its seal is of another visitor', async (t) => {
    const { seal, button, press } = await openDesk(t, {
      middleware: { session: ({ req }) => /user=(\w+)/.exec(req.headers.cookie ?? '')?.[1] },
    })
    const stale = await press(seal, button, 'bob', 'user=bob')
    assert.deepEqual([stale.outcome, stale.reason], ['refused', 'other-session'])
    // The seal of the form was refused, so that of its button has not been looked at.
    const [fresh] = stale.seals
    const half = await press(fresh!.seal, button, 'bob', 'user=bob')
    assert.deepEqual([half.outcome, half.reason], ['refused', 'other-session'])
    const [both] = half.seals
    const signed = await press(both!.seal, both!.button!, 'bob', 'user=bob')
    assert.deepEqual([signed.outcome, signed.state], ['done', 'signed bob'])
  })

  it('makes no seal for the button of another form', async (t) => {
    const { site, seal, press } = await openDesk(t)
    const { seals } = await send(site, [['sealform', seal]])
    const refused = await press(seals[0]!.seal, 'forged', 'x')
    assert.deepEqual([refused.outcome, refused.reason], ['refused', 'malformed'])
    assert.equal(refused.seals[0]?.button, undefined)
    assert.deepEqual(
      refused.seals.map(({ form, sent }) => [form, sent]),
      [['act', true]],
    )
  })
}

function files(framework: Framework): void {
  it('names the files that wait, and takes them from there', async (t) => {
    const directory = scratch(t)
    const found: string[] = []
    const site = await openSite(t, framework, {
      actions: { uploads: { storage: directoryStorage({ directory }) } },
      action: { files: { doc: { maxFiles: 3 } } },
      async run({ formData }) {
        for (const file of formData.getAll('doc')) {
          if (file instanceof File) found.push(`${file.name} ${await file.text()}`)
        }
        return formData.get('text') === '' ? invalid({ text: 'Enter a text' }) : done()
      },
      pages: { '/page': (view, act) => ({ html: html`<form>${view.form(act).fields}</form>` }) },
    })
    const { text } = await site.request.get('/page')
    const seal = /name="sealform" value="([\w-]+)"/.exec(text)?.[1] ?? ''
    const doc = (filename: string, content: string): Part => ({
      name: 'doc',
      filename,
      type: 'text/plain',
      content,
    })
    const first = await send(site, [
      ['sealform', seal],
      ['text', ''],
      doc('a.txt', 'A'),
      doc('../b.txt', 'BB'),
    ])
    const [fresh] = first.seals
    assert.equal(first.outcome, 'invalid')
    assert.deepEqual(
      fresh?.files.map(({ name, file, size }) => [name, file, size]),
      [
        ['doc', 'a.txt', 1],
        ['doc', 'b.txt', 2],
      ],
    )
    const kept = (of: Told): Part[] =>
      of.seals[0]!.files.map((file) => [`sealform.kept.${file.name}`, file.seal])
    // A seal that is not valid: the page is run for new ones, and knows the files as well.
    const stale = await send(site, [
      ['sealform', 'forged'],
      ['sealform.form', 'act'],
      ['text', ''],
      ...kept(first),
    ])
    assert.deepEqual([stale.outcome, stale.seals[0]?.files], ['refused', []])
    const second = await send(site, [
      ['sealform', fresh!.seal],
      ['text', ''],
      ...kept(first),
      doc('c.txt', 'CCC'),
    ])
    assert.deepEqual(
      second.seals[0]?.files.map(({ file }) => file),
      ['a.txt', 'b.txt', 'c.txt'],
    )
    const [, ...rest] = kept(second)
    const last = await send(site, [['sealform', fresh!.seal], ['text', 'typed'], ...rest])
    assert.deepEqual([last.outcome, last.seals[0]?.files], ['done', []])
    assert.deepEqual(found.slice(-2), ['b.txt BB', 'c.txt CCC'])
    await until(() => readdirSync(directory).length === 1)
  })

  it('names them again when the page runs, because the form is of another version', async (t) => {
    const directory = scratch(t)
    const open = (version: string) =>
      openSite(t, framework, {
        actions: { uploads: { storage: directoryStorage({ directory }) } },
        action: { files: { doc: {} }, version },
        run: ({ formData }) =>
          formData.get('text') === '' ? invalid('No') : done((formData.get('doc') as File).name),
      })
    const [before, site] = [await open('1'), await open('2')]
    const { sealform = '' } = await before.fields()
    const form: Part = ['sealform.form', 'act']
    const doc: Part = { name: 'doc', filename: 'a.txt', type: 'text/plain', content: 'A' }
    const [old] = (await send(before, [['sealform', sealform], form, ['text', ''], doc])).seals
    const file = (seal: string): Part => ['sealform.kept.doc', seal]
    const stale = await send(site, [
      ['sealform', old!.seal],
      form,
      ['text', 'typed'],
      file(old!.files[0]!.seal),
    ])
    assert.deepEqual([stale.outcome, stale.reason], ['refused', 'other-version'])
    const [fresh] = stale.seals
    assert.deepEqual([fresh?.files.length, fresh?.files[0]?.file], [1, 'a.txt'])
    const answer = await send(site, [
      ['sealform', fresh!.seal],
      ['text', 'typed'],
      file(fresh!.files[0]!.seal),
    ])
    assert.deepEqual([answer.outcome, answer.state], ['done', 'a.txt'])
  })
}
