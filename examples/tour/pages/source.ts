import { html } from 'sealform/html'
import type { TourRouter } from '../app.js'
import { readOwnFile } from '../assets.js'
import { colourCode } from '../colour-code.js'
import { layout } from '../layout.js'
import { pageOf } from '../page-list.js'

const names = [
  'home',
  'break-this-form',
  'todos',
  'signup',
  'counter',
  'wizard',
  'order',
  'stale',
  'boundary',
  'upload',
  'gallery',
  'large',
  'news',
  'search',
  'likes',
  'draft',
  'source',
  'missing',
]

/** Shows the source code of each page. */
export function sourcePages(router: TourRouter): void {
  const sources = new Map(names.map((name) => [name, colourCode(readOwnFile(`pages/${name}.ts`))]))

  router.get('/source/:name', (ctx, next) => {
    const { name = '' } = ctx.params
    const source = sources.get(name)
    if (source === undefined) return next()
    const page = pageOf(name)
    const back = html`<p><a href="${page.path}">Back to ${page.name}</a></p>`
    ctx.body = layout(ctx, {
      title: `Source: ${name}.ts`,
      path: `/source/${name}`,
      main: html`
${back}
<section class="code" tabindex="0" aria-label="${name}.ts"><pre><code>${source}</code></pre></section>
${back}`,
      source: 'source',
    })
  })
}
