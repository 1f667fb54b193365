import { setTimeout as wait } from 'node:timers/promises'
import { type Actions, done, redirect } from 'sealform'
import { type Cache, cachePage } from 'sealform/cache'
import { html, type SafeHtml } from 'sealform/html'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { field } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

const mostHeadlines = 10
const longestHeadline = 80

/** Milliseconds for loading the list, as from a slow database. */
const slowness = 400

const publishInput = z.object({
  headline: z
    .string('Enter a headline')
    .trim()
    .min(1, 'Enter a headline')
    .refine((text) => [...text].length <= longestHeadline, `Use at most ${longestHeadline} characters`),
})

export function newsPage(router: TourRouter, actions: Actions, cache: Cache): void {
  let headlines: readonly string[] = ['The tour has a page with news']

  const readNews = cache.cached(
    async () => {
      const list = headlines
      await wait(slowness)
      return { list, made: new Date() }
    },
    { key: 'news', tags: ['news'], ttl: '1h' },
  )

  const publish = actions.define('news.publish', {
    input: publishInput,
    async run({ input: { headline }, revalidateTag }) {
      headlines = [headline, ...headlines].slice(0, mostHeadlines)
      await revalidateTag('news')
      return redirect('/news')
    },
  })

  const showAgain = actions.define('news.again', async () => done())

  router.get('/news', async (ctx) => {
    const start = Date.now()
    const { list, made } = await readNews()
    const form = ctx.form(publish)
    ctx.body = layout(ctx, {
      title: 'News',
      titlePrefix: form.titlePrefix,
      path: '/news',
      main: html`
<p class="lead">Reading the news takes this server ${slowness} milliseconds, so it does that once and keeps the list
until somebody publishes.</p>
${region(
  ctx,
  'news',
  (sending) => html`
${form.summary()}
<ul class="todos">${list.map((text) => html`<li><span>${text}</span></li>`)}</ul>
<dl class="panel facts">
<div><dt>The list was read at</dt><dd>${clock('list', made)}</dd></div>
<div><dt>This page was made at</dt><dd>${clock('page', new Date())}</dd></div>
<div><dt>Making it took</dt><dd>${Date.now() - start} ms</dd></div>
</dl>
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${field(form, 'headline', 'What has happened?', { required: true, autocomplete: 'off' })}
<div class="buttons">
<button type="submit">Publish</button>
<button ${form.submit(showAgain, { class: 'secondary' })}>Only show the page again</button>
</div>
</form>`,
  { live: ['news'] },
)}
<p><a href="/frontpage">The front page</a> shows the same list, and is kept as a whole.</p>`,
      tryThis: [
        'Show the page again: the page is new, the list is the one that was kept.',
        'Publish something: the answer already shows it, and took longer, since the list was read again.',
        'Open the page in a second tab and publish in the first, then reload the second.',
        'Choose “Our script” and do the same in two windows side by side: nothing has to be reloaded, and what you have typed in the other one stays.',
      ],
      source: 'news',
    })
  })

  router.get('/frontpage', async (ctx) => {
    if (await cachePage(ctx, { tags: ['news'], ttl: '1h' })) return
    const { list, made } = await readNews()
    ctx.body = layout(ctx, {
      title: 'Front page',
      path: '/news',
      shared: true,
      main: html`
<p class="lead">This page is the same for everybody, so it was made once and is sent to all until the news change.</p>
<ol class="todos">${list.slice(0, 3).map((text) => html`<li><span>${text}</span></li>`)}</ol>
<dl class="panel facts">
<div><dt>The list was read at</dt><dd>${clock('list', made)}</dd></div>
<div><dt>This page was made at</dt><dd>${clock('page', new Date())}</dd></div>
</dl>
<p><a href="/news">Back to the news</a>, where you can publish</p>`,
      source: 'news',
    })
  })
}

/** Formats a time in UTC, with milliseconds. */
function clock(part: string, time: Date): SafeHtml {
  const text = time.toISOString()
  return html`<time id="${part}-time" datetime="${text}">${text.slice(11, 23)}</time>`
}
