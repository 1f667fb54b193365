import { type Actions, done, flash, invalid, type Submission } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { Form } from 'sealform/koa'
import type { TourRouter } from '../app.js'
import { type Answers, bookingInput, breakfasts, draftInput, rooms, steps } from '../booking.js'
import { choices, field, textField } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

/** The state that the form carries from step to step. */
interface Booking {
  /** The current step, from 0. The last step is the summary. */
  readonly step: number
  readonly answers: Answers
}

const start: Booking = { step: 0, answers: {} }

export function wizardPage(router: TourRouter, actions: Actions): void {
  let bookings = 0

  /** The form's own action. Buttons have other actions, which share its state. */
  const keep = actions.define('wizard', {
    input: draftInput,
    run: ({ input, previous }: Submission<Answers, Booking>) => done(moved(previous, input)),
  })

  /** Goes to another step without validation. Unfinished input is kept. */
  const goTo = actions.define('wizard.go', {
    stateOf: keep,
    input: draftInput,
    run: ({ input, previous }: Submission<Answers, Booking>, step: number) =>
      done(moved(previous, input, step)),
  })

  const next = steps.map((step, index) =>
    actions.define(`wizard.${step.name}`, {
      stateOf: keep,
      input: step.input,
      run: ({ input, previous }: Submission<Answers, Booking>) => done(moved(previous, input, index + 1)),
    }),
  )

  const book = actions.define('wizard.book', {
    once: true,
    stateOf: keep,
    run({ previous = start }: Submission<undefined, Booking>) {
      const checked = bookingInput.safeParse(previous.answers)
      if (!checked.success) return invalid(`Change this first: ${checked.error.issues[0]?.message}`)
      const { name } = checked.data
      return flash(`Thank you, ${name}. This is booking number ${++bookings}.`, '/booked')
    },
  })

  router.get('/wizard', (ctx) => {
    const form = ctx.form<Booking>(keep, { initial: start })
    const { step, answers } = form.state ?? start
    const last = step === steps.length
    ctx.body = layout(ctx, {
      title: `Step ${step + 1} of ${steps.length + 1}: ${steps[step]?.title ?? 'Check and book'}`,
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
${progress(step)}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${last ? summary(form, answers) : fieldsOf[step]?.(form, answers)}
<div class="buttons">
<button ${form.submit(next[step] ?? book)}>${last ? 'Book' : 'Next'}</button>
${step > 0 && html`<button ${form.submit(goTo.bind(null, step - 1), { class: 'secondary' })}>Back</button>`}
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

  function summary(form: Form<Booking>, answers: Answers): SafeHtml {
    return html`<dl class="review">${steps.map(
      ({ title }, index) => html`<div><dt>${title}</dt><dd>${said[index]?.(answers)}</dd>
<dd class="change"><button ${form.submit(goTo.bind(null, index), { class: 'secondary small' })}>Change<span class="hidden"> “${title}”</span></button></dd></div>`,
    )}</dl>`
  }
}

function moved({ step, answers }: Booking = start, typed: Answers, to = step): Booking {
  return { step: Math.min(Math.max(0, to), steps.length), answers: { ...answers, ...typed } }
}

function progress(step: number): SafeHtml {
  return html`<ol class="steps">${[...steps.map(({ title }) => title), 'Check and book'].map(
    (title, index) => html`<li${index === step && html` aria-current="step"`}>${title}</li>`,
  )}</ol>`
}

const fieldsOf: readonly ((form: Form<Booking>, answers: Answers) => SafeHtml)[] = [
  (form, { name, email }) => html`
${field(form, 'name', 'Name', { value: name, type: 'text', required: true, autocomplete: 'name' })}
${field(form, 'email', 'Email address', { value: email, type: 'email', required: true, autocomplete: 'email' })}`,
  (form, { arrival, nights, room }) => html`
${field(form, 'arrival', 'Day of arrival', { value: arrival, type: 'date', required: true })}
${field(form, 'nights', 'Nights', { value: nights, type: 'text', inputmode: 'numeric', hint: 'From 1 to 14', required: true, autocomplete: 'off' })}
${choices(form, 'room', 'Room', 'radio', rooms, room)}`,
  (form, { breakfast, note }) => html`
${choices(form, 'breakfast', 'Breakfast', 'radio', breakfasts, breakfast)}
${textField(form, 'note', 'Anything else', { value: note, hint: 'If you like', rows: 4 })}`,
]

const said: readonly ((answers: Answers) => string)[] = [
  ({ name, email }) => `${name}, ${email}`,
  ({ arrival, nights, room }) =>
    `${arrival}, ${nights === '1' ? 'one night' : `${nights} nights`}. ${label(rooms, room)}`,
  ({ breakfast, note }) => [label(breakfasts, breakfast), ...(note ? [note] : [])].join('. '),
]

function label(options: typeof rooms, value = ''): string {
  return options.find((option) => option.value === value)?.label ?? value
}
