import assert from 'node:assert/strict'
import { tracingChannel } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import type supertest from 'supertest'
import type { SubmissionTrace } from '../../lib/base/trace.js'
import { forbidden, invalid, redirect } from '../../lib/sealform.js'
import { fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { type AnyContext, type Framework, frameworks } from './frameworks.js'
import { type OwnMeans, ownMeansOf, rawResponse, responseOf } from './own-means.js'
import { openSite, page, type SiteOptions } from './site.js'

for (const framework of frameworks) {
  describe(`an answer of an action's own on ${framework.name}`, () => cases(framework))
}

function assertOwn(answer: supertest.Response, own: OwnMeans, title: string): void {
  assert.equal(answer.status, own.status, title)
  assert.equal(answer.headers.location, own.location, title)
  if (own.type) assert.match(answer.headers['content-type'] ?? '', own.type, title)
  assert.match(answer.headers['content-disposition'] ?? '', own.disposition ?? /^$/, title)
  if (own.text) assert.match(answer.text ?? String(answer.body), own.text, title)
}

/** Sends the form once for each means of the framework, each on a site of its own. */
async function forEachMeans(
  t: TestContext,
  framework: Framework,
  check: (
    title: string,
    own: OwnMeans,
  ) => SiteOptions & {
    readonly after?: (answer: supertest.Response, title: string) => void
  },
): Promise<void> {
  const entries = Object.entries(ownMeansOf(framework))
  await Promise.all(
    entries.map(async ([title, own]) => {
      const { after, ...options } = check(title, own)
      let pages = 0
      const site = await openSite(t, framework, {
        ...options,
        pages: {
          '/page': (view, act) => {
            pages++
            return { html: page(view, act) }
          },
        },
      })
      const answer = await site.submit()
      assertOwn(answer, own, title)
      assert.equal(pages, 1, `${title}: no page is shown after the answer`)
      assert.deepEqual(site.failures, [], title)
      after?.(answer, title)
      assert.equal((await site.request.get('/page')).status, 200, title)
    }),
  )
}

function cases(framework: Framework): void {
  it('is the answer, and takes the cookies of the submission along', async (t) => {
    await forEachMeans(t, framework, (_title, { means }) => ({
      run(submission) {
        submission.cookies.set('seen', 'yes')
        return means(submission.context)
      },
      after(answer, title) {
        assert.match(String(answer.headers['set-cookie']), /^seen=yes; /, title)
      },
    }))
  })

  it('is the answer of authorize, and the action does not run', async (t) => {
    await forEachMeans(t, framework, (title, { means }) => ({
      action: {
        authorize({ cookies, context }) {
          cookies.set('seen', 'yes')
          return means(context) as undefined
        },
      },
      run: () => assert.fail(title),
      after(answer) {
        assert.match(String(answer.headers['set-cookie']), /^seen=yes; /, title)
      },
    }))
  })

  it('is the answer of a hook before the action, which does not run', async (t) => {
    await forEachMeans(t, framework, (title, { means }) => ({
      // A hook returns nothing or an outcome.
      action: { before: async ({ submission }) => void (await means(submission.context)) },
      run: () => assert.fail(title),
    }))
  })

  it('is the answer of a hook after the action, in place of the outcome', async (t) => {
    await forEachMeans(t, framework, (_title, { means }) => ({
      action: { after: async ({ submission }) => void (await means(submission.context)) },
    }))
  })

  it('is the answer of a hook to an error, which the app does not hear of', async (t) => {
    await forEachMeans(t, framework, (_title, { means }) => ({
      action: { onError: async ({ submission }) => void (await means(submission.context)) },
      run() {
        throw new Error('the database is down')
      },
    }))
  })

  it('counts more than the outcome that is returned or thrown beside it', async (t) => {
    await forEachMeans(t, framework, (title, { means }) => ({
      async run({ context }) {
        await means(context)
        if (title === 'ctx.status') return
        if (title.includes('raw')) throw redirect('/elsewhere')
        return invalid('No')
      },
    }))
  })

  it('is what hooks and traces hear of', async (t) => {
    const traces: SubmissionTrace[] = []
    const channel = tracingChannel<SubmissionTrace>('sealform.submission')
    const heard = (trace: unknown) => void traces.push(trace as SubmissionTrace)
    channel.asyncEnd.subscribe(heard)
    t.after(() => channel.asyncEnd.unsubscribe(heard))
    const outcomes: unknown[] = []
    const site = await openSite(t, framework, {
      action: { after: ({ outcome }) => void outcomes.push({ ...outcome }) },
      run: ({ context }) => void rawResponse(context).writeHead(202).end('own'),
    })
    const answer = await site.submit()
    assert.deepEqual([answer.status, answer.text], [202, 'own'])
    assert.deepEqual(outcomes, [{ kind: 'answered', status: 202 }])
    assert.deepEqual(
      traces.map(({ outcome, status, action, repeated }) => ({ outcome, status, action, repeated })),
      [{ outcome: 'answered', status: 202, action: 'act', repeated: false }],
    )
  })

  it('is sent once: a copy of a one-time submission gets a page that says that it was done', async (t) => {
    await forEachMeans(t, framework, (_title, { means }) => ({
      action: { once: true },
      run: ({ context }) => means(context),
    }))
    const site = await openSite(t, framework, {
      action: { once: true },
      run: ({ context, cookies }) => {
        cookies.set('seen', 'yes')
        rawResponse(context).writeHead(200, { 'Content-Type': 'text/csv' }).end('own')
      },
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const send = () => site.request.post('/page').set(fromSamePage).send(body)
    const first = await send()
    assert.equal(first.text, 'own')
    for (const copy of [await send(), await send()]) {
      assert.equal(copy.status, 200)
      assert.match(copy.text, /You sent this form before, and it was done/)
      assert.match(copy.headers['content-type'] ?? '', /^text\/html/)
      assert.match(String(copy.headers['set-cookie']), /^seen=yes/)
      assert.doesNotMatch(copy.text, /<form|typed/)
    }
    assert.deepEqual(site.runs, ['b1'])
  })

  it('is not said to be done to a copy when it had a status of the 400s or 500s', async (t) => {
    const site = await openSite(t, framework, {
      action: { once: true },
      run: ({ context }) => void rawResponse(context).writeHead(400).end('own'),
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const send = () => site.request.post('/page').set(fromSamePage).send(body)
    assert.equal((await send()).status, 400)
    const copy = await send()
    assert.equal(copy.status, 409)
    assert.match(copy.text, /value="typed"/)
    assert.deepEqual(site.runs, ['b1'])
  })

  it('gives a refused one-time submission back, when a hook has answered before the action', async (t) => {
    let closed = true
    const site = await openSite(t, framework, {
      action: {
        once: true,
        before({ submission: { context } }) {
          if (closed)
            rawResponse(context as AnyContext)
              .writeHead(302, { Location: '/closed' })
              .end()
        },
      },
    })
    const body = urlencoded(await site.fields(), { text: 'typed' })
    const send = () => site.request.post('/page').redirects(0).set(fromSamePage).send(body)
    assert.equal((await send()).headers.location, '/closed')
    closed = false
    assert.equal((await send()).status, 200)
    assert.deepEqual(site.runs, ['b1'])
  })

  it('is the first one when there are two: the other is dropped, and reported once', async (t) => {
    for (const late of [false, true]) {
      let wrote = false
      const site = await openSite(t, framework, {
        run({ context }) {
          const res = late ? responseOf(context) : rawResponse(context).writeHead(202)
          const writeAgain = () => {
            res.setHeader('X-Second', 'yes')
            res.writeHead(418).write('second')
            res.end('second')
            wrote = true
          }
          if (late) setTimeout(writeAgain, 20)
          else {
            res.end('first')
            writeAgain()
          }
        },
      })
      const answer = await site.submit()
      await until(() => wrote)
      assert.equal(answer.status, late ? 200 : 202)
      assert.doesNotMatch(answer.text, /second/)
      assert.equal(answer.headers['x-second'], undefined)
      const reported = await site.failed(1)
      assert.deepEqual(
        reported.map(({ error }) => Reflect.get(Object(error), 'code')),
        ['ERR_ANSWERED_TWICE'],
      )
      assert.equal((await site.submit()).status, answer.status)
    }
  })

  it('reports a cookie that was set after the headers', async (t) => {
    const site = await openSite(t, framework, {
      run({ context, cookies }) {
        cookies.set('early', 'yes')
        rawResponse(context).writeHead(200).end('own')
        cookies.set('late', 'yes')
      },
    })
    const answer = await site.submit()
    assert.match(String(answer.headers['set-cookie']), /^early=yes; [^,]*$/)
    const [failure] = await site.failed(1)
    assert.equal(Reflect.get(Object(failure?.error), 'code'), 'ERR_COOKIE_INVALID')
  })

  it('reports the error of an action that has answered, and leaves the answer', async (t) => {
    const boom = new Error('the audit log is down')
    const site = await openSite(t, framework, {
      run({ context }) {
        rawResponse(context).writeHead(200).end('own')
        throw boom
      },
    })
    assert.equal((await site.submit()).text, 'own')
    assert.deepEqual(
      (await site.failed(1)).map(({ error }) => error),
      [boom],
    )
  })

  it('reports a stream that fails, before its first byte with 500', async (t) => {
    const boom = new Error('the disk is gone')
    for (const first of ['', 'a part']) {
      const site = await openSite(t, framework, {
        run({ context }) {
          const res = rawResponse(context)
          res.setHeader('Content-Disposition', 'attachment')
          const stream = new Readable({ read() {} })
          stream.pipe(res)
          if (first !== '') stream.push(first)
          setTimeout(() => stream.destroy(boom), 20)
        },
      })
      const answer = await site.submit().catch((error: unknown) => error)
      const status = Reflect.get(Object(answer), 'status')
      assert.equal(status, first === '' ? 500 : undefined)
      assert.deepEqual(
        (await site.failed(1)).map(({ error }) => error),
        [boom],
      )
      assert.equal((await site.request.get('/page')).status, 200)
    }
  })

  it('has not answered when Node refuses to write before anything is sent', async (t) => {
    const refused: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
      'a number at the end': (res) => Reflect.apply(res.end, res, [5]),
      'an object': (res) => Reflect.apply(res.write, res, [{}]),
      'a status that no answer has': (res) => res.writeHead(1000),
      'a bad header': (res) => res.writeHead(200, { 'X-Own': 'a\nb' }),
      'a bad status at the end': (res) => Object.assign(res, { statusCode: 99 }).end('own'),
    }
    for (const [title, write] of Object.entries(refused)) {
      const site = await openSite(t, framework, {
        run({ context, cookies }) {
          cookies.set('lost', 'yes')
          write(rawResponse(context))
        },
      })
      const answer = await site.submit()
      assert.equal(answer.status, 500, title)
      assert.match(answer.text, /<form id="act"[\s\S]*value="typed"/, title)
      assert.equal(answer.headers['set-cookie'], undefined, title)
      assert.equal((await site.failed(1)).length, 1, title)
    }
  })

  it('closes the connection when Node refuses the end of an answer that was begun', async (t) => {
    const site = await openSite(t, framework, {
      run({ context }) {
        const res = Object.assign(rawResponse(context), { strictContentLength: true })
        res.setHeader('Content-Length', 30)
        res.write('a part')
        res.end()
      },
    })
    const answer = await site.submit().catch((error: unknown) => error)
    assert.equal(Reflect.get(Object(answer), 'status'), undefined)
    assert.equal((await site.failed(1)).length, 1)
  })

  it('survives a stream of what no response can send, and destroys it', async (t) => {
    const strange: Readonly<Record<string, (res: ServerResponse) => Readable>> = {
      objects: () => Readable.from([{ a: 1 }, { a: 2 }]),
      'objects after a text': () => Readable.from(['text', { a: 1 }]),
      'texts after a bad status': (res) => {
        res.statusCode = 99
        return Readable.from(['text', 'text'])
      },
    }
    for (const [title, streamFor] of Object.entries(strange)) {
      const streams: Readable[] = []
      const site = await openSite(t, framework, {
        run({ context }) {
          const res = rawResponse(context)
          const stream = streamFor(res)
          streams.push(stream)
          stream.pipe(res)
        },
      })
      const answer = await site.submit().catch((error: unknown) => error)
      const status = Reflect.get(Object(answer), 'status')
      assert.equal(status, title === 'objects after a text' ? undefined : 500, title)
      await until(() => streams[0]?.destroyed === true)
      assert.equal((await site.failed(1)).length, 1, title)
      assert.equal((await site.request.get('/page')).status, 200, title)
    }
  })

  it('reports several headers that are set at once after the answer', async (t) => {
    let wrote = false
    const site = await openSite(t, framework, {
      run({ context }) {
        const res = responseOf(context)
        setTimeout(() => {
          res.setHeaders(new Map([['X-Second', 'yes']]))
          wrote = true
        }, 20)
      },
    })
    assert.equal((await site.submit()).status, 200)
    await until(() => wrote)
    assert.deepEqual(
      (await site.failed(1)).map(({ error }) => Reflect.get(Object(error), 'code')),
      ['ERR_ANSWERED_TWICE'],
    )
  })

  it('drops several headers that are set at once after an error was reported', async (t) => {
    let wrote = false
    const boom = new Error('the database is down')
    const site = await openSite(t, framework, {
      run({ context }) {
        const res = responseOf(context)
        res.once('close', () => {
          setTimeout(() => {
            res.setHeaders(new Map([['X-Second', 'yes']]))
            wrote = true
          }, 20)
        })
        throw boom
      },
    })
    assert.equal((await site.submit()).status, 500)
    await until(() => wrote)
    assert.equal((await site.failed(1))[0]?.error, boom)
  })

  it('leaves nothing behind for the page when only headers were set', async (t) => {
    const site = await openSite(t, framework, {
      run({ context, formData }) {
        const res = responseOf(context)
        res.setHeader('Content-Type', 'text/csv')
        res.setHeader('Content-Disposition', 'attachment; filename="rows.csv"')
        res.setHeader('X-Own', 'yes')
        if (formData.get('text') === 'throw') throw new Error('the database is down')
        return formData.get('text') === 'go' ? redirect('/next') : forbidden()
      },
    })
    for (const [text, status] of [
      ['typed', 403],
      ['go', 303],
      ['throw', 500],
    ] as const) {
      const answer = await site.submit({ text })
      assert.equal(answer.status, status)
      assert.equal(answer.headers['content-disposition'], undefined)
      assert.doesNotMatch(answer.headers['content-type'] ?? '', /csv/)
      assert.equal(answer.headers['x-own'], 'yes')
      if (status !== 303) assert.match(answer.text, /<form id="act"/)
    }
  })

  it('gives way to the page with the input when the action throws before anything is sent', async (t) => {
    // Koa sends after the action has run. The others have sent by then.
    const unsent = Object.entries(ownMeansOf(framework)).filter(([title]) => title.startsWith('ctx.'))
    for (const [title, own] of unsent) {
      const site = await openSite(t, framework, {
        async run({ context }) {
          await own.means(context)
          throw new Error('the database is down')
        },
      })
      const answer = await site.submit()
      assert.equal(answer.status, 500, title)
      assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
      assert.equal(answer.headers.location, undefined)
      assert.match(answer.text, /<form id="act"[\s\S]*value="typed"/)
      assert.equal((await site.failed(1)).length, 1)
    }
  })
}
