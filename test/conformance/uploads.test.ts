import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it, type TestContext } from 'node:test'
import { directoryStorage, type FileOptions, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { scratch } from '../setup/file-storage.js'
import { formIn } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type RawAnswer, requestText, type Talk, talk } from '../setup/raw-http.js'
import { boundary, multipartBody, type Part } from '../setup/upload-app.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite, type Site } from './site.js'

for (const framework of frameworks) describe(`uploads on ${framework.name}`, () => cases(framework))

const picture = (content: string | Buffer): Part => ({
  name: 'picture',
  filename: 'a.png',
  type: 'image/png',
  content,
})

interface Album extends Site {
  readonly found: string[]
  readonly hidden: readonly Part[]
  send(parts: readonly Part[], path?: string, talking?: Talk): Promise<RawAnswer>
  /** Waits until the storage is empty or a second has passed, and returns what it holds. */
  emptied(): Promise<readonly string[]>
}

function cases(framework: Framework): void {
  async function album(t: TestContext, rule: FileOptions = {}): Promise<Album> {
    const directory = scratch(t)
    const found: string[] = []
    const site = await openSite(t, framework, {
      actions: { uploads: { storage: directoryStorage({ directory }) } },
      action: { files: { picture: rule } },
      async run({ formData }) {
        const file = formData.get('picture')
        found.push(file instanceof File ? `${file.name} ${file.type} ${await file.text()}` : 'none')
        return formData.get('text') === '' ? invalid({ text: 'Enter a text' }) : redirect('/thanks')
      },
      pages: {
        '/page': (view, act) => {
          const form = view.form(act)
          return {
            html: html`${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}<input ${form.input('picture')}>${form.issue('picture')}</form>`,
          }
        },
      },
    })
    const { text } = await site.request.get('/page')
    assert.match(text, /enctype="multipart\/form-data"/)
    return { ...site, found, hidden: Object.entries(await site.fields()), send, emptied }

    async function send(parts: readonly Part[], path = '/page', talking: Talk = {}): Promise<RawAnswer> {
      const body = multipartBody(...parts)
      const lines = [
        ['Host', 'app.example'],
        ['Sec-Fetch-Site', 'same-origin'],
        ['Content-Type', `multipart/form-data; boundary=${boundary}`],
      ] as const
      const { answers } = await talk(site.port, [requestText(`POST ${path} HTTP/1.1`, lines, body)], {
        ...talking,
      })
      return answers[0] ?? assert.fail('no answer')
    }

    async function emptied(): Promise<readonly string[]> {
      await until(() => readdirSync(directory).length === 0)
      return readdirSync(directory)
    }
  }

  it('gives the action the file, and leaves nothing behind', async (t) => {
    const site = await album(t)
    const content = 'x'.repeat(200_000)
    const answer = await site.send([...site.hidden, ['text', 'a'], picture(content)])
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, ['/thanks']])
    assert.deepEqual(site.found, [`a.png image/png ${content}`])
    assert.deepEqual(await site.emptied(), [])
  })

  it('keeps the file for the corrected form', async (t) => {
    const site = await album(t)
    const refused = await site.send([...site.hidden, ['text', ''], picture('PNG')])
    assert.equal(refused.status, 422)
    assert.match(refused.body, /Enter a text/)
    assert.match(refused.body, /a\.png/)
    const again = Object.entries(formIn(refused.body, 'act').fields)
    const answer = await site.send([
      ...again,
      ['text', 'a'],
      { name: 'picture', filename: '', type: 'application/octet-stream' },
    ])
    assert.equal(answer.status, 303)
    assert.deepEqual(site.found, ['a.png image/png PNG', 'a.png image/png PNG'])
    assert.deepEqual(await site.emptied(), [])
  })

  it('refuses a file that is too large with a page, whether or not the app has one', async (t) => {
    for (const path of ['/page', '/nowhere']) {
      const site = await album(t, { maxSize: 1000 })
      const answer = await site.send(
        [...site.hidden, ['text', 'typed'], picture(Buffer.alloc(2_000_000))],
        path,
      )
      assert.equal(answer.status, 413)
      assert.match(answer.body, /larger than this form accepts/)
      assert.match(answer.body, /value="typed"/)
      assert.deepEqual(site.found, [])
      assert.deepEqual(await site.emptied(), [])
    }
  })

  it('answers a forged upload before its end, and writes none of it', async (t) => {
    for (const path of ['/page', '/nowhere']) {
      const site = await album(t, { maxSize: '300MiB' })
      const forged = [['sealform', 'forged'], ['text', 'typed'], picture(Buffer.alloc(100_000))] as const
      const body = multipartBody(...forged)
      const { answers } = await talk(site.port, [
        requestText(`POST ${path} HTTP/1.1`, [
          ['Host', 'app.example'],
          ['Sec-Fetch-Site', 'same-origin'],
          ['Content-Type', `multipart/form-data; boundary=${boundary}`],
          ['Content-Length', String(256 * 1024 * 1024)],
        ]),
        body.subarray(0, 60_000),
      ])
      assert.equal(answers[0]?.status, 400, path)
      assert.deepEqual(await site.emptied(), [])
    }
  })

  it('keeps nothing of an upload that breaks off', async (t) => {
    const site = await album(t)
    const body = multipartBody(...site.hidden, ['text', 'a'], picture(Buffer.alloc(500_000)))
    const head = requestText('POST /page HTTP/1.1', [
      ['Host', 'app.example'],
      ['Sec-Fetch-Site', 'same-origin'],
      ['Content-Type', `multipart/form-data; boundary=${boundary}`],
      ['Content-Length', String(body.length)],
    ])
    for (const sent of [1000, 100_000, 400_000]) {
      await talk(site.port, [head, body.subarray(0, sent), 20], { ending: 'reset' })
    }
    assert.deepEqual(site.found, [])
    assert.deepEqual(await site.emptied(), [])
    assert.equal((await site.send([...site.hidden, ['text', 'a'], picture('x')])).status, 303)
  })
}
