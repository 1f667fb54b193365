import { type Actions, flash, type Submission } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { choices, field } from '../field.js'
import { layout } from '../layout.js'
import { region } from '../region.js'

const plans = [
  { value: 'free', label: 'Free' },
  { value: 'team', label: 'Team' },
  { value: 'company', label: 'Company' },
]
const topics = [
  { value: 'releases', label: 'New releases' },
  { value: 'security', label: 'Security notices' },
  { value: 'stories', label: 'How others use it' },
]
const countries = [
  { value: '', label: 'Choose a country' },
  { value: 'br', label: 'Brazil' },
  { value: 'ca', label: 'Canada' },
  { value: 'fr', label: 'France' },
  { value: 'de', label: 'Germany' },
  { value: 'in', label: 'India' },
  { value: 'jp', label: 'Japan' },
  { value: 'ng', label: 'Nigeria' },
  { value: 'other', label: 'Another country' },
]

const signupInput = z.object({
  email: z.email('Enter an email address, such as ada@example.org'),
  name: z.string('Enter your name').trim().min(1, 'Enter your name').max(80, 'Use at most 80 characters'),
  password: z
    .string('Choose a password')
    .min(8, 'Choose a password of at least 8 characters')
    .max(200, 'Choose a password of at most 200 characters'),
  plan: z.enum(['free', 'team', 'company'], 'Choose a plan'),
  topics: z.array(z.enum(['releases', 'security', 'stories'], 'Choose from these topics')),
  country: z.enum(['br', 'ca', 'fr', 'de', 'in', 'jp', 'ng', 'other'], 'Choose your country'),
  terms: z.literal(true, 'Accept the terms to go on'),
})

export function signupPage(router: TourRouter, actions: Actions): void {
  const signup = actions.define('signup', {
    input: signupInput,
    run({ input: { name, plan } }: Submission<z.output<typeof signupInput>>) {
      return flash(`Welcome, ${name}. You have signed up for the plan “${planLabel(plan)}”.`, '/welcome')
    },
  })

  router.get('/signup', (ctx) => {
    const form = ctx.form(signup)
    ctx.body = layout(ctx, {
      title: 'Sign up',
      titlePrefix: form.titlePrefix,
      path: '/signup',
      main: html`
<p class="lead">An account for nothing: what you send is checked, and then forgotten.</p>
${region(
  ctx,
  'account',
  (sending) => html`
${form.summary()}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${form.honeypot()}
${field(form, 'email', 'Email address', { autocomplete: 'email' })}
${field(form, 'name', 'Name', { autocomplete: 'name' })}
${field(form, 'password', 'Password', {
  type: 'password',
  hint: 'At least 8 characters',
  autocomplete: 'new-password',
})}
${choices(form, 'plan', 'Plan', 'radio', plans)}
${choices(form, 'topics', 'Topics you want to hear about', 'checkbox', topics)}
<div class="field">
<label for="${form.id}-country">Country</label>
${form.issue('country')}
${form.select('country', countries, { autocomplete: 'country' })}
</div>
<div class="field">
${form.issue('terms')}
<label class="choice"><input ${form.input('terms')}> I accept the terms</label>
</div>
<div class="buttons"><button type="submit">Sign up</button></div>
</form>`,
)}`,
      tryThis: [
        'Send the form empty. The summary takes the focus and links to each field.',
        'Fill in half of it: all you entered comes back, except the password.',
        'Fill in the field that nobody sees, as programs do: open the developer tools and give “Leave this field empty” a value.',
        'Sign up, then reload the welcome page: its message is shown once.',
      ],
      source: 'signup',
    })
  })

  router.get('/welcome', (ctx) => {
    ctx.body = layout(ctx, {
      title: 'Welcome',
      path: '/welcome',
      main: ctx.forms.flash
        ? html`<p class="lead">This message came in an encrypted cookie that is gone by now. Reload the page to see.</p>`
        : html`<p class="lead">There is nothing to say here, or it has been said already.</p>`,
      tryThis: [html`<a href="/signup">Sign up</a> and come back.`],
      source: 'signup',
    })
  })
}

function planLabel(value: string): string {
  return plans.find((plan) => plan.value === value)?.label ?? value
}
