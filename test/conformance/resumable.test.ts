import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { directoryStorage, type FileOptions, forbidden, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { scratch } from '../setup/file-storage.js'
import { fromSamePage } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { keptOf, locationOf, ResumableClient } from '../setup/resumable-client.js'
import { type Framework, frameworks } from './frameworks.js'
import { openSite } from './site.js'

for (const framework of frameworks) describe(`a resumed upload on ${framework.name}`, () => cases(framework))

function cases(framework: Framework): void {
  it('is a file of the form, although its connection broke twice', async (t) => {
    const site = await album(t, framework)
    const content = randomBytes(300_000)
    const location = locationOf(await site.client.begin(await site.seal(), content.length))
    await site.breakOff(location, 0, content.subarray(0, 100_000), 300_000)
    const first = await site.client.head(location)
    assert.deepEqual([first.status, first.headers['upload-offset']], [204, '100000'])
    await site.breakOff(location, 100_000, content.subarray(100_000, 150_000), 200_000)
    const second = await site.client.head(location)
    assert.equal(second.headers['upload-offset'], '150000')
    assert.equal(second.headers['upload-complete'], '?0')
    assert.equal(second.headers['upload-length'], '300000')
    assert.equal(second.headers['cache-control'], 'no-store')
    const last = await site.client.append(location, 150_000, content.subarray(150_000))
    assert.deepEqual([last.status, last.headers['upload-complete']], [200, '?1'])

    const wrong = await site.submit(keptOf(last), '')
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /a\.png, 300 kB, kept/)
    const again = /name="sealform\.kept\.picture" value="([^"]+)"/.exec(wrong.text)?.[1]
    assert.equal((await site.submit(again ?? '', 'Title')).status, 303)
    assert.deepEqual(site.found.at(-1), content)
    await until(() => readdirSync(site.directory).length === 0)
    assert.deepEqual(site.failures, [])
  })

  it('comes in one piece where nothing breaks, and tells its reference again', async (t) => {
    const site = await album(t, framework)
    const content = randomBytes(5000)
    const begun = await site.client.begin(await site.seal(), content.length)
    assert.deepEqual([begun.status, begun.headers['upload-offset'], begun.body], [201, '0', ''])
    assert.match(String(begun.headers['upload-limit']), /^max-size=1000000, max-age=86400$/)
    const location = locationOf(begun)
    const whole = await site.client.append(location, 0, content)
    assert.equal(whole.status, 200)
    const told = await site.client.head(location)
    assert.deepEqual([told.status, told.headers['upload-offset']], [204, '5000'])
    assert.equal((await site.submit(keptOf(told), 'Title')).status, 303)
    assert.deepEqual(site.found, [content])
  })

  it('does not go on at another offset', async (t) => {
    const site = await album(t, framework)
    const location = locationOf(await site.client.begin(await site.seal(), 1000))
    for (const offset of [1, 999, 1000]) {
      const answer = await site.client.append(location, offset, Buffer.alloc(1000 - offset))
      assert.equal(answer.status, 409)
      assert.equal(answer.headers['upload-offset'], '0')
      assert.deepEqual(JSON.parse(answer.body), {
        status: 409,
        type: 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset',
        title: 'The upload goes on at another offset.',
        'expected-offset': 0,
        'provided-offset': offset,
      })
    }
    assert.deepEqual(readdirSync(site.directory), [])
  })

  it('does not begin for a page of another site, without a seal, or against authorize()', async (t) => {
    const site = await album(t, framework, { authorize: true })
    const seal = await site.seal()
    const cross = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    assert.equal((await site.client.begin(seal, 10, {}, cross)).status, 403)
    assert.equal((await site.client.begin('x'.repeat(200), 10)).status, 400)
    assert.equal((await site.client.begin(seal, 10, {}, { 'X-User': 'stranger' })).status, 403)
    const begun = await site.client.begin(seal, 10)
    assert.equal(begun.status, 201)
    const location = locationOf(begun)
    for (const method of ['append', 'head', 'cancel'] as const) {
      const answer =
        method === 'append'
          ? await site.client.append(location, 0, Buffer.alloc(10), cross)
          : await site.client[method](location, cross)
      assert.equal(answer.status, 403, method)
    }
    assert.deepEqual(readdirSync(site.directory), [])
  })

  it('needs a session where nothing says which page has sent it', async (t) => {
    const site = await album(t, framework)
    const silent = { 'Sec-Fetch-Site': '', Origin: '' }
    const [seal, unbound] = [await site.seal(), (await site.fields()).sealform ?? '']
    const location = locationOf(await site.client.begin(seal, 10, {}, silent))
    assert.equal((await site.client.head(location, silent)).status, 204)
    assert.equal((await site.client.append(location, 0, Buffer.alloc(10), silent)).status, 200)
    const nobody = new ResumableClient(site.port)
    assert.equal((await nobody.begin(unbound, 10, {}, silent)).status, 403)
    const own = locationOf(await nobody.begin(unbound, 10))
    assert.equal((await nobody.head(own, silent)).status, 403)
    assert.equal((await nobody.append(own, 0, Buffer.alloc(10), silent)).status, 403)
    assert.equal((await nobody.append(own, 0, Buffer.alloc(10))).status, 200)
  })

  it('lets no other site go on with it, also one that may send forms', async (t) => {
    const site = await album(t, framework, { allowed: ['https://friend.example'] })
    const friend = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://friend.example' }
    assert.equal((await site.client.begin(await site.seal(), 10, {}, friend)).status, 403)
  })

  it('goes on for nobody else, and not with a forged ticket', async (t) => {
    const site = await album(t, framework)
    const location = locationOf(await site.client.begin(await site.seal(), 10))
    await site.breakOff(location, 0, Buffer.alloc(5), 10)
    const forged = location.slice(0, -1) + (location.endsWith('A') ? 'B' : 'A')
    const other = new ResumableClient(site.port, { Cookie: 'user=grace' })
    for (const [client, url] of [
      [other, location],
      [site.client, forged],
      [site.client, `?sealform-upload=${await site.seal()}`],
    ] as const) {
      assert.equal((await client.append(url, 0, Buffer.alloc(10))).status, 404)
      assert.equal((await client.head(url)).status, 404)
      assert.equal((await client.cancel(url)).status, 404)
    }
    assert.equal((await site.client.head(location)).headers['upload-offset'], '5')
  })

  it('is removed when its client cancels it', async (t) => {
    const site = await album(t, framework)
    const location = locationOf(await site.client.begin(await site.seal(), 10))
    await site.breakOff(location, 0, Buffer.alloc(5), 10)
    assert.equal((await site.client.head(location)).headers['upload-offset'], '5')
    assert.equal((await site.client.cancel(location)).status, 204)
    assert.deepEqual(readdirSync(site.directory), [])
  })

  it('leaves requests of an app without such fields alone', async (t) => {
    const site = await album(t, framework, { rule: { maxSize: 1_000_000 } })
    const seal = await site.seal()
    for (const answer of [
      await site.client.begin(seal, 10),
      await site.client.append('?sealform-upload=abc', 0, Buffer.alloc(1)),
    ]) {
      assert.equal(answer.headers.location, undefined)
      assert.doesNotMatch(String(answer.headers['content-type']), /problem/)
    }
  })
}

interface AlbumOptions {
  readonly rule?: FileOptions
  readonly authorize?: boolean
  readonly allowed?: readonly string[]
}

async function album(t: TestContext, framework: Framework, options: AlbumOptions = {}) {
  const { rule = { maxSize: 1_000_000, resumable: true }, authorize = false, allowed = [] } = options
  const directory = scratch(t)
  const found: Buffer[] = []
  const site = await openSite(t, framework, {
    actions: { uploads: { storage: directoryStorage({ directory }) } },
    middleware: {
      session: ({ req }) => /user=(\w+)/.exec(req.headers.cookie ?? '')?.[1],
      allowedOrigins: allowed,
    },
    action: {
      files: { picture: rule },
      path: true,
      authorize: ({ request }) =>
        authorize && request.headers['x-user'] === 'stranger' ? forbidden() : undefined,
    },
    async run({ formData }) {
      const file = formData.get('picture')
      if (formData.get('title') === '') return invalid({ title: 'Enter a title' })
      if (file instanceof File) found.push(Buffer.from(await file.arrayBuffer()))
      return redirect('/thanks')
    },
    pages: {
      '/page': (view, act) => {
        const form = view.form(act)
        return {
          html: html`${form.summary()}<form ${form.attributes}>${form.fields}<input ${form.input('title')}><input ${form.input('picture')}></form>`,
        }
      },
    },
  })
  const cookie = 'user=ada'
  const client = new ResumableClient(site.port, { Cookie: cookie })
  return {
    ...site,
    directory,
    found,
    client,
    breakOff(location: string, offset: number, content: Uint8Array, announced: number) {
      const arrived = () => sizeOf(directory) === offset + content.length
      return client.breakOff(location, { offset, announced, arrived }, content)
    },
    seal: async () => (await site.fields(cookie)).sealform ?? '',
    /** Sends the form with a reference to a file. */
    async submit(kept: string, title: string) {
      const sending = site.request.post('/page').set(fromSamePage).set('Cookie', cookie)
      for (const [name, value] of Object.entries(await site.fields(cookie))) sending.field(name, value)
      return sending.field('sealform.kept.picture', kept).field('title', title)
    },
  }
}

/** The bytes of all files in a directory. */
function sizeOf(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}
