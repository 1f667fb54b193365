import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { type Actions, createActions, invalid, redirect, type Submittable } from '../../lib/sealform.js'
import type { PageTools } from '../../middleware/page-tools.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, listen, testKey, urlencoded } from '../setup/koa-app.js'
import { requestsTo } from '../setup/requests-to.js'
import type { AnyContext } from './frameworks.js'
import { type MountingFramework, mountingFrameworks, type Part } from './mounted-app.js'

const otherKey = Buffer.from('another key of thirty-two bytes!').toString('base64')

/** A registry with one action, and what it has run. */
function registryWith(name: string, { keys = testKey, app = '', path = true } = {}) {
  const runs: string[] = []
  const actions = createActions<AnyContext>({ keys, app })
  const act = actions.define(name, {
    path,
    files: { file: {} },
    async run({ formData }) {
      const text = String(formData.get('text'))
      if (text === 'no') return invalid({ text: 'Not that' })
      const file = formData.get('file')
      runs.push(file instanceof File && file.size > 0 ? `${text} ${file.size}` : text)
      return text === 'stay' ? { said: name } : redirect(`/done?${name}`)
    },
  })
  return { actions, act, runs }
}

type TestRegistry = ReturnType<typeof registryWith>

/** Shows the forms of these actions, each with what it knows of an outcome. */
const pageOf =
  (...acts: readonly Submittable[]) =>
  (tools: PageTools) =>
    acts
      .map((act) => {
        const form = tools.form(act)
        return html`${form.summary()}<p>${act.name}: ${form.status} ${JSON.stringify(form.state ?? null)}</p>
        <form ${form.attributes}>${form.fields}<input ${form.input('text')}>${form.issue('text')}
        <input ${form.input('file', { type: 'file' })}></form>`
      })
      .join('')

async function serve(t: TestContext, framework: MountingFramework, app: Part) {
  const port = await listen(createServer(framework.listener(app)), (close) => t.after(close))
  const request = requestsTo(`http://127.0.0.1:${port}`)
  const fields = async (path: string, id: string) =>
    formIn((await request.get(path).expect(200)).text, id).fields
  const send = (path: string, own: Readonly<Record<string, string>>, text: string) =>
    request.post(path).redirects(0).set(fromSamePage).send(urlencoded(own, { text }))
  return { request, fields, send }
}

type Site = Awaited<ReturnType<typeof serve>>

/** Sends the form of an action in the ways that can end differently. */
async function assertWorks(site: Site, path: string, { act: { name }, runs }: TestRegistry): Promise<void> {
  runs.length = 0
  const refused = await site.send(path, await site.fields(path, name), 'no')
  assert.equal(refused.status, 422)
  assert.match(refused.text, new RegExp(`${name}: invalid`))
  assert.match(formIn(refused.text, name).html, /value="no"/)
  const stayed = await site.send(path, formIn(refused.text, name).fields, 'stay')
  assert.equal(stayed.status, 200)
  assert.match(stayed.text, new RegExp(`${name}: done \\{&quot;said&quot;:&quot;${name}&quot;\\}`))
  const { status, headers } = await site.send(path, formIn(stayed.text, name).fields, 'go')
  assert.deepEqual([status, headers.location], [303, `/done?${name}`])
  assert.deepEqual(runs, ['stay', 'go'])
}

/** Runs a body with a warning listener, and gives the codes of what was warned of. */
function warnings(t: TestContext): string[] {
  const codes: string[] = []
  t.mock.method(process, 'emitWarning', (_text: string, { code }: { readonly code: string }) =>
    codes.push(code),
  )
  return codes
}

function mounting(framework: MountingFramework): void {
  it('is one with itself on the app and on a part', async (t) => {
    const codes = warnings(t)
    const own = registryWith('own')
    const page = pageOf(own.act)
    const part: Part = { at: '/shop', actions: [own.actions], pages: { '/page': page } }
    const site = await serve(t, framework, {
      actions: [own.actions],
      inside: [part],
      pages: { '/page': page },
    })
    await assertWorks(site, '/shop/page', own)
    await assertWorks(site, '/page', own)
    assert.deepEqual(codes, [])
  })

  it('is one with itself beside itself', async (t) => {
    const own = registryWith('own')
    const site = await serve(t, framework, {
      actions: [own.actions, own.actions, own.actions],
      pages: { '/page': pageOf(own.act) },
    })
    await assertWorks(site, '/page', own)
  })

  it('says once that the options of the inner one are not used', async (t) => {
    const codes = warnings(t)
    const own = registryWith('own')
    const page = pageOf(own.act)
    const options = { origin: 'https://shop.example' }
    const part: Part = { at: '/shop', actions: [own.actions], options, pages: { '/page': page } }
    const site = await serve(t, framework, { actions: [own.actions], inside: [part], pages: {} })
    await assertWorks(site, '/shop/page', own)
    assert.deepEqual(codes, ['SEALFORM_MOUNTED_TWICE'])
  })

  it('works on a part alone, below the prefix that is taken off', async (t) => {
    const own = registryWith('own')
    const part: Part = { at: '/shop', actions: [own.actions], pages: { '/page': pageOf(own.act) } }
    const site = await serve(t, framework, { inside: [part], pages: { '/page': () => 'plain' } })
    await assertWorks(site, '/shop/page', own)
    const moved = await site.send('/page', await site.fields('/shop/page', 'own'), 'go')
    assert.equal(moved.status, 404)
    assert.deepEqual(own.runs, ['stay', 'go'])
  })

  it('serves its script where it is mounted, and not below the part that prints the tag', async (t) => {
    const { actions } = registryWith('act')
    const scripted = { pages: { '/page': (tools: PageTools) => html`${tools.forms.script}` } }
    const outside = await serve(t, framework, {
      actions: [actions],
      pages: {},
      inside: [{ at: '/shop', ...scripted }],
    })
    const inside = await serve(t, framework, {
      pages: {},
      inside: [{ at: '/shop', actions: [registryWith('other').actions], ...scripted }],
    })
    const pathIn = async ({ request }: Site) =>
      /src="([^"]+)"/.exec((await request.get('/shop/page').expect(200)).text)?.[1]
    assert.match((await pathIn(outside)) ?? '', /^\/sealform-client-/)
    // A plain Node server does not say what was taken off.
    const prefix = framework.name === 'node:http' ? '' : '/shop'
    assert.match((await pathIn(inside)) ?? '', new RegExp(`^${prefix}/sealform-client-`))
  })

  it('tells the pages of two mounts apart', async (t) => {
    const own = registryWith('own')
    const parts = ['/shop', '/blog'].map((at): Part => ({ at, pages: { '/page': pageOf(own.act) } }))
    const site = await serve(t, framework, { actions: [own.actions], inside: parts, pages: {} })
    const fields = await site.fields('/shop/page', 'own')
    const refused = await site.send('/blog/page', fields, 'typed')
    assert.equal(refused.status, 403)
    assert.match(refused.text, /value="typed"/)
    assert.deepEqual(own.runs, [])
    assert.equal((await site.send('/blog/page', formIn(refused.text, 'own').fields, 'typed')).status, 303)
  })

  for (const [title, options] of [
    ['with the same key', {}],
    ['of another app', { app: 'shop' }],
    ['with another key', { keys: otherKey }],
  ] as const) {
    it(`passes a submission on to an inner registry ${title}`, async (t) => {
      const codes = warnings(t)
      const outer = registryWith('outer')
      const inner = registryWith('inner', options)
      const both = pageOf(outer.act, inner.act)
      const part: Part = { at: '/shop', actions: [inner.actions], pages: { '/page': both } }
      const site = await serve(t, framework, {
        actions: [outer.actions],
        inside: [part],
        pages: { '/page': pageOf(outer.act) },
      })
      await assertWorks(site, '/shop/page', inner)
      await assertWorks(site, '/shop/page', outer)
      await assertWorks(site, '/page', outer)
      assert.deepEqual(codes, [])
    })

    it(`passes a submission on to a registry beside it ${title}`, async (t) => {
      const first = registryWith('first')
      const second = registryWith('second', options)
      const third = registryWith('third')
      const site = await serve(t, framework, {
        actions: [first.actions, second.actions, third.actions],
        pages: { '/page': pageOf(first.act, second.act, third.act) },
      })
      for (const each of [first, second, third]) await assertWorks(site, '/page', each)
    })

    it(`passes on the first submission after a start ${title}`, async (t) => {
      const app = ({ outer, inner }: Readonly<Record<'outer' | 'inner', TestRegistry>>): Part => ({
        actions: [outer.actions],
        inside: [{ at: '/shop', actions: [inner.actions], pages: { '/page': pageOf(outer.act, inner.act) } }],
        pages: {},
      })
      const registries = () => ({ outer: registryWith('outer'), inner: registryWith('inner', options) })
      const before = await serve(t, framework, app(registries()))
      const after = registries()
      const site = await serve(t, framework, app(after))
      const answer = await site.send('/shop/page', await before.fields('/shop/page', 'inner'), 'go')
      assert.deepEqual([answer.status, after.inner.runs], [303, ['go']])
    })
  }

  it('lets the guard of a part see a submission before its registry does', async (t) => {
    const outer = registryWith('outer')
    const inner = registryWith('inner')
    const part: Part = {
      at: '/admin',
      refuses: ({ headers }) => headers.cookie !== 'role=admin',
      actions: [inner.actions],
      pages: { '/page': pageOf(inner.act) },
    }
    const site = await serve(t, framework, { actions: [outer.actions], inside: [part], pages: {} })
    const page = await site.request.get('/admin/page').set('Cookie', 'role=admin')
    const { fields } = formIn(page.text, 'inner')
    const refused = await site.send('/admin/page', fields, 'go')
    assert.deepEqual([refused.status, refused.text, inner.runs], [403, 'guarded', []])
    const body = urlencoded(fields, { text: 'go' })
    const headers = { ...fromSamePage, Cookie: 'role=admin' }
    await site.request.post('/admin/page').redirects(0).set(headers).send(body).expect(303)
    assert.deepEqual(inner.runs, ['go'])
  })

  it('does not run an inner action where its registry is not mounted', async (t) => {
    const outer = registryWith('outer')
    for (const path of [true, false]) {
      const inner = registryWith('inner', { path })
      const part: Part = { at: '/shop', actions: [inner.actions], pages: { '/page': pageOf(inner.act) } }
      const site = await serve(t, framework, {
        actions: [outer.actions],
        inside: [part],
        pages: { '/page': pageOf(outer.act) },
      })
      const answer = await site.send('/page', await site.fields('/shop/page', 'inner'), 'typed')
      assert.equal(answer.status, path ? 409 : 404)
      if (path) assert.match(answer.text, /typed/)
      assert.deepEqual([inner.runs, outer.runs], [[], []])
    }
  })

  it('gives the input of a seal that does not open to the form of the inner registry', async (t) => {
    const outer = registryWith('outer')
    const inner = registryWith('inner')
    const part: Part = { at: '/shop', actions: [inner.actions], pages: { '/page': pageOf(inner.act) } }
    const site = await serve(t, framework, { actions: [outer.actions], inside: [part], pages: {} })
    const fields = await site.fields('/shop/page', 'inner')
    const refused = await site.send('/shop/page', { ...fields, sealform: 'AAAA' }, 'typed')
    assert.equal(refused.status, 400)
    assert.match(formIn(refused.text, 'inner').html, /value="typed"/)
    const again = await site.send('/shop/page', formIn(refused.text, 'inner').fields, 'go')
    assert.deepEqual([again.status, inner.runs], [303, ['go']])
  })

  it('passes on all bytes of a form with a file', async (t) => {
    const outer = registryWith('outer')
    const inner = registryWith('inner')
    const part: Part = { at: '/shop', actions: [inner.actions], pages: { '/page': pageOf(inner.act) } }
    const site = await serve(t, framework, { actions: [outer.actions], inside: [part], pages: {} })
    for (const size of [1, 20_000, 300_000]) {
      const { sealform = '' } = await site.fields('/shop/page', 'inner')
      await site.request
        .post('/shop/page')
        .redirects(0)
        .set(fromSamePage)
        .field('sealform', sealform)
        .field('text', 'with')
        .attach('file', Buffer.alloc(size, 'x'), 'x.txt')
        .expect(303)
      assert.equal(inner.runs.at(-1), `with ${size}`)
    }
  })

  it('sends a region alone, with the outcome of either registry', async (t) => {
    const outer = registryWith('outer')
    const inner = registryWith('inner')
    const both = pageOf(outer.act, inner.act)
    const page = (tools: PageTools) =>
      `<h1>Page</h1>${tools.region('box', `<div id="box">${both(tools)}</div>`)}`
    const part: Part = { at: '/shop', actions: [inner.actions], pages: { '/page': page } }
    const site = await serve(t, framework, { actions: [outer.actions], inside: [part], pages: {} })
    const visited = await site.request.get('/shop/page').set('Sealform-Region', 'box').expect(200)
    assert.match(visited.text, /^<div data-sealform-region id="box">/)
    for (const id of ['outer', 'inner']) {
      const answer = await site.request
        .post('/shop/page')
        .set({ ...fromSamePage, 'Sealform-Region': 'box' })
        .send(urlencoded(formIn(visited.text, id).fields, { text: 'no' }))
      assert.equal(answer.status, 422)
      assert.match(answer.text, new RegExp(`^<div data-sealform-region id="box">[^]*${id}: invalid`))
    }
  })

  it('ties each form to the session of its own registry', async (t) => {
    const outer = registryWith('outer')
    const inner = registryWith('inner')
    const part: Part = {
      at: '/shop',
      actions: [inner.actions],
      options: { session: ({ req }) => req.headers.cookie },
      pages: { '/page': pageOf(outer.act, inner.act) },
    }
    const site = await serve(t, framework, { actions: [outer.actions], inside: [part], pages: {} })
    const page = await site.request.get('/shop/page').set('Cookie', 'sid=1')
    assert.match(page.headers['cache-control'] ?? '', /private/)
    for (const [id, registry, status] of [
      ['inner', inner, 403],
      ['outer', outer, 303],
    ] as const) {
      const answer = await site.send('/shop/page', formIn(page.text, id).fields, 'typed')
      assert.equal(answer.status, status, id)
      assert.equal(registry.runs.length, status === 303 ? 1 : 0)
    }
  })

  it('warns of an action that two registries on one request share', async (t) => {
    const codes = warnings(t)
    const [outer, inner] = [registryWith('same'), registryWith('same')]
    const part: Part = { at: '/shop', actions: [inner.actions], pages: { '/page': pageOf(inner.act) } }
    const site = await serve(t, framework, { actions: [outer.actions], inside: [part], pages: {} })
    for (let i = 0; i < 3; i++) await site.request.get('/shop/page')
    assert.deepEqual(codes, ['SEALFORM_SAME_ACTION'])
  })

  it('refuses an action of a registry that is not mounted', async (t) => {
    t.mock.method(console, 'error', () => {})
    const [own, foreign] = [registryWith('own'), registryWith('foreign')]
    const errors: unknown[] = []
    const site = await serve(t, framework, {
      actions: [own.actions as Actions<AnyContext>],
      pages: {
        '/page': (tools) => {
          try {
            return pageOf(foreign.act)(tools)
          } catch (error) {
            errors.push(Reflect.get(Object(error), 'code'))
            return ''
          }
        },
      },
    })
    await site.request.get('/page')
    assert.deepEqual(errors, ['ERR_ACTION_UNKNOWN'])
  })
}

for (const framework of mountingFrameworks) {
  describe(`a middleware on ${framework.name}`, () => mounting(framework))
}
