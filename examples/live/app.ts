import express, { type Express } from 'express'
import { type ActionsOptions, createActions, redirect } from 'sealform'
import { createCache } from 'sealform/cache'
import { sealform } from 'sealform/express'
import { html } from 'sealform/html'
import 'sealform/express/augment'

const seats = 12

/** Creates an app that sells the seats of a small hall. Every open page sees at once which ones are taken. */
export function createApp(options: Pick<ActionsOptions, 'keys'> = {}): Express {
  const taken = new Set<number>()
  // For several servers, give the cache a `redisCacheTier()`, and keep the seats in a database.
  const actions = createActions({ ...options, cache: createCache() })

  const take = actions.define('seats.take', async ({ revalidateTag }, seat: number) => {
    if (taken.has(seat)) return redirect(`/?late=${seat}`)
    taken.add(seat)
    await revalidateTag('seats')
    return redirect('/')
  })

  const app = express()
  app.use(sealform(actions, { live: true }))
  app.get('/', (req, res) => {
    const late = Number(req.query.late)
    const hall = () => html`<section id="hall" aria-label="Seats">
      <p role="status">${seats - taken.size} of ${seats} seats are free.</p>
      ${Array.from({ length: seats }, (_, i) => {
        const seat = i + 1
        if (taken.has(seat)) return html`<p id="seat-${seat}">Seat ${seat}: taken</p>`
        const form = req.form(take.bind(null, seat), { key: seat })
        return html`<form ${form.attributes}>${form.fields}<button>Seat ${seat}: take it</button></form>`
      })}
    </section>`
    res.send(html`<!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>The hall</title>${req.forms.script}</head>
      <body><h1>The hall</h1>
        ${Number.isInteger(late) && html`<p role="alert">Seat ${late} has just been taken. Choose another one.</p>`}
        <p>Open this page twice, side by side.</p>
        ${req.region('hall', hall, { live: ['seats'] })}
      </body></html>`)
  })
  return app
}
