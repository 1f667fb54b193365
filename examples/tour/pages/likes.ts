import { setTimeout as wait } from 'node:timers/promises'
import { type Actions, invalid, redirect } from 'sealform'
import { html } from 'sealform/html'
import type { TourRouter } from '../app.js'
import { layout } from '../layout.js'

const things = [
  { id: 'tea', name: 'Tea' },
  { id: 'rain', name: 'Rain' },
  { id: 'mondays', name: 'Mondays' },
]

export function likesPage(router: TourRouter, actions: Actions): void {
  const likes = new Map(things.map(({ id }) => [id, 0]))

  const like = actions.define('likes', async (_submission, id: string) => {
    // Slow enough to see that the script does not wait.
    await wait(400)
    if (id === 'mondays') return invalid('The server takes no likes for Mondays.')
    likes.set(id, (likes.get(id) ?? 0) + 1)
    return redirect('/likes')
  })

  router.get('/likes', (ctx) => {
    const items = things.map((thing) => ({
      ...thing,
      form: ctx.form(like.bind(null, thing.id), { key: thing.id }),
    }))
    ctx.body = layout(ctx, {
      title: 'Likes',
      titlePrefix: items.find(({ form }) => form.titlePrefix !== '')?.form.titlePrefix ?? '',
      path: '/likes',
      main: html`
<p class="lead">The server takes its time. The script counts at once, and takes back what the server refuses.</p>
${items.map(({ form }) => form.summary())}
<ul class="todos" data-likes data-call="${ctx.forms.callModule}">${items.map(
        ({ id, name, form }) => html`
<li><span>${name}</span>
<form ${form.attributes}>${form.fields}
<output aria-label="Likes of ${name}">${likes.get(id)}</output>
<button type="submit" class="secondary">Like<span class="hidden"> ${name}</span></button></form></li>`,
      )}</ul>
<p role="status" data-told></p>`,
      tryThis: [
        'Like tea five times, as fast as you can: the script sends one after the other.',
        'Like Mondays: the count goes back, and a message says why.',
        'Switch your network off, like something, and switch it on again.',
        'Switch JavaScript off: the same buttons send forms.',
        html`Read <a href="/likes.js">the script</a>: all that it needs is one module of 2.5 kB.`,
      ],
      script: '/likes.js',
      source: 'likes',
    })
  })
}
