import { defineSearch } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { SearchForm } from 'sealform/koa'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { choices, field } from '../field.js'
import { layout } from '../layout.js'
import { continents, type Peak, peaks } from '../peaks.js'
import { automatic, region } from '../region.js'

const perPage = 5

const orders = [
  { value: 'name', label: 'Name' },
  { value: 'height', label: 'Height, highest first' },
  { value: 'climbed', label: 'First climbed' },
]

const searchInput = z.object({
  q: z.string().trim().max(40, 'Use at most 40 characters').optional(),
  continents: z.array(z.enum(continents, 'Choose from these continents')),
  above: z
    .int('Enter whole metres')
    .min(0, 'Enter a height from 0 up')
    .max(9000, 'Nothing is as high')
    .optional(),
  sort: z.enum(['name', 'height', 'climbed'], 'Choose an order').default('name'),
  page: z.int('There is no such page').min(1, 'There is no such page').default(1),
})

type Query = z.output<typeof searchInput>

const peakSearch = defineSearch('peaks', { input: searchInput })

export function searchPage(router: TourRouter): void {
  router.get('/search', async (ctx) => {
    const search = await ctx.forms.search(peakSearch)
    if (search.cleanUrl !== undefined) return ctx.redirect(search.cleanUrl)
    const sending = automatic(ctx, { region: 'search', delay: 250, search: '/search' })
    ctx.body = layout(ctx, {
      title: 'Search',
      titlePrefix: search.titlePrefix,
      path: '/search',
      main: html`
<p class="lead">A form that is sent by GET. It carries no seal: all it asks for stands in the address, which you can
bookmark and share.</p>
${region(ctx, 'search', () => html`${form(search, sending)}${results(search)}`)}`,
      tryThis: [
        html`Follow a link that asks for too much: <a href="/search?above=high&sort=size">a height of “high”</a>. What is
wrong stands beside each field.`,
        'Search, then look at the address: fields that you left empty are not in it.',
        html`Add <code>&amp;utm_source=x</code> or <code>&amp;__proto__=1</code> to the address. It does no harm.`,
      ],
      source: 'search',
    })
  })
}

function form(search: SearchForm<Query>, sending: ReturnType<typeof automatic>): SafeHtml {
  return html`
<form ${search.attributes}${sending.form} class="panel" role="search" novalidate>
${search.fields}
${field(search, 'q', 'Name of the peak', { type: 'search', autocomplete: 'off', ...sending.field })}
${choices(
  search,
  'continents',
  'Continents',
  'checkbox',
  continents.map((name) => ({ value: name, label: name })),
)}
${field(search, 'above', 'Higher than, in metres', sending.field)}
<div class="field">
<label for="${search.id}-sort">Order</label>
${search.issue('sort')}
${search.select('sort', orders)}
</div>
<div class="buttons"><button type="submit">Search</button></div>
</form>`
}

function results(search: SearchForm<Query>): SafeHtml {
  const { query } = search
  if (!query) return html`<p>${search.issue('page')} Correct the search to see what it finds.</p>`
  const found = find(query)
  const pages = Math.max(1, Math.ceil(found.length / perPage))
  const shown = found.slice((query.page - 1) * perPage, query.page * perPage)
  return html`
<section aria-labelledby="found">
<h2 id="found">${found.length === 1 ? '1 peak' : `${found.length} peaks`}</h2>
${shown.length > 0 && html`<ul class="todos">${shown.map(({ name, continent, height, climbed }) => html`<li><span>${name}, ${continent}, ${height} m, first climbed in ${climbed}</span></li>`)}</ul>`}
<p>Page ${query.page} of ${pages}.
${query.page > 1 && html`<a href="${search.url({ page: query.page - 1 })}">Previous page</a>`}
${query.page < pages && html`<a href="${search.url({ page: query.page + 1 })}">Next page</a>`}</p>
</section>`
}

function find({ q = '', continents, above = 0, sort }: Query): readonly Peak[] {
  return peaks
    .filter(
      ({ name, continent, height }) =>
        name.toLowerCase().includes(q.toLowerCase()) &&
        (continents.length === 0 || continents.includes(continent)) &&
        height > above,
    )
    .sort((a, b) => {
      if (sort === 'name') return a.name.localeCompare(b.name)
      return sort === 'height' ? b.height - a.height : a.climbed - b.climbed
    })
}
