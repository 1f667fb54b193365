import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import type supertest from 'supertest'
import { forbidden, invalid, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { requestText, talk } from '../setup/raw-http.js'
import { type Framework, frameworks, type View } from './frameworks.js'
import { openSite, page, type Site, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`what a page leaves behind on ${framework.name}`, () => cases(framework))
}

type Pages = NonNullable<SiteOptions['pages']>

const other = '<p>something else</p>'
const packageFile = join(import.meta.dirname, '..', '..', '..', 'package.json')

/** Filler of so many times 32 KiB: more than 1 MiB from 33 on. */
function pieces(count: number): string[] {
  return Array.from({ length: count }, () => '.'.repeat(32 * 1024))
}

/** Pages that are run to show an outcome, by what they do. */
const pages = {
  '/form': (view, act) => ({ html: page(view, act) }),
  '/form-201-location': (view, act) => ({
    html: page(view, act),
    status: 201,
    headers: { Location: '/new' },
  }),
  '/form-404': (view, act) => ({ html: page(view, act), status: 404 }),
  '/form-401': (view, act) => ({ html: page(view, act), status: 401 }),
  '/form-410': (view, act) => ({ html: page(view, act), status: 410 }),
  '/form-422': (view, act) => ({ html: page(view, act), status: 422 }),
  '/form-500': (view, act) => ({ html: page(view, act), status: 500 }),
  '/form-503': (view, act) => ({ html: page(view, act), status: 503 }),
  '/form-302': (view, act) => ({ html: page(view, act), status: 302, headers: { Location: '/away' } }),
  '/form-302-no-location': (view, act) => ({ html: page(view, act), status: 302 }),
  '/form-not-printed': (view, act) => {
    view.form(act)
    return { html: other }
  },
  '/form-not-sent': (view, act) => {
    String(page(view, act))
    return { html: other }
  },
  '/form-not-sent-503': (view, act) => {
    String(page(view, act))
    return { html: other, status: 503 }
  },
  '/form-not-sent-json': (view, act) => {
    String(page(view, act))
    return { json: { some: 'thing' } }
  },
  '/form-not-sent-file': (view, act) => {
    String(page(view, act))
    return { html: createReadStream(packageFile), headers: { 'Content-Disposition': 'attachment' } }
  },
  '/form-not-sent-large': (view, act) => {
    String(page(view, act))
    return { html: Readable.from(pieces(40)) }
  },
  '/no-form': () => ({ html: other }),
  '/stream': (view, act) => ({ html: Readable.from([page(view, act).toString()]) }),
  '/stream-lazy': (view, act) => ({
    html: Readable.from(
      (function* () {
        yield '<!doctype html>'
        yield String(page(view, act))
      })(),
    ),
  }),
  '/stream-lazy-503': (view, act) => ({
    html: Readable.from(
      (async function* () {
        yield String(page(view, act))
      })(),
    ),
    status: 503,
  }),
  '/stream-large': (view, act) => ({
    html: Readable.from(
      (function* () {
        yield String(page(view, act))
        yield* pieces(60)
      })(),
    ),
  }),
  '/text-large': (view, act) => ({ html: [...pieces(60), page(view, act)].join('') }),
  '/stream-fails': () => ({
    html: Readable.from(
      (function* () {
        yield other
        throw new Error('the template broke')
      })(),
    ),
  }),
  '/stream-no-form': () => ({ html: Readable.from([other]) }),
  '/json': () => ({ json: { some: 'thing' } }),
  '/json-form': (view, act) => {
    const form = view.form(act)
    return { json: { fields: String(form.fields), text: form.value('text') } }
  },
  '/json-unprinted': (view, act) => ({ json: { text: view.form(act).value('text') } }),
  '/file-unprinted': (view, act) => {
    view.form(act)
    return { html: createReadStream(packageFile), headers: { 'Content-Disposition': 'attachment' } }
  },
  '/301': () => ({ to: '/away', status: 301 }),
  '/302': () => ({ to: '/away', status: 302 }),
  '/302-json': () => ({ json: { some: 'thing' }, status: 302, headers: { Location: '/away' } }),
  '/303': () => ({ to: '/away', status: 303 }),
  '/307': () => ({ to: '/away', status: 307 }),
  '/302-no-location': () => ({ html: other, status: 302 }),
  '/304': () => ({ html: '', status: 304 }),
  '/401': () => ({ html: other, status: 401 }),
  '/403': () => ({ html: other, status: 403 }),
  '/404': () => ({ html: other, status: 404 }),
  '/404-json': () => ({ json: { some: 'thing' }, status: 404 }),
  '/410': () => ({ html: other, status: 410 }),
  '/422': () => ({ html: other, status: 422 }),
  '/500': () => ({ html: other, status: 500 }),
  '/503': () => ({ html: other, status: 503 }),
  '/nothing': () => undefined,
  '/empty': () => ({ html: '' }),
  '/204': () => ({ html: '', status: 204 }),
  '/throws': () => {
    throw new Error('the template broke')
  },
  '/rejects': async () => {
    await new Promise((resolve) => setImmediate(resolve))
    throw new Error('the template broke')
  },
  '/throws-404': () => {
    throw Object.assign(new Error('gone'), { status: 404 })
  },
} satisfies Pages

type Path = keyof typeof pages

interface Expected {
  /** What the visitor gets when the submission is invalid or refused, or its action fails. */
  readonly otherwise: 'page' | 'built-in' | 'built-in with a link'
  /** The status and what the visitor gets when the action is done. */
  readonly done: string
}

/** All frameworks behave the same. docs/decisions/answer-policy.md gives the reasons. */
const expected: Readonly<Record<Path, Expected>> = {
  '/form': { otherwise: 'page', done: '200 page' },
  '/form-201-location': { otherwise: 'page', done: '200 page' },
  '/form-401': { otherwise: 'page', done: '200 page' },
  '/form-404': { otherwise: 'page', done: '200 page' },
  '/form-410': { otherwise: 'page', done: '200 page' },
  '/form-422': { otherwise: 'page', done: '200 page' },
  '/form-500': { otherwise: 'page', done: '200 page' },
  '/form-503': { otherwise: 'page', done: '200 page' },
  '/form-302': { otherwise: 'built-in with a link', done: '303 to /away' },
  '/form-302-no-location': { otherwise: 'page', done: '200 page' },
  '/form-not-sent': { otherwise: 'built-in', done: '200 page' },
  '/form-not-sent-503': { otherwise: 'built-in', done: '500 built-in: received, reference' },
  '/form-not-sent-json': { otherwise: 'built-in', done: '200 page' },
  '/form-not-sent-file': { otherwise: 'built-in', done: '200 page' },
  '/form-not-sent-large': { otherwise: 'built-in', done: '200 page' },
  '/form-not-printed': { otherwise: 'built-in', done: '200 page' },
  '/no-form': { otherwise: 'built-in', done: '200 built-in' },
  '/stream': { otherwise: 'page', done: '200 page' },
  '/stream-lazy': { otherwise: 'page', done: '200 page' },
  '/stream-lazy-503': { otherwise: 'page', done: '200 page' },
  '/stream-large': { otherwise: 'page', done: '200 page' },
  '/text-large': { otherwise: 'page', done: '200 page' },
  '/stream-fails': { otherwise: 'built-in', done: '500 built-in: received, reference' },
  '/stream-no-form': { otherwise: 'built-in', done: '200 built-in' },
  '/json': { otherwise: 'built-in', done: '200 built-in' },
  '/json-form': { otherwise: 'page', done: '200 page' },
  '/json-unprinted': { otherwise: 'page', done: '200 page' },
  '/file-unprinted': { otherwise: 'built-in', done: '200 page' },
  '/301': { otherwise: 'built-in', done: '200 built-in' },
  '/302': { otherwise: 'built-in', done: '200 built-in' },
  '/302-json': { otherwise: 'built-in', done: '200 built-in' },
  '/303': { otherwise: 'built-in', done: '200 built-in' },
  '/307': { otherwise: 'built-in', done: '200 built-in' },
  '/302-no-location': { otherwise: 'built-in', done: '200 built-in' },
  '/304': { otherwise: 'built-in', done: '200 built-in' },
  '/401': { otherwise: 'built-in', done: '200 built-in' },
  '/403': { otherwise: 'built-in', done: '200 built-in' },
  '/404': { otherwise: 'built-in', done: '200 built-in' },
  '/404-json': { otherwise: 'built-in', done: '200 built-in' },
  '/410': { otherwise: 'built-in', done: '200 built-in' },
  '/422': { otherwise: 'built-in', done: '200 built-in' },
  '/500': { otherwise: 'built-in', done: '500 built-in: received, reference' },
  '/503': { otherwise: 'built-in', done: '500 built-in: received, reference' },
  '/nothing': { otherwise: 'built-in', done: '200 built-in' },
  '/empty': { otherwise: 'built-in', done: '200 built-in' },
  '/204': { otherwise: 'built-in', done: '200 built-in' },
  '/throws': { otherwise: 'built-in', done: '500 built-in: received, reference' },
  '/rejects': { otherwise: 'built-in', done: '500 built-in: received, reference' },
  '/throws-404': { otherwise: 'built-in', done: '200 built-in' },
}

const paths = Object.keys(expected) as Path[]

/** Sends the form of `/page` to each of the pages, and describes the results. */
async function answersOf(
  t: TestContext,
  framework: Framework,
  options: SiteOptions & { readonly fields?: (site: Site) => Promise<Record<string, string>> },
): Promise<Readonly<Record<Path, string>>> {
  // The adapter for plain servers prints the reference of a failed page on the console.
  t.mock.method(console, 'error', () => {})
  const { fields = (site: Site) => site.fields(), ...ownOptions } = options
  const site = await openSite(t, framework, { pages, ...ownOptions })
  const body = urlencoded(await fields(site), { text: 'typed' })
  const answers: Partial<Record<Path, string>> = {}
  for (const path of paths) {
    const before = site.runs.length
    const answer = await site.request.post(path).set(fromSamePage).redirects(0).send(body)
    const ran = site.runs.length - before
    answers[path] = `${inWords(answer)}, ${answer.headers['cache-control']}, ran ${ran}`
  }
  return answers as Record<Path, string>
}

function inWords(answer: supertest.Response): string {
  const { status, headers, text } = answer
  if (status === 303) return `303 to ${headers.location}${text === '' ? '' : ' with a body'}`
  const isBuiltIn = text.includes('<meta name="robots" content="noindex">')
  const kind = isBuiltIn && text.includes('<a href="/away">') ? 'built-in with a link' : 'built-in'
  const said = [/was received/, /Reference: [0-9A-Z]{4}-[0-9A-Z]{4}/].map((words) => words.test(text))
  const words = said.every(Boolean) ? ': received, reference' : ''
  const location = isBuiltIn && headers.location !== undefined ? ` at ${headers.location}` : ''
  return `${status} ${isBuiltIn ? kind + words : 'page'}${location}${text.includes('typed') ? ' with the input' : ''}`
}

/** All pages in one comparison, so that a failure shows what else has changed. */
function assertAnswers(
  answers: Readonly<Record<Path, string>>,
  expectedOf: (expected: Expected) => string,
): void {
  const all = Object.fromEntries(paths.map((path) => [path, expectedOf(expected[path])]))
  assert.deepEqual(answers, all)
}

function cases(framework: Framework): void {
  it('does not matter for a redirect, which runs no page', async (t) => {
    const answers = await answersOf(t, framework, { run: () => redirect('/next') })
    assertAnswers(answers, () => '303 to /next, no-store, ran 1')
  })

  it('does not lose invalid input, nor its status', async (t) => {
    const answers = await answersOf(t, framework, { run: () => invalid({ text: 'Not that' }) })
    assertAnswers(answers, ({ otherwise }) => `422 ${otherwise} with the input, private, no-cache, ran 1`)
  })

  it('does not lose the input of a form that has expired, nor its status', async (t) => {
    const answers = await answersOf(t, framework, {
      action: { ttl: 60 },
      async fields(site) {
        t.mock.timers.enable({ apis: ['Date'], now: Date.now() - 400_000 })
        const fields = await site.fields()
        t.mock.timers.reset()
        return fields
      },
    })
    assertAnswers(answers, ({ otherwise }) => `409 ${otherwise} with the input, private, no-cache, ran 0`)
  })

  it('does not lose the input that authorize refused, nor the status', async (t) => {
    const answers = await answersOf(t, framework, { action: { authorize: () => forbidden() } })
    assertAnswers(answers, ({ otherwise }) => `403 ${otherwise} with the input, private, no-cache, ran 0`)
  })

  it('does not lose the input that an action refused, nor the status', async (t) => {
    const answers = await answersOf(t, framework, { run: () => forbidden() })
    assertAnswers(answers, ({ otherwise }) => `403 ${otherwise} with the input, private, no-cache, ran 1`)
  })

  it('does not lose the input of an action that failed, nor the status', async (t) => {
    const run = () => {
      throw new Error('the database is down')
    }
    const answers = await answersOf(t, framework, { run })
    assertAnswers(answers, ({ otherwise }) => `500 ${otherwise} with the input, private, no-cache, ran 1`)
  })

  it('decides the answer after an action is done', async (t) => {
    const answers = await answersOf(t, framework, { run: () => undefined })
    assertAnswers(answers, ({ done }) => {
      // Such a page shows the input to copy.
      const input = done.includes('reference') ? ' with the input' : ''
      const stored = done.startsWith('303') ? 'no-store' : 'private, no-cache'
      return `${done}${input}, ${stored}, ran 1`
    })
  })

  it('is held up to one mebibyte, so that a form is known that is made until then', async (t) => {
    const site = await openSite(t, framework, {
      run: () => invalid('No'),
      pages: Object.fromEntries(
        [-1, 0, 1].map((more) => [
          `/filler${more}`,
          (view, act) => ({
            html: Readable.from(
              (function* () {
                yield '.'.repeat(1024 * 1024 + more)
                yield String(page(view, act))
                yield '.'.repeat(1024 * 1024)
              })(),
            ),
          }),
        ]),
      ),
    })
    const words: string[] = []
    for (const path of ['/filler-1', '/filler0', '/filler1'])
      words.push(inWords(await site.submit({}, { path })))
    assert.deepEqual(words, [
      '422 page with the input',
      '422 page with the input',
      '422 built-in with the input',
    ])
  })

  it('is read no further when the visitor has left, and nothing is reported', async (t) => {
    let source: Readable | undefined
    const site = await openSite(t, framework, {
      run: () => invalid('No'),
      pages: {
        '/endless': () => {
          source = new Readable({ read() {} })
          source.push(other)
          return { html: source }
        },
      },
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const request = requestText(
      'POST /endless HTTP/1.1',
      [
        ['Host', `127.0.0.1:${site.port}`],
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ...Object.entries(fromSamePage),
      ],
      body,
    )
    await talk(site.port, [request, () => source !== undefined], { ending: 'reset' })
    if (framework.name.startsWith('Koa')) await until(() => source?.destroyed)
    assert.equal((await site.submit()).status, 422)
    assert.deepEqual(site.failures, [])
  })

  it('is what an action is done on, also when its page has no form of the action any more', async (t) => {
    const rows = new Set(['b1'])
    const site = await openSite(t, framework, {
      run: (_submission, row) => void rows.delete(row),
      action: { path: true },
      pages: {
        '/rows': (view, act) => ({
          html: html`<h1>${rows.size} rows</h1>${[...rows].map(() => page(view, act))}`,
        }),
      },
    })
    const { fields } = formIn((await site.request.get('/rows')).text, 'act')
    const answer = await site.request.post('/rows').set(fromSamePage).send(urlencoded(fields))
    assert.equal(answer.status, 200)
    assert.match(answer.text, /<h1>0 rows<\/h1>/)
  })

  it('is shown after an action of another row is done, when it has a form of that action', async (t) => {
    const rows = new Set(['b1', 'b2'])
    const site = await openSite(t, framework, {
      run: (_submission, row) => void rows.delete(row),
      pages: {
        '/rows': (view, act) => ({ html: html`<h1>${rows.size} rows</h1>${page(view, act)}` }),
      },
    })
    const answer = await site.submit({}, { path: '/rows' })
    assert.equal(answer.status, 200)
    assert.match(answer.text, /<h1>1 rows<\/h1>/)
  })

  it('keeps the input where the page sends what another visitor was shown in the same second', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const made: string[] = []
    const site = await openSite(t, framework, {
      run: ({ formData }) => invalid(String(formData.get('text'))),
      pages: {
        '/kept': (view, act) => {
          made.push(String(page(view, act)))
          return { html: made[Number(view.req.headers.kept ?? made.length - 1)] ?? '' }
        },
      },
    })
    await site.request.get('/kept').expect(200)
    const first = await site.submit({ text: 'of another' }, { path: '/kept' })
    assert.equal(inWords(first), '422 page')
    for (const kept of ['0', '1']) {
      const answer = await site.submit({ text: 'mine, typed' }, { path: '/kept', headers: { kept } })
      assert.equal(inWords(answer), '422 built-in with the input', kept)
      assert.match(answer.text, /mine, typed/)
    }
  })

  it('stays behind a guard for GET alone that comes before, after any form of another page', async (t) => {
    let started = 0
    const site = await openSite(t, framework, {
      run: ({ formData }) => (formData.get('text') === 'no, typed' ? invalid('No') : undefined),
      define: (actions) => ({ bound: actions.define('bound', async () => {}) }),
      pages: {
        '/': (view, _act, { bound }) => ({ html: page(view, bound!) }),
        '/admin': () => {
          started++
          return { html: '<p>for administrators</p>' }
        },
        '/admin/export': () => {
          started++
          return { to: 'https://files.example/export?token=for-administrators' }
        },
      },
      async before(req, res) {
        if (req.method !== 'GET' || !req.url?.startsWith('/admin')) return undefined
        res.writeHead(302, { Location: '/sign-in' }).end()
        return 'stop'
      },
    })
    const { fields } = formIn((await site.request.get('/')).text, 'bound')
    const post = (path: string, sent: Readonly<Record<string, string>>) =>
      site.request.post(path).redirects(0).set(fromSamePage).send(urlencoded(sent))
    for (const path of ['/admin', '/admin/export']) {
      const bound = await post(path, { ...fields, text: 'typed' })
      const free = await site.submit({}, { path })
      const wrong = await site.submit({ text: 'no, typed' }, { path })
      const forged = await post(path, { ...fields, sealform: 'x' })
      const answers = [bound, free, wrong, forged]
      assert.deepEqual(
        answers.map(inWords),
        ['403 built-in with the input', '200 built-in', '422 built-in with the input', '400 built-in'],
        path,
      )
      for (const { text, headers } of answers) {
        assert.doesNotMatch(text, /administrators/)
        assert.equal(headers.location, undefined)
      }
      assert.equal((await site.request.get(path).redirects(0)).status, 302)
    }
    assert.deepEqual([started, site.runs], [8, ['b1', 'b1', 'b1', 'b1']])
  })

  it('does not start for a request of foreign origin', async (t) => {
    const started: string[] = []
    const site = await openSite(t, framework, {
      pages: {
        '/counted': (view, act) => {
          started.push(view.req.method ?? '')
          return { html: page(view, act) }
        },
      },
    })
    const answer = await site.request
      .post('/counted')
      .set('Origin', 'http://evil.example')
      .send(urlencoded(await site.fields(), { text: 'typed' }))
    assert.equal(`${inWords(answer)}, ${answer.headers['cache-control']}`, '403 built-in, no-store')
    assert.deepEqual([started, site.runs], [[], []])
  })

  it('is the answer when the page sent it past the library, even if it throws afterwards', async (t) => {
    const boom = new Error('after the answer')
    const past = ({ res }: View): 'sent' => {
      ServerResponse.prototype.writeHead.call(res, 202, { 'Content-Type': 'text/plain' })
      ServerResponse.prototype.end.call(res, 'past the library', 'utf8')
      return 'sent'
    }
    const site = await openSite(t, framework, {
      run: () => invalid({ text: 'Not that' }),
      pages: {
        '/past': past,
        '/past-throws': (view) => {
          past(view)
          throw boom
        },
      },
    })
    for (const path of ['/past', '/past-throws']) {
      const answer = await site.submit({}, { path })
      assert.deepEqual([answer.status, answer.text], [202, 'past the library'], path)
    }
    const errors = (await site.failed(1)).map(({ error }) => error)
    assert.deepEqual(errors, [boom])
    assert.equal((await site.submit()).status, 422, 'the server goes on')
  })

  it('loses its validators when it shows an outcome, and its content headers when another body is sent', async (t) => {
    const headers = {
      ETag: '"x"',
      'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'Content-Disposition': 'attachment',
      'Content-Encoding': 'identity',
      'X-Page': 'yes',
    }
    const site = await openSite(t, framework, {
      run: ({ formData }) => (formData.get('text') === 'done' ? undefined : invalid('No')),
      pages: {
        '/shown': (view, act) => ({ html: page(view, act), headers }),
        '/replaced': () => ({ html: other, headers }),
        '/moved': (view, act) => {
          view.form(act)
          return { html: other, status: 302, headers: { ...headers, Location: '/away' } }
        },
      },
    })
    const shown = await site.submit({}, { path: '/shown' })
    const region = await site.submit({}, { path: '/shown', headers: { 'Sealform-Region': 'box' } })
    const visited = await site.request.get('/shown').set('Sealform-Region', 'box')
    const replaced = await site.submit({}, { path: '/replaced' })
    const moved = await site.submit({ text: 'done' }, { path: '/moved' })
    assert.deepEqual([shown.status, region.status, visited.status], [422, 422, 200])
    assert.deepEqual([replaced.status, moved.status], [422, 303])
    for (const answer of [shown, region, visited, replaced, moved]) {
      assert.equal(answer.headers['x-page'], 'yes')
      assert.deepEqual([answer.headers.etag, answer.headers['last-modified']], [undefined, undefined])
    }
    assert.equal(shown.headers['content-disposition'], 'attachment')
    for (const answer of [region, visited, replaced, moved]) {
      const { 'content-disposition': disposition, 'content-encoding': encoding } = answer.headers
      assert.deepEqual([disposition, encoding], [undefined, undefined])
    }
  })

  it('keeps Retry-After while the store is down, whatever the page does', async (t) => {
    const down = () => Promise.reject(new Error('no connection'))
    const store = { claim: down, renew: down, settle: down, release: down, outcome: down }
    const site = await openSite(t, framework, {
      actions: { store },
      action: { once: true },
      pages: {
        ...pages,
        '/own': (view, act) => ({ html: page(view, act), headers: { 'Retry-After': '77' } }),
      },
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const after: string[] = []
    for (const path of ['/form', '/throws', '/404', '/nothing', '/own']) {
      const answer = await site.request.post(path).set(fromSamePage).send(body)
      after.push(`${answer.status} ${answer.headers['retry-after']}`)
    }
    assert.deepEqual(after, ['503 5', '503 5', '503 5', '503 5', '503 77'])
  })
}
