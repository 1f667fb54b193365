import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { cachePage } from '../../lib/cache/cache.js'
import { flash, redirect } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { bytes, type CacheApp, cacheApp, newsApp, type PageContext } from '../setup/cache-app.js'
import { formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

type Action = Parameters<PageContext['form']>[0]

describe('a page that is never kept', () => {
  it('has another status than 200', async (t) => {
    await rendersTwice(
      await newsApp(t, (ctx) => {
        ctx.status = 404
      }),
      404,
    )
  })

  it('is a stream', async (t) => {
    await rendersTwice(
      await newsApp(t, (ctx) => {
        ctx.type = 'html'
        ctx.body = Readable.from(['<p>a</p>'])
      }),
    )
  })

  it('is not HTML or text', async (t) => {
    await rendersTwice(await newsApp(t, () => ({ a: 1 })))
    await rendersTwice(
      await newsApp(t, (ctx) => {
        ctx.type = 'image/png'
        return Buffer.from('a')
      }),
    )
  })

  it('sets a cookie', async (t) => {
    await rendersTwice(
      await newsApp(t, (ctx) => {
        ctx.cookies.set('a', 'b')
      }),
    )
  })

  it('gets a cookie from outer middleware', async (t) => {
    const { request, renders } = await cacheApp(t, ({ app, router, renders }) => {
      app.middleware.unshift(async (ctx, next) => {
        await next()
        ctx.cookies.set('session', String(renders.count))
      })
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        ctx.body = `<p>${++renders.count}</p>`
      })
    })
    await request.get('/news').expect('<p>1</p>')
    await request.get('/news').expect('<p>2</p>')
    assert.equal(renders.count, 2)
  })

  it('is declared private or no-store by the app, before or after', async (t) => {
    for (const value of ['private', 'no-store', 'max-age=5, Private']) {
      await rendersTwice(await newsApp(t, (ctx) => ctx.set('Cache-Control', value)))
    }
    const { request, renders } = await cacheApp(t, ({ app, router, renders }) => {
      app.middleware.unshift(async (ctx, next) => {
        await next()
        ctx.set('Cache-Control', 'no-store')
      })
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        ctx.body = `<p>${++renders.count}</p>`
      })
    })
    await request.get('/news')
    await request.get('/news')
    assert.equal(renders.count, 2)
  })

  it('gets another status from outer middleware', async (t) => {
    const { request, renders } = await cacheApp(t, ({ app, router, renders }) => {
      app.middleware.unshift(async (ctx, next) => {
        await next()
        ctx.status = 503
      })
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        ctx.body = `<p>${++renders.count}</p>`
      })
    })
    await request.get('/news').expect(503, '<p>1</p>')
    await request.get('/news').expect(503, '<p>2</p>')
    assert.equal(renders.count, 2)
  })

  it('answers a method other than GET and HEAD, which also gets no kept page', async (t) => {
    const { request, renders } = await cacheApp(t, ({ router, renders }) => {
      router.all('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        ctx.body = `<p>${ctx.method} ${++renders.count}</p>`
      })
    })
    const put = await request.put('/news').expect('<p>PUT 1</p>')
    assert.equal(put.headers['cache-control'], undefined)
    await request.get('/news').expect('<p>GET 2</p>')
    await request.post('/news').expect('<p>POST 3</p>')
    await request.get('/news').expect('<p>GET 2</p>')
    assert.equal(renders.count, 3)
  })

  it('is encoded', async (t) => {
    await rendersTwice(await newsApp(t, (ctx) => ctx.set('Content-Encoding', 'identity')), undefined)
  })

  it('varies by a header that the page did not declare', async (t) => {
    await rendersTwice(await newsApp(t, (ctx) => ctx.vary('Accept-Language')))
    await rendersTwice(await newsApp(t, (ctx) => ctx.vary('Cookie')))
    await rendersTwice(await newsApp(t, (ctx) => ctx.vary('*')))
  })

  it('holds the nonce of a content security policy', async (t) => {
    await rendersTwice(
      await newsApp(t, (ctx) => ctx.set('Content-Security-Policy', "script-src 'nonce-abc'")),
    )
  })

  it('has the seal of an action that runs once', async (t) => {
    let defined: Action | undefined
    await rendersTwice(
      await newsApp(t, (ctx, { actions }) => {
        defined ??= actions.define('order', { once: true, run: () => redirect('/') })
        const form = ctx.form(defined)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form>`
      }),
    )
  })

  it('has a button with the seal of an action that runs once', async (t) => {
    await rendersTwice(
      await cacheApp(t, ({ actions, router, renders }) => {
        const plain = actions.define('plain', async () => redirect('/'))
        const once = actions.define('order', { once: true, run: () => redirect('/') })
        router.get('/news', async (ctx) => {
          if (await cachePage(ctx)) return
          renders.count++
          const form = ctx.form(plain)
          ctx.body = html`<form ${form.attributes}>${form.fields}<button ${form.submit(once)}>B</button></form>`
        })
      }),
    )
  })

  it('is for a visitor with a session, who also gets no kept page', async (t) => {
    let user: string | undefined
    const { request, renders } = await newsApp(t, undefined, { session: () => user })
    await request.get('/news').expect('<p>rendering 1</p>')
    user = 'ann'
    const own = await request.get('/news').expect('<p>rendering 2</p>')
    assert.equal(own.headers['cache-control'], 'private, no-cache')
    user = undefined
    await request.get('/news').expect('<p>rendering 1</p>')
    assert.equal(renders.count, 2)
  })

  it('begins a session while it is made', async (t) => {
    let user: string | undefined
    await rendersTwice(
      await newsApp(
        t,
        () => {
          user = 'ann'
        },
        { session: () => user },
      ),
      200,
      () => {
        user = undefined
      },
    )
  })

  it('has a seal that is bound to a session that has ended', async (t) => {
    let user: string | undefined
    let action: Action | undefined
    await rendersTwice(
      await newsApp(
        t,
        (ctx, { actions }) => {
          action ??= actions.define('a', async () => redirect('/'))
          user = 'ann'
          ctx.body = html`<form>${ctx.form(action).fields}</form>`
          user = undefined
        },
        { session: () => user },
      ),
    )
  })

  it('is requested with credentials in Authorization', async (t) => {
    const { request, renders } = await newsApp(t)
    await request.get('/news')
    await request.get('/news').set('Authorization', 'Basic YTpi').expect('<p>rendering 2</p>')
    await request.get('/news').expect('<p>rendering 1</p>')
    assert.equal(renders.count, 2)
  })

  it('shows a flash, and a visitor with a flash gets no kept page', async (t) => {
    const { request, renders } = await cacheApp(t, ({ actions, router, renders }) => {
      const save = actions.define('save', async () => flash('Saved', '/news'))
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx)) return
        renders.count++
        const form = ctx.form(save)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form><p>${String(form.state ?? 'nothing')}</p>`
      })
    })
    const page = await request.get('/news').expect(/nothing/)
    const saved = await request
      .post('/news')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'save').fields))
      .expect(303)
    const cookie = String(saved.headers['set-cookie']).split(';')[0] ?? ''
    await request.get('/news').set('Cookie', cookie).expect(/Saved/)
    await request.get('/news').expect(/nothing/)
    assert.equal(renders.count, 2)
  })

  it('shows an outcome, which also gets no kept page', async (t) => {
    const { request, renders } = await cacheApp(t, ({ actions, router, renders }) => {
      const save = actions.define('save', async ({ formData }) => String(formData.get('text')))
      router.get('/news', async (ctx) => {
        if (await cachePage(ctx, { tags: ['news'] })) return
        renders.count++
        const form = ctx.form(save)
        ctx.body = html`<form ${form.attributes}>${form.fields}</form><p>${String(form.state ?? 'nothing')}</p>`
      })
    })
    const page = await request.get('/news').expect(/nothing/)
    const answer = await request
      .post('/news')
      .set(fromSamePage)
      .send(urlencoded(formIn(page.text, 'save').fields, { text: 'mine' }))
      .expect(200, /mine/)
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
    await request.get('/news').expect(/nothing/)
    assert.equal(renders.count, 2)
  })
})

/** Asserts that the handler renders for each of two requests. */
async function rendersTwice(
  { request, renders }: CacheApp,
  status: number | undefined = 200,
  between: () => void = () => {},
): Promise<void> {
  for (const _ of [1, 2]) {
    const answer = await request.get('/news').buffer(true).parse(bytes)
    assert.equal(answer.status, status)
    if (status === 200) assert.match(String(answer.headers['cache-control']), /private|no-store|no-cache/i)
    between()
  }
  assert.equal(renders.count, 2)
}
