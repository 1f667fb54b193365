import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { CacheOptions } from '../../lib/cache/cache.js'
import { cachePage } from '../../lib/cache/cache.js'
import { done, redirect, type Submission } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { type CacheApp, cacheApp } from '../setup/cache-app.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'
import { until } from '../setup/patience.js'
import { TestTier } from '../setup/shared-tier.js'

interface NewsApp extends CacheApp {
  /** Opens the page with the form; `publish` sends it. */
  open(): Promise<void>
  publish(headline: string): ReturnType<CacheApp['request']['post']>
}

type Revalidate = (submission: Pick<Submission, 'revalidateTag' | 'revalidatePath'>) => unknown

/** A list of headlines that is cached as data, on pages of which /news is cached as a whole. */
async function newsApp(
  t: TestContext,
  revalidate: Revalidate,
  options: { readonly cache?: CacheOptions; readonly once?: boolean; readonly list?: string[] } = {},
): Promise<NewsApp> {
  const { list = ['first'], once = false } = options
  const app = await cacheApp(
    t,
    ({ actions, router, cache, renders }) => {
      const headlines = cache.cached(async () => [...list], { key: 'headlines', tags: ['news'] })
      const publish = actions.define('publish', {
        once,
        async run(submission) {
          const headline = String(submission.formData.get('headline'))
          list.push(headline)
          await revalidate(submission)
          if (headline === 'fail') throw new Error('failed')
          return headline.startsWith('go') ? redirect('/news') : done(headline)
        },
      })
      router.get('/', async (ctx) => {
        const form = ctx.form(publish)
        const text = (await headlines()).join(', ')
        ctx.body = html`<form ${form.attributes}>${form.fields}</form><p>${text}</p>`
      })
      router.get('/news{/*rest}', async (ctx) => {
        if (await cachePage(ctx, { tags: ['news'], query: ['page'] })) return
        renders.count++
        ctx.body = html`<p>${(await headlines()).join(', ')} of ${ctx.path}</p>`
      })
    },
    { cache: options.cache ?? {} },
  )
  let fields: Record<string, string> = {}
  return {
    ...app,
    async open() {
      const page = await app.request.get('/').expect(200)
      fields = formIn(page.text, 'publish').fields
    },
    publish: (headline) => app.request.post('/').set(fromSamePage).send(urlencoded(fields, { headline })),
  }
}

describe('an action that revalidates a tag', () => {
  it('shows the new data in its own answer and on cached pages', async (t) => {
    const app = await newsApp(t, ({ revalidateTag }) => revalidateTag('news'))
    await app.open()
    await app.request.get('/news').expect('<p>first of /news</p>')
    await app.publish('second').expect(200, /<p>first, second<\/p>/)
    await app.request.get('/news').expect('<p>first, second of /news</p>')
    await app.request.get('/news').expect('<p>first, second of /news</p>')
    assert.equal(app.renders.count, 2)
  })

  it('need not await it, because the answer waits', async (t) => {
    const tier = new TestTier()
    const reported: string[] = []
    const app = await newsApp(t, (submission) => void submission.revalidateTag('news'), {
      cache: { shared: tier, onRevalidate: () => wait(50).then(() => reported.push('reported')) },
    })
    await app.open()
    tier.delay = wait(50)
    await app.publish('second').expect(200, /first, second/)
    assert.ok(tier.calls.some((call) => call.startsWith('set v:')))
    assert.deepEqual(reported, ['reported'])
    await app.publish('go').expect(303)
    assert.deepEqual(reported, ['reported', 'reported'])
  })

  it('has revalidated before it redirects, and even when it fails afterwards', async (t) => {
    const app = await newsApp(t, (submission) => void submission.revalidateTag('news'))
    await app.open()
    await app.request.get('/news').expect(/first of/)
    await app.publish('go').expect(303)
    await app.request.get('/news').expect(/first, go of/)
    await app.publish('fail').expect(500)
    await app.request.get('/news').expect(/first, go, fail of/)
  })

  it('leaves entries with other tags', async (t) => {
    const app = await newsApp(t, (submission) => submission.revalidateTag('other'))
    await app.open()
    await app.publish('second').expect(200, /<p>first<\/p>/)
  })

  it('revalidates once in a one-time run, and every copy of the submission sees the new data', async (t) => {
    const reported: string[] = []
    const app = await newsApp(t, (submission) => void submission.revalidateTag('news'), {
      once: true,
      cache: { onRevalidate: ({ tags }) => reported.push(...tags) },
    })
    await app.open()
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.publish('second')))
    assert.ok(answers.every(({ text }) => text.includes('<p>first, second</p>')))
    assert.deepEqual(reported, ['news'])
  })

  it('is effective while a rendering with the old data is still under way', async (t) => {
    let revalidated = false
    let reads = 0
    const list = ['old']
    const { request, cache } = await cacheApp(t, ({ router, cache, renders }) => {
      const headlines = cache.cached(
        async () => {
          const found = [...list]
          if (++reads === 1) await until(() => revalidated)
          return found
        },
        { key: 'headlines', tags: ['news'] },
      )
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx, { tags: ['news'] })) return
        renders.count++
        ctx.body = html`<p>${(await headlines()).join()}</p>`
      })
    })
    const before = request.get('/news').then(({ text }) => text)
    await until(() => reads === 1)
    list[0] = 'new'
    await cache.revalidateTag('news')
    await request.get('/news').expect('<p>new</p>')
    revalidated = true
    assert.equal(await before, '<p>old</p>')
    await request.get('/news').expect('<p>new</p>')
  })

  it('reports an error of onRevalidate, and answers as usual', async (t) => {
    const app = await newsApp(t, (submission) => submission.revalidateTag('news'), {
      cache: {
        onRevalidate() {
          throw new Error('The CDN is away.')
        },
      },
    })
    await app.open()
    await app.publish('second').expect(200, /first, second/)
    assert.deepEqual(app.errors.map(String), ['Error: The CDN is away.'])
  })

  it('goes on while the shared tier is down, and reports it once', async (t) => {
    const tier = new TestTier()
    const reported: string[] = []
    const app = await newsApp(t, (submission) => submission.revalidateTag('news'), {
      cache: { shared: tier, onError: (error) => reported.push(String(error)) },
    })
    await app.open()
    tier.failure = new Error('away')
    await app.publish('second').expect(200, /first, second/)
    await app.publish('third').expect(200, /first, second, third/)
    assert.deepEqual(app.errors, [])
    assert.deepEqual(reported, ['Error: away'])
  })

  it('says how to get a cache when the app has none', async () => {
    const { request, errors } = createTestApp(({ actions, router }) => {
      const save = actions.define('save', async ({ revalidateTag }) => revalidateTag('news'))
      router.get('/', (ctx) => {
        ctx.body = html`<form ${ctx.form(save).attributes}>${ctx.form(save).fields}</form>`
      })
    })
    const page = await request.get('/')
    const { fields } = formIn(page.text, 'save')
    await request.post('/').set(fromSamePage).send(urlencoded(fields)).expect(500)
    assert.match(String(errors[0]), /revalidateTag\(\) needs a cache/)
    assert.equal((errors[0] as { code?: string }).code, 'ERR_CACHE_MISSING')
  })

  it('gets an error when the tag is not valid', async (t) => {
    const app = await newsApp(t, (submission) => submission.revalidateTag(''))
    await app.open()
    await app.publish('second').expect(500)
    assert.match(String(app.errors[0]), /a tag is a text of 1 to 256 characters, not ""/)
  })
})

describe('an action that revalidates a path', () => {
  const paths = ['/news', '/news?page=2', '/news/', '/News', '/news/2024', '/news/2024/x']
  const after = async (t: TestContext, path: string) => {
    const reported: unknown[] = []
    const app = await newsApp(t, (submission) => submission.revalidatePath(path), {
      cache: { onRevalidate: (revalidation) => reported.push(revalidation) },
    })
    await app.open()
    const before = await Promise.all(paths.map((each) => app.request.get(each)))
    assert.ok(before.every(({ status }) => status === 200))
    const { count } = app.renders
    await app.publish('second').expect(200)
    assert.deepEqual(reported, [{ tags: [], paths: [path] }])
    const again: string[] = []
    for (const each of paths) {
      const renders = app.renders.count
      await app.request.get(each).expect(200)
      if (app.renders.count > renders) again.push(each)
    }
    assert.equal(count, paths.length)
    return again
  }

  it('forgets that page, whatever its query and spelling, and no other', async (t) => {
    assert.deepEqual(await after(t, '/news'), ['/news', '/news?page=2', '/news/', '/News'])
    assert.deepEqual(await after(t, '/news/2024?x'), ['/news/2024'])
    assert.deepEqual(await after(t, '/'), [])
  })

  it('forgets a whole tree when the path ends in /*', async (t) => {
    assert.deepEqual(await after(t, '/news/*'), paths)
    assert.deepEqual(await after(t, '/news/2024/*'), ['/news/2024', '/news/2024/x'])
    assert.deepEqual(await after(t, '/*'), paths)
    assert.deepEqual(await after(t, '/new/*'), [])
  })

  it('gets an error when the path is not valid', async (t) => {
    const app = await newsApp(t, (submission) => submission.revalidatePath('https://a.example/news'))
    await app.open()
    await app.publish('second').expect(500)
    assert.match(String(app.errors[0]), /must be one of this app such as '\/news'/)
  })
})

describe('two servers that share a tier', () => {
  it('share kept entries, and drop what the other one revalidated', async (t) => {
    const tier = new TestTier()
    const list = ['first']
    const one = await newsApp(t, (submission) => submission.revalidateTag('news'), {
      cache: { shared: tier },
      list,
    })
    const other = await newsApp(t, () => undefined, { cache: { shared: tier }, list })
    await other.open()
    await one.open()
    await other.request.get('/').expect(/<p>first<\/p>/)
    await one.publish('second').expect(200, /first, second/)
    await other.request.get('/').expect(/<p>first, second<\/p>/)
    assert.equal(tier.calls.filter((call) => call.startsWith('set d')).length, 2)
  })
})
