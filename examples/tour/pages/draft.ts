import { type Actions, done, type Submission } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { TourRouter } from '../app.js'
import { field, textField } from '../field.js'
import { layout } from '../layout.js'
import { automatic, region } from '../region.js'

const draftInput = z.object({
  // A rule that the browser does not enforce, so that its message can be seen.
  title: z.string('Send a title').refine((title) => [...title].length <= 100, 'Use at most 100 characters'),
  text: z.string('Send a text, or leave it empty').max(2000, 'Use at most 2000 characters'),
})

interface Draft extends z.output<typeof draftInput> {
  readonly saved: Date
  /** How often it was saved. */
  readonly version: number
}

export function draftPage(router: TourRouter, actions: Actions): void {
  /** One draft for everybody who visits this server. */
  let draft: Draft | undefined

  const save = actions.define('drafts', {
    input: draftInput,
    run({ input }: Submission<z.output<typeof draftInput>>) {
      draft = { ...input, saved: new Date(), version: (draft?.version ?? 0) + 1 }
      return done()
    },
  })

  router.get('/draft', (ctx) => {
    const form = ctx.form(save)
    const sending = automatic(ctx, { region: 'draft', delay: 500 })
    ctx.body = layout(ctx, {
      title: 'Draft',
      titlePrefix: form.titlePrefix,
      path: '/draft',
      main: html`
<p class="lead">With a script, this form sends itself while you type. Without one it has a button. One draft for everybody who visits
this server.</p>
${region(
  ctx,
  'draft',
  () => html`
${form.summary()}
<form ${form.attributes}${sending.form} class="panel" novalidate>
${form.fields}
${field(form, 'title', 'Title', { value: draft?.title, autocomplete: 'off', ...sending.field })}
${textField(form, 'text', 'Text', { value: draft?.text, hint: 'At most 2000 characters', rows: 6, ...sending.field })}
<div class="buttons"><button type="submit" class="secondary">Save</button></div>
</form>`,
)}
${region(ctx, 'saved', () => html`<p role="status">${savedText(draft)}</p>`, { always: true })}`,
      tryThis: [
        'Choose any script above and type: half a second after the last letter the draft is saved, and your caret stays.',
        'Type on while it is being saved, on a slow network if you like: nothing of it gets lost.',
        'Type more than 100 characters into the title. The message comes while you type, and goes again.',
        'Choose “Plain”: the same form, with its button.',
      ],
      source: 'draft',
    })
  })
}

function savedText(draft: Draft | undefined): string {
  if (!draft) return 'Nothing is saved yet.'
  return `Version ${draft.version}, saved at ${draft.saved.toISOString().slice(11, 19)} UTC`
}
