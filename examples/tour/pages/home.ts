import { html } from 'sealform/html'
import type { TourRouter } from '../app.js'
import { layout } from '../layout.js'

const cards = [
  {
    path: '/todos',
    name: 'Todos',
    text: 'Add, remove, clear: three actions on one page, one of them bound to each item.',
  },
  {
    path: '/signup',
    name: 'Sign up',
    text: 'Every kind of control, validated on the server, with your input given back.',
  },
  {
    path: '/counter',
    name: 'Counter',
    text: 'State that travels with the form, so that the server remembers nothing.',
  },
  {
    path: '/wizard',
    name: 'Wizard',
    text: 'Three steps back and forth, with all you have typed in the form itself, and an end that comes once.',
  },
  {
    path: '/order',
    name: 'Order',
    text: 'Lines to add and remove, a check before you send, and an action that runs once, however often you click.',
  },
  {
    path: '/stale',
    name: 'Stale form',
    text: 'A form that expires after five seconds, and what you get when you are late.',
  },
  {
    path: '/boundary',
    name: 'Failures',
    text: 'What throws costs the page one part of it. The rest is there, and so is what you typed.',
  },
  {
    path: '/upload',
    name: 'Upload',
    text: 'A picture and attachments, chosen once: a mistake elsewhere in the form does not cost you your files.',
  },
  {
    path: '/large',
    name: 'Large file',
    text: 'Up to 1 GiB, read as it arrives: never on the disk, never whole in memory.',
  },
  {
    path: '/news',
    name: 'News',
    text: 'A list that is slow to read and kept for everybody, until an action says that it has changed.',
  },
  {
    path: '/search',
    name: 'Search',
    text: 'A form that is sent by GET: checked by a schema, given back, with an address to bookmark.',
  },
  {
    path: '/likes',
    name: 'Likes',
    text: 'A script calls the action: it counts at once, and takes back what the server refuses. Without it, a form.',
  },
  {
    path: '/draft',
    name: 'Draft',
    text: 'A form that saves itself while you type, with our script. Otherwise it has a button.',
  },
]

export function homePage(router: TourRouter): void {
  router.get('/', (ctx) => {
    ctx.body = layout(ctx, {
      title: 'Server actions for plain Node servers',
      path: '/',
      main: html`
<p class="lead">Each form on these pages carries a hidden, encrypted field that names a function on the server and
the values bound to it. No page needs a script, so all of it works with JavaScript switched off. Choose above what sends
the forms, and see below what goes over the wire. Nothing that you
type or choose is lost when something goes wrong. Pick a page, try to break it, then read its source.</p>
<ul class="cards">${cards.map(
        ({ path, name, text }) => html`
<li><h2><a href="${path}">${name}</a></h2><p>${text}</p></li>`,
      )}
</ul>`,
      source: 'home',
    })
  })
}
