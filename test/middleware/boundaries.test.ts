import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { invalid, type SealformError } from '../../lib/sealform.js'
import { html, type SafeHtml } from '../../views/html.js'
import type { RegionFailure, RegionOptions } from '../../views/region.js'
import { createTestApp, formIn, fromSamePage, urlencoded } from '../setup/koa-app.js'

type Part = (form: SafeHtml) => SafeHtml | string

/** A page with two regions: one with a form, and one that the test defines. */
function pageOf(
  parts: { pay?: Part; side?: () => SafeHtml | string },
  options?: RegionOptions,
  act?: () => unknown,
) {
  return createTestApp(({ actions, router }) => {
    const pay = actions.define('pay', async () => (act ? act() : invalid({ card: 'Enter a card' })))
    router.get('/page', (ctx) => {
      const region = ctx.region(
        'pay-box',
        () => {
          const form = ctx.form(pay)
          const inner = html`<section id="pay-box"><form ${form.attributes}>${form.fields}<input ${form.input('card')}>${form.issue('card')}</form></section>`
          return parts.pay?.(inner) ?? inner
        },
        options,
      )
      ctx.body = html`<h1>The rest</h1>${region}${ctx.region('side', parts.side ?? (() => '<aside id="side">side</aside>'))}`
    })
  })
}

async function submit({ request }: ReturnType<typeof pageOf>, fields?: Record<string, string>, headers = {}) {
  const own = fields ?? formIn((await request.get('/page')).text, 'pay').fields
  return request
    .post('/page')
    .set({ ...fromSamePage, ...headers })
    .send(urlencoded(own, { card: '4111 <x>', _cvc: '123' }))
}

const broken = () => {
  throw new Error('template lost')
}

describe('a region given as a function', () => {
  it('is printed like any other, and sent alone when asked for', async () => {
    const app = pageOf({})
    assert.match(
      (await app.request.get('/page')).text,
      /The rest.*<section data-sealform-region id="pay-box"><form.*<aside data-sealform-region id="side">/s,
    )
    const alone = await submit(app, undefined, { 'Sealform-Region': 'pay-box' })
    assert.equal(alone.status, 422)
    assert.match(alone.text, /^<section data-sealform-region id="pay-box">.*Enter a card.*<\/section>$/s)
  })

  it('fails alone when it throws, and the app gets the error with the printed reference', async () => {
    const app = pageOf({ side: broken })
    const page = await app.request.get('/page').expect(200)
    assert.match(
      page.text,
      /The rest.*<form id="pay".*<div data-sealform-region id="side" class="sealform-failed"><p role="alert">This part/s,
    )
    assert.match(page.text, /Reference: [0-9A-Z]{4}-[0-9A-Z]{4}/)
    assert.doesNotMatch(page.text, /template lost/)
    assert.equal((app.errors[0] as Error).message, 'template lost')
  })

  it('may be asynchronous', async () => {
    const { request, errors } = createTestApp(({ router }) => {
      router.get('/page', async (ctx) => {
        const good = await ctx.region('good', async () => html`<p id="good">good</p>`)
        const bad = await ctx.region('bad', async () => {
          throw new Error('late')
        })
        ctx.body = html`${good}${bad}`
      })
    })
    assert.match(
      (await request.get('/page').expect(200)).text,
      /<p data-sealform-region id="good">good<\/p><div data-sealform-region id="bad" class="sealform-failed">/,
    )
    assert.equal(errors.length, 1)
  })

  it('can have a fallback that the page defines', async () => {
    const failures: RegionFailure[] = []
    const app = pageOf(
      { pay: broken },
      {
        fallback(failure) {
          failures.push(failure)
          return html`<turbo-frame id="pay-box">Call us: ${failure.reference}</turbo-frame>`
        },
      },
    )
    const page = await app.request.get('/page').expect(200)
    assert.match(page.text, /<turbo-frame data-sealform-region id="pay-box">Call us: /)
    assert.match(String(failures[0]?.error), /template lost/)
    assert.equal(String(failures[0]?.input), '')
    const alone = await app.request.get('/page').set('Turbo-Frame', 'pay-box')
    assert.match(
      alone.text,
      /^<turbo-frame data-sealform-region id="pay-box">Call us: [0-9A-Z-]{9}<\/turbo-frame>$/,
    )
  })

  it('fails in the element that a frame of Turbo looks for, and in a div otherwise', async () => {
    const app = pageOf({ pay: broken, side: broken })
    const printed = async (headers: Readonly<Record<string, string>>) => {
      const { text } = await app.request.get('/page').set(headers)
      return [...text.matchAll(/<([\w-]+) data-sealform-region id="([\w-]+)"/g)].map(
        ([, name, id]) => `${name}#${id}`,
      )
    }
    assert.deepEqual(await printed({}), ['div#pay-box', 'div#side'])
    assert.deepEqual(await printed({ 'Turbo-Frame': 'pay-box' }), ['turbo-frame#pay-box'])
    assert.deepEqual(await printed({ 'HX-Request': 'true', 'HX-Target': 'side' }), ['div#side'])
  })

  it('fails in the element that it names', async () => {
    const printed = async (element: string) =>
      /<(\S+) data-sealform-region id="pay-box".*?<\/\1>/s.exec(
        (await pageOf({ pay: broken }, { element }).request.get('/page').expect(200)).text.replace(
          /<p.*?<\/p>/g,
          'said',
        ),
      )?.[0]
    const attributes = 'data-sealform-region id="pay-box" class="sealform-failed"'
    assert.equal(await printed('turbo-frame'), `<turbo-frame ${attributes}>said</turbo-frame>`)
    assert.equal(await printed('section'), `<section ${attributes}>said</section>`)
    assert.equal(await printed('ul'), `<ul ${attributes}><li>said</li></ul>`)
    assert.equal(await printed('tbody'), `<tbody ${attributes}><tr><td>said</td></tr></tbody>`)
    assert.equal(await printed('tr'), `<tr ${attributes}><td>said</td></tr>`)
  })

  it('refuses an element that can hold no paragraph, also while nothing fails', async () => {
    for (const element of ['p', 'select', 'img', 'x y', '', 5 as never]) {
      const app = pageOf({}, { element })
      await app.request.get('/page').expect(500)
      const [error] = app.errors as SealformError[]
      assert.equal(error?.code, 'ERR_OPTION_INVALID', element)
      assert.match(
        error?.message ?? '',
        /region\('pay-box'\): "element" must be a custom element or one of article, /,
      )
    }
  })

  it('is replaced by the input when it fails while it shows an outcome, and the rest stays', async () => {
    let fails = false
    const app = pageOf({ pay: (form) => (fails ? broken() : form) })
    const { fields } = formIn((await app.request.get('/page')).text, 'pay')
    fails = true
    const answer = await submit(app, fields)
    assert.equal(answer.status, 422)
    assert.match(
      answer.text,
      /The rest.*<div data-sealform-region id="pay-box" class="sealform-failed">.*<aside data-sealform-region id="side">/s,
    )
    assert.match(answer.text, /name="card" value="4111 &lt;x&gt;"/)
    assert.doesNotMatch(answer.text, /_cvc/)
    fails = false
    const seal = /name="sealform" value="([\w-]+)"/.exec(answer.text)?.[1] ?? ''
    assert.equal((await submit(app, { sealform: seal })).status, 422, 'and it can be sent again from there')
  })

  it('gives way to the built-in page when its fallback leaves the input out', async () => {
    let fails = false
    const app = pageOf(
      { pay: (form) => (fails ? broken() : form) },
      { fallback: () => '<p id="pay-box">Sorry</p>' },
    )
    const { fields } = formIn((await app.request.get('/page')).text, 'pay')
    fails = true
    const answer = await submit(app, fields)
    assert.equal(answer.status, 422)
    assert.doesNotMatch(answer.text, /The rest|Sorry/)
    assert.match(answer.text, /value="4111 &lt;x&gt;"/)
  })

  it('passes on an error that means that the page does not exist', async () => {
    const { request } = createTestApp(({ router }) => {
      router.get('/page', (ctx) => {
        ctx.body = ctx.region('box', () => ctx.throw(404))
      })
    })
    await request.get('/page').expect(404)
  })

  it('fails the page when its fallback throws or is not a region', async () => {
    for (const fallback of [broken, () => '<p>without an id</p>']) {
      await pageOf({ pay: broken }, { fallback }).request.get('/page').expect(500)
    }
  })
})

describe('an action that throws', () => {
  it('shows its error inside the region of its form, and the rest stays', async () => {
    const app = pageOf({}, undefined, () => {
      throw new Error('no connection')
    })
    const answer = await submit(app)
    assert.equal(answer.status, 500)
    assert.match(
      answer.text,
      /The rest<\/h1><section data-sealform-region id="pay-box">.*role="alert"><p>Something went wrong.*<\/section><aside data-sealform-region id="side">side/s,
    )
    assert.match(answer.text, /value="4111 &lt;x&gt;"/)
    const alone = await submit(app, undefined, { 'HX-Target': 'section#pay-box' })
    assert.equal(alone.status, 500)
    assert.match(
      alone.text,
      /^<section data-sealform-region id="pay-box">.*Something went wrong.*<\/section>$/s,
    )
    assert.equal((app.errors[0] as SealformError).message, 'no connection')
  })
})
