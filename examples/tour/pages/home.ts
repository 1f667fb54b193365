import type { Actions } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { TourRouter } from '../app.js'
import { layout } from '../layout.js'
import { groups, type TourGroup } from '../page-list.js'
import { breakThisForm } from './break-this-form.js'

/** What apps usually write for each form, and the page that shows what becomes of it here. */
const saved = [
  { work: 'CSRF tokens', here: 'Every form is sealed. A form of another site is refused.', path: '/todos' },
  {
    work: 'Redisplayed input',
    here: 'A mistake gives the page back, with all that you typed.',
    path: '/signup',
  },
  {
    work: 'Flash messages',
    here: 'An action leaves one for the next page, without a session.',
    path: '/wizard',
  },
  {
    work: 'Upload handling',
    here: 'Files are limited, stored and kept for the corrected form.',
    path: '/upload',
  },
  {
    work: 'Double submission',
    here: 'A one-time action runs once, whatever a double-click, a reload or Back sends.',
    path: '/order',
  },
]

export function homePage(router: TourRouter, actions: Actions): void {
  const show = breakThisForm(actions)

  router.get('/', (ctx) => {
    const { titlePrefix, section } = show(ctx)
    ctx.body = layout(ctx, {
      title: 'Server actions for plain Node servers',
      titlePrefix,
      path: '/',
      main: html`
<p class="lead">You write a function and a form. This is what you need not write:</p>
<dl class="saved">${saved.map(
        ({ work, here, path }) => html`<div><dt><a href="${path}">${work}</a></dt><dd>${here}</dd></div>`,
      )}</dl>
${section}
<p>Nothing here needs a script, so all of it works with JavaScript switched off. Choose above what sends the forms, and see
below what goes over the wire. Each page ends with its source.</p>
${groups.map(printGroup)}`,
      source: 'home',
    })
  })
}

function printGroup({ name, pages }: TourGroup, at: number): SafeHtml {
  return html`<section class="group" aria-labelledby="group-${at}"><h2 id="group-${at}">${name}</h2>
<ul class="cards">${pages.map(
    (page) => html`
<li><h3><a href="${page.path}">${page.name}</a></h3><p>${page.text}</p></li>`,
  )}
</ul></section>`
}
