import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { z } from 'zod'
import { cachePage, createCache } from '../../lib/cache/cache.js'
import { defineSearch } from '../../lib/sealform.js'
import { html } from '../../views/html.js'
import { valueIn } from '../setup/tour-visitor.js'
import { eachKind, type Framework, type View } from './frameworks.js'
import { openSite, page as outcomePage, type Site } from './site.js'

for (const framework of eachKind) describe(`search on ${framework.name}`, () => cases(framework))

const catalog = defineSearch('catalog', {
  input: z.strictObject({
    q: z.string().max(10, 'Use at most 10 characters').optional(),
    price: z
      .object({ min: z.number('Enter a number').min(0).optional(), max: z.number().optional() })
      .optional(),
    sort: z.enum(['name', 'price'], 'Choose an order').default('price'),
    inStock: z.boolean().default(true),
    tags: z.array(z.enum(['new', 'used'])),
    since: z.date().optional(),
    page: z.int('Enter a page').min(1).default(1),
    token: z.string().meta({ writeOnly: true }).optional(),
  }),
  limits: { depth: 1, fields: 20, query: 400 },
})

function cases(framework: Framework): void {
  it('shows no issue and the defaults of the schema on the first visit', async (t) => {
    const { text } = await visit(t, framework, '/catalog')
    assert.match(text, /<form id="catalog" method="get" accept-charset="utf-8">/)
    assert.doesNotMatch(text, /sealform-issue|sealform-summary|aria-invalid|Error: /)
    assert.equal(valueIn(text, 'sort'), 'price')
    assert.equal(valueIn(text, 'page'), '1')
    assert.match(text, /<input [^>]*name="inStock"[^>]* checked/)
    assert.deepEqual(asked(text), {
      status: 'idle',
      query: { sort: 'price', inStock: true, tags: [], page: 1 },
      clean: null,
    })
  })

  it('reads typed values by their schema, and gives them back', async (t) => {
    const path = '/catalog?q=t%C3%A9+a&price.min=1.5&price.max=&sort=name&tags=new&tags=used&since=2026-11-27'
    const { text } = await visit(t, framework, path)
    assert.deepEqual(asked(text).query, {
      q: 'té a',
      price: { min: 1.5 },
      sort: 'name',
      inStock: false,
      tags: ['new', 'used'],
      since: '2026-11-27T00:00:00.000Z',
      page: 1,
    })
    assert.equal(asked(text).status, 'valid')
    assert.equal(valueIn(text, 'q'), 'té a')
    assert.equal(valueIn(text, 'price.min'), '1.5')
    assert.equal(valueIn(text, 'price.max'), '')
    assert.equal(valueIn(text, 'sort'), 'name')
    assert.doesNotMatch(text, /<input [^>]*name="inStock"[^>]* checked/)
    assert.equal(text.match(/name="tags"[^>]* checked/g)?.length, 2)
  })

  it('prints what the schema declares, as forms of actions do', async (t) => {
    const { text } = await visit(t, framework, '/catalog')
    assert.match(text, /<input id="catalog-q" name="q" type="text" maxlength="10">/)
    assert.match(text, /<input id="catalog-price.min" name="price.min" type="number" step="any" min="0">/)
    assert.match(text, /name="page"[^>]*type="number"[^>]*step="1"[^>]*min="1"/)
  })

  it('shows issues beside the fields, with the input, and status 200', async (t) => {
    const answer = await visit(t, framework, '/catalog?q=much+too+long&price%5Bmin%5D=x&sort=size')
    const { text } = answer
    assert.equal(answer.status, 200)
    assert.deepEqual(asked(text), { status: 'invalid', query: null, clean: null })
    assert.match(text, /<title>Error: /)
    assert.match(text, /id="catalog-q-issue">Use at most 10 characters</)
    assert.match(text, /id="catalog-price.min-issue">Enter a number</)
    assert.match(text, /<a href="#catalog-sort">Choose an order</)
    assert.match(text, /name="q"[^>]*aria-invalid="true" aria-describedby="catalog-q-issue"/)
    assert.equal(valueIn(text, 'q'), 'much too long')
  })

  it('reads an empty parameter as a missing one, and offers the URL without it', async (t) => {
    const site = await openCatalog(t, framework)
    const { text } = await site.request.get('/catalog?q=tea&price.min=&sort=&utm=x&page=')
    assert.deepEqual(asked(text), {
      status: 'valid',
      query: { q: 'tea', sort: 'price', inStock: false, tags: [], page: 1 },
      clean: './catalog?q=tea&utm=x',
    })
    assert.equal(valueIn(text, 'sort'), 'price')
    const clean = await site.request.get('/catalog?q=tea&utm=x')
    assert.deepEqual(asked(clean.text), { ...asked(text), clean: null })
    const sent = await site.request.get('/clean?q=tea&price.min=').redirects(0)
    assert.deepEqual([sent.status, sent.headers.location], [302, './clean?q=tea'])
    const moved = await site.request.get('//evil.example/clean?q=tea&price.min=').redirects(0)
    assert.ok(moved.status === 404 || moved.headers.location === './clean?q=tea')
  })

  it('offers no URL that would change what is found', async (t) => {
    const site = await openCatalog(t, framework)
    // The box is ticked by default, and was unticked here.
    const unticked = await site.request.get('/catalog?q=&sort=')
    assert.deepEqual([asked(unticked.text).status, asked(unticked.text).clean], ['valid', null])
    const ticked = await site.request.get('/catalog?q=&inStock=on')
    assert.equal(asked(ticked.text).clean, './catalog?inStock=on')
    const secret = await site.request.get('/catalog?q=&token=abc')
    assert.equal(asked(secret.text).clean, null)
  })

  it('ignores unknown, reserved and dangerous names', async (t) => {
    for (const query of [
      'utm_source=x',
      'sealform=abc&sealform.form=catalog&sealform.submit=x&sealformed=1',
      '__proto__=1&__proto__[q]=1&__proto__.q=1',
      'constructor.prototype.q=1&toString=1&hasOwnProperty=',
      '=x&&=&%=',
    ]) {
      const { text } = await visit(t, framework, `/catalog?${query}`)
      assert.equal(asked(text).status, 'idle', query)
      assert.deepEqual(Object.keys(asked(text).query ?? {}), ['sort', 'inStock', 'tags', 'page'], query)
    }
  })

  it('says that it cannot read a name that no control has, and gives the rest back', async (t) => {
    for (const query of [
      'price=1&price.min=2',
      'price[min=2',
      'price.min.x=2',
      'price.__proto__=2',
      'price[constructor]=2',
    ]) {
      const { status, text } = await visit(t, framework, `/catalog?q=tea&${query}`)
      assert.equal(status, 200)
      assert.equal(asked(text).status, 'invalid', query)
      assert.match(text, /We cannot read this search from the address of the page/)
      assert.equal(valueIn(text, 'q'), 'tea')
    }
  })

  it('reads broken percent escapes and bytes as the URL Standard does', async (t) => {
    assert.equal(asked((await visit(t, framework, '/catalog?q=100%')).text).query?.q, '100%')
    assert.equal(asked((await visit(t, framework, '/catalog?q=%zz%41')).text).query?.q, '%zzA')
    assert.equal(asked((await visit(t, framework, '/catalog?q=%ff')).text).query?.q, '\ufffd')
  })

  it('prints markup from the query as text', async (t) => {
    const { text } = await visit(t, framework, '/catalog?q=%22%3E%3Cb%3E&lang=%22%3E%3Ci%3E&sort=%3Cu%3E')
    assert.doesNotMatch(text, /<b>|<i>|<u>/)
    assert.match(text, /value="&quot;&gt;&lt;b&gt;"/)
    assert.match(text, /<input type="hidden" name="lang" value="&quot;&gt;&lt;i&gt;"[ >]/)
  })

  it('holds the limits on bytes and parameters, and still gives back what fits', async (t) => {
    const site = await openCatalog(t, framework)
    const status = async (query: string) => asked((await site.request.get(`/catalog?${query}`)).text).status
    const tags = (count: number) => Array.from({ length: count }, () => 'tags=new').join('&')
    assert.equal(await status(tags(20)), 'valid')
    assert.equal(await status(tags(21)), 'invalid')
    const long = (length: number) => `q=tea&z=${'x'.repeat(length - 8)}`
    assert.equal(await status(long(399)), 'valid')
    assert.equal(await status(long(400)), 'valid')
    const over = await site.request.get(`/catalog?${long(401)}`)
    assert.equal(asked(over.text).status, 'invalid')
    assert.match(over.text, /You sent more than this form accepts/)
    assert.equal(valueIn(over.text, 'q'), 'tea')
  })

  it('says that a text that is sent twice is wrong', async (t) => {
    const { text } = await visit(t, framework, '/catalog?page=1&page=2')
    assert.match(text, /id="catalog-page-issue">Enter a page</)
  })

  it('never prints a secret', async (t) => {
    const { text } = await visit(t, framework, '/catalog?q=tea&token=hunter2')
    assert.equal(asked(text).query?.token, 'hunter2')
    assert.doesNotMatch(text.replace(/<code>.*<\/code>/, ''), /hunter2/)
    const wrong = await visit(t, framework, '/catalog?q=much+too+long&token=hunter2')
    assert.doesNotMatch(wrong.text, /hunter2/)
  })

  it('keeps the parameters that the page names, and links to the search with changes', async (t) => {
    const { text } = await visit(
      t,
      framework,
      '/catalog?lang=de&other=x&lang.b=&q=a+%26&price.min=&page=3&_lang=1',
    )
    assert.match(text, /<input type="hidden" name="lang" value="de"[^>]*>\s*<label/)
    assert.match(text, /<a href="\.\/catalog\?q=a\+%26&amp;page=4&amp;lang=de">/)
    assert.match(
      text,
      /<a class="all" href="\.\/catalog\?page=3&amp;inStock=off&amp;since=2026-11-27&amp;tags=new&amp;tags=used&amp;lang=de">/,
    )
  })

  it('tells several searches on a page apart by their keys', async (t) => {
    const { text } = await visit(t, framework, '/two?a.q=tea&b.q=much+too+long&b.x=1&q=none')
    assert.match(text, /<form id="catalog-a" [^>]*>(?:(?!<\/form>).)*name="a\.q"[^>]* value="tea"/s)
    assert.match(text, /<input id="catalog-b-q" name="b\.q"[^>]* value="much too long"[^>]* aria-invalid/)
    assert.match(text, /<i>valid tea invalid<\/i>/)
    assert.match(text, /id="catalog-a".*name="b\.q" value="much too long".*<\/form>.*id="catalog-b"/s)
    assert.match(text, /href="\.\/two\?a\.q=coffee&amp;b\.q=much\+too\+long&amp;b\.x=1"/)
  })

  it('reads the query of the page again after a submission, and leaves the address to the outcome', async (t) => {
    const site = await openCatalog(t, framework)
    const answer = await site.submit({ text: 'typed' }, { path: '/catalog?q=tea&sort=' })
    assert.equal(answer.status, 200)
    assert.equal(asked(answer.text).query?.q, 'tea')
    assert.equal(asked(answer.text).clean, null)
  })

  it('sends a region of the search alone, and marks no page as personal', async (t) => {
    const site = await openCatalog(t, framework)
    const part = await site.request.get('/catalog?q=tea').set('Sealform-Region', 'found')
    assert.match(part.text, /^<title>Catalog<\/title><p data-sealform-region id="found">tea<\/p>$/)
    const whole = await site.request.get('/catalog?q=tea')
    assert.equal(whole.headers['cache-control'], undefined)
    assert.equal(whole.headers['set-cookie'], undefined)
  })

  it('is kept by the page cache, and never shows the search of another', async (t) => {
    const site = await openCatalog(t, framework)
    const text = async (path: string) => (await site.request.get(path)).text
    for (const path of ['/cached', '/cached?q=tea', '/cached?q=rye']) {
      assert.equal(await text(path), await text(path))
    }
    for (const q of ['tea', 'rye', 'tea']) assert.equal(valueIn(await text(`/cached?q=${q}`), 'q'), q)
    assert.notEqual(await text('/cached?q=tea&page=2'), await text('/cached?q=tea&page=2'))
  })

  it('passes an error that the schema throws to the app', async (t) => {
    const site = await openCatalog(t, framework)
    assert.equal((await site.request.get('/throws?q=x')).status, 500)
    const [failure] = await site.failed(1)
    assert.match(String(failure?.error), /database/)
  })

  it('refuses anything but a search, bad options and a password', async (t) => {
    const site = await openCatalog(t, framework)
    for (const wrong of ['search', 'key', 'reserved', 'keep', 'option', 'password']) {
      const { text } = await site.request.get(`/wrong?what=${wrong}`)
      assert.match(text, /^ERR_(FORM|OPTION)_INVALID /, wrong)
    }
  })
}

interface Asked {
  readonly status: string
  readonly query: Readonly<Record<string, unknown>> | null
  readonly clean: string | null
}

/** What the page has read. */
function asked(text: string): Asked {
  const json = /<code>(.*?)<\/code>/.exec(text)?.[1] ?? assert.fail(text)
  return JSON.parse(json.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
}

async function visit(t: TestContext, framework: Framework, path: string) {
  return (await openCatalog(t, framework)).request.get(path)
}

function openCatalog(t: TestContext, framework: Framework): Promise<Site> {
  const throwing = defineSearch('throwing', {
    input: z.object({
      q: z.string().refine(() => {
        throw new Error('The database is away.')
      }),
    }),
  })
  return openSite(t, framework, {
    actions: { cache: createCache() },
    pages: {
      '/page': (view, act) => ({ html: outcomePage(view, act) }),
      '/catalog': async (view, act) => ({
        html: html`${await catalogPage(view)}${view.form(act).fields}`,
      }),
      '/clean': async (view) => {
        const { cleanUrl } = await view.forms.search(catalog)
        return cleanUrl === undefined ? { html: '' } : { to: cleanUrl }
      },
      '/two': async (view) => ({ html: await twoSearches(view) }),
      '/cached': async (view) => {
        if (await cachePage(view, { ttl: 60, query: ['q'] })) return 'sent'
        const search = await view.forms.search(catalog)
        return { html: html`<input ${search.input('q')}> ${Math.random()}` }
      },
      '/throws': async (view) => {
        await view.forms.search(throwing)
        return { html: '' }
      },
      '/wrong': async (view) => ({ html: await wrongUse(view) }),
    },
  })
}

async function catalogPage(view: View) {
  const search = await view.forms.search(catalog, { keep: ['lang'] })
  const { query, status, cleanUrl: clean = null } = search
  const all = {
    q: undefined,
    page: 3n,
    inStock: false,
    since: new Date('2026-11-27'),
    tags: ['new', 'used'],
    sort: '',
    token: null,
  }
  return html`<title>${search.titlePrefix}Catalog</title>${search.summary()}
    <form ${search.attributes}>${search.fields}<label>Search</label>
    <input ${search.input('q', { type: 'text' })}>${search.issue('q')}
    <input ${search.input('price.min')}>${search.issue('price.min')}<input ${search.input('price.max')}>
    ${search.select('sort', ['name', 'price'])}${search.issue('sort')}
    <input ${search.input('inStock')}>
    <input ${search.input('tags', { type: 'checkbox', value: 'new' })}>
    <input ${search.input('tags', { type: 'checkbox', value: 'used' })}>
    <input ${search.input('since')}><input ${search.input('page')}>${search.issue('page')}
    <input ${search.input('token', { type: 'text' })}>${search.value('token')}</form>
    <code>${JSON.stringify({ status, query: query ?? null, clean })}</code>
    <a href="${search.url({ page: (query?.page ?? 0) + 1 })}">Next</a>
    <a class="all" href="${search.url(all)}">All</a>
    ${view.region('found', html`<p id="found">${query?.q}</p>`)}`
}

async function twoSearches(view: View) {
  const a = await view.forms.search(catalog, { key: 'a', keep: ['b'] })
  const b = await view.forms.search(catalog, { key: 'b', keep: ['a'] })
  return html`<form ${a.attributes}>${a.fields}<input ${a.input('q')}></form>
    <form ${b.attributes}>${b.fields}<input ${b.input('q')}></form>
    <i>${a.status} ${a.query?.q} ${b.status}</i><a href="${a.url({ q: 'coffee' })}">Coffee</a>`
}

async function wrongUse({ req, forms }: View): Promise<string> {
  const search = forms.search as (...given: unknown[]) => ReturnType<typeof forms.search>
  const uses: Readonly<Record<string, () => Promise<unknown>>> = {
    search: () => search({ input: z.object({}) }),
    key: () => search(catalog, { key: 'a b' }),
    reserved: () => search(catalog, { key: 'sealform' }),
    keep: () => search(catalog, { keep: ['sealform.submit'] }),
    option: () => search(catalog, { keeps: ['lang'] }),
    password: async () => `${(await search(catalog)).input('q', { TYPE: 'Password' })}`,
  }
  try {
    await uses[new URL(req.url ?? '', 'http://x').searchParams.get('what') ?? '']?.()
    return 'no error'
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${error.code} ${error.message}` : String(error)
  }
}
