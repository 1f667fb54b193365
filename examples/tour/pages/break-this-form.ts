import type { Context } from 'koa'
import { type Actions, done, type Submission } from 'sealform'
import { html, type SafeHtml } from 'sealform/html'
import type { SealformContext } from 'sealform/koa'
import { z } from 'zod'
import { field, textField } from '../field.js'
import { success } from '../layout.js'
import { region } from '../region.js'

const input = z.object({
  email: z.email('Enter an email address, such as ada@example.org').max(200, 'Use at most 200 characters'),
  message: z
    .string('Write something')
    .trim()
    .min(1, 'Write something')
    .max(200, 'Use at most 200 characters'),
})

type Sent = Submission<z.output<typeof input>, string>

type BreakContext = Pick<SealformContext, 'form' | 'region'> & Pick<Context, 'cookies'>

/** Defines the form that visitors are asked to break, and returns what prints it. */
export function breakThisForm(actions: Actions) {
  const send = actions.define('break.send', {
    input,
    run: ({ input: { email } }: Sent) => done(`The message of ${email} has arrived, once.`),
  })
  const fail = actions.define('break.fail', () => {
    throw new Error('The action was told to fail.')
  })

  return (ctx: BreakContext): { readonly titlePrefix: string; readonly section: SafeHtml } => {
    const form = ctx.form(send)
    const printForm = (sending: SafeHtml | undefined) => html`
${form.summary()}
${form.state !== undefined && success(form.state)}
<form ${form.attributes}${sending} class="panel" novalidate>
${form.fields}
${field(form, 'email', 'Email address', { type: 'text', autocomplete: 'off' })}
${textField(form, 'message', 'Message', { hint: 'At most 200 characters', rows: 2 })}
<div class="buttons">
<button type="submit">Send</button>
<button ${form.submit(fail, { class: 'secondary' })}>Send, and let the action fail</button>
</div>
</form>`
    return {
      titlePrefix: form.titlePrefix,
      section: html`<section class="group" aria-labelledby="break"><h2 id="break">Break this form</h2>
<p>Send it empty, or with half an address. Let its function throw an error. Change the hidden field in your browser’s developer
tools. What you typed comes back each time, and the page says what to do.</p>
${region(ctx, 'breaking', printForm)}
</section>`,
    }
  }
}
