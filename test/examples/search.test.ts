import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTour } from '../../examples/tour/app.js'
import { createBrowser, type TestPage } from '../../lib/testing/testing.js'
import { testKey } from '../setup/koa-app.js'

describe('the search of the tour', () => {
  it('shows the first page of all peaks, without an issue', async () => {
    const page = await openSearch()
    assert.ok(page.has('19 peaks'))
    assert.deepEqual(namesOn(page), ['Aconcagua', 'Alpamayo', 'Annapurna', 'Aoraki', 'Chimborazo'])
    assert.equal(page.form('peaks').value('sort'), 'name')
    assert.doesNotMatch(page.html, /sealform-issue|name="sealform/)
  })

  it('finds what was asked for, gives it back, and has an address without empty fields', async () => {
    const found = await (await openSearch())
      .form('peaks')
      .fill({ continents: ['Asia'], above: 8100, sort: 'height' })
      .submit()
    assert.equal(found.status, 200)
    assert.equal(
      found.url.slice(found.url.indexOf('/search')),
      '/search?continents=Asia&above=8100&sort=height',
    )
    assert.deepEqual(namesOn(found), ['Everest', 'K2', 'Nanga Parbat'])
    const form = found.form('peaks')
    assert.deepEqual(form.values('continents'), ['Asia'])
    assert.deepEqual([form.value('above'), form.value('sort'), form.value('q')], ['8100', 'height', ''])
  })

  it('shows issues beside the fields, with the input', async () => {
    const page = await openSearch('?above=high&sort=size&q=k2')
    assert.equal(page.status, 200)
    assert.match(page.html, /<title>Error: Search/)
    assert.ok(page.has('Enter whole metres'))
    assert.ok(page.has('Choose an order'))
    assert.equal(page.form('peaks').value('q'), 'k2')
    const far = await openSearch('?page=0')
    assert.ok(far.has('There is no such page'))
  })

  it('goes on to the next page of the same search, and starts anew with another', async () => {
    const first = await openSearch('?sort=climbed')
    const second = await first.link('Next page').click()
    assert.match(second.url, /\/search\?sort=climbed&page=2$/)
    assert.ok(second.has('Page 2 of 4'))
    const other = await second.form('peaks').fill({ q: 'mo' }).submit()
    assert.match(other.url, /\/search\?q=mo&sort=climbed$/)
    assert.deepEqual(namesOn(other), ['Mont Blanc', 'Mount Kenya'])
  })

  it('sends the form and its results alone to a client that asks for them', async () => {
    const page = await openSearch('?q=everest', {
      'Sealform-Region': 'search',
      Cookie: 'tour.library=ours',
    })
    assert.match(page.html, /^<title>[^<]+<\/title><div data-sealform-region id="search" class="region">/)
    assert.match(page.html, /data-submit-on="input" data-delay="250"/)
    assert.deepEqual(namesOn(page), ['Everest'])
  })
})

function openSearch(query = '', headers: Readonly<Record<string, string>> = {}): Promise<TestPage> {
  const browser = createBrowser(createTour({ keys: testKey }).callback(), { headers })
  return browser.visit(`/search${query}`)
}

function namesOn(page: TestPage): string[] {
  return Array.from(page.html.matchAll(/<li><span>([^,]+), /g), ([, name = '']) => name)
}
