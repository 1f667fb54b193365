import { type Actions, defineSteps, flash, type StepsFields } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { SteppedForm } from 'sealform/koa'
import type { TourRouter } from '../app.js'
import { breakfasts, rooms, steps } from '../booking.js'
import { choices, field, textField } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

type Booking = SteppedForm<keyof typeof steps, StepsFields<typeof steps>>

export function wizardPage(router: TourRouter, actions: Actions): void {
  let bookings = 0

  const booking = defineSteps(actions, 'wizard', {
    steps,
    once: true,
    run: ({ input }) =>
      flash(`Thank you, ${input.guest.name}. This is booking number ${++bookings}.`, '/booked'),
  })

  router.get('/wizard', (ctx) => {
    const form = ctx.forms.steps(booking)
    const at = form.steps.findIndex(({ current }) => current)
    const step = form.steps[at]
    ctx.body = layout(ctx, {
      title: `Step ${step ? at + 1 : form.steps.length + 1} of ${form.steps.length + 1}: ${step?.title ?? 'Check and book'}`,
      titlePrefix: form.titlePrefix,
      path: '/wizard',
      main: html`
<p class="lead">The form itself carries what you have entered in earlier steps, encrypted. The server keeps no session,
and remembers nothing until you book.</p>
${region(
  ctx,
  'booking',
  (sending) => html`
${form.summary()}
${progress(form)}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${form.step ? fieldsOf[form.step](form) : review(form)}
<div class="buttons">
<button ${form.next()}>${form.isLast ? 'Book' : 'Next'}</button>
${!form.isFirst && html`<button ${form.back({ class: 'secondary' })}>Back</button>`}
</div>
</form>`,
)}`,
      tryThis: [
        'Fill in half of a later step, go back, and come forward again: all of it is still there.',
        'Change the hidden state in your browser’s developer tools: it is sealed, so no other is accepted.',
        'Double-click “Book”, or reload the page that thanks you: you have booked once.',
      ],
      source: 'wizard',
    })
  })

  router.get('/booked', (ctx) => {
    ctx.body = layout(ctx, {
      title: 'Booked',
      path: '/booked',
      main: html`
<p class="lead">${ctx.forms.flash ? 'There is no hotel, so nobody waits for you.' : 'There is nothing to say here, or it has been said already.'}</p>
<p><a href="/wizard">Book again</a></p>`,
      source: 'wizard',
    })
  })
}

function progress({ steps }: Booking): SafeHtml {
  const reviewing = !steps.some(({ current }) => current)
  const last = { title: 'Check and book', current: reviewing, answered: false }
  return html`<ol class="steps">${[...steps, last].map(
    ({ title, current, answered }) =>
      html`<li${current && html` aria-current="step"`}${answered && html` class="finished"`}>${title}${answered && html`<span class="hidden">, finished</span>`}</li>`,
  )}</ol>`
}

const fieldsOf: Record<keyof typeof steps, (form: Booking) => SafeHtml> = {
  guest: (form) => html`
${field(form, 'name', 'Name', { type: 'text', required: true, autocomplete: 'name' })}
${field(form, 'email', 'Email address', { type: 'email', required: true, autocomplete: 'email' })}`,
  stay: (form) => html`
${field(form, 'arrival', 'Day of arrival', { type: 'date', required: true })}
${field(form, 'nights', 'Nights', { type: 'text', inputmode: 'numeric', hint: 'From 1 to 14', required: true, autocomplete: 'off' })}
${choices(form, 'room', 'Room', 'radio', rooms)}`,
  wishes: (form) => html`
${choices(form, 'breakfast', 'Breakfast', 'radio', breakfasts)}
${textField(form, 'note', 'Anything else', { hint: 'If you like', rows: 4 })}`,
}

const said: Record<keyof typeof steps, (form: Booking) => string> = {
  guest: ({ answer }) => `${answer('name')}, ${answer('email')}`,
  stay: ({ answer }) =>
    `${answer('arrival')}, ${answer('nights') === '1' ? 'one night' : `${answer('nights')} nights`}. ${label(rooms, answer('room'))}`,
  wishes: ({ answer }) =>
    [label(breakfasts, answer('breakfast')), answer('note')].filter((text) => text !== '').join('. '),
}

function review(form: Booking): SafeHtml {
  return html`<dl class="review">${form.steps.map(
    ({ name, title }) => html`<div><dt>${title}</dt><dd>${said[name](form)}</dd>
<dd class="change"><button ${form.goTo(name, { class: 'secondary small' })}>Change<span class="hidden"> “${title}”</span></button></dd></div>`,
  )}</dl>`
}

function label(options: typeof rooms, value: string): string {
  return options.find((option) => option.value === value)?.label ?? value
}
