import type { Definition } from '../action/action.js'
import { authorize } from '../action/run-action.js'
import type { Reading } from '../body/reading.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import type { SubmittedButton } from '../page/submitted-form.js'
import { ownerName, ownerOf } from '../seal/form-owner.js'
import type { Opened } from '../seal/opened-seals.js'
import { matchesSession, open } from '../seal/seal.js'
import { type Admitted, admit } from './admit.js'
import { choosePressed } from './choose-pressed.js'
import type { PendingSubmission } from './pending-submission.js'

/**
 * Chooses the action to run: the form's, or the button's. The seal of a button is good only in the form that it was made
 * for. It is opened and admitted on its own.
 */
export function chooseAction(
  pending: PendingSubmission,
  form: Admitted,
  reading: Reading,
): Admitted | Promise<Admitted | Outcome> {
  const { submit: button, named } = reading.own
  if (named?.pressed) return choosePressed(pending, named.pressed)
  return button === undefined ? form : admitButton(pending, form, button)
}

async function admitButton(
  pending: PendingSubmission,
  form: Admitted,
  token: string,
): Promise<Admitted | Outcome> {
  const { registry, exchange, session, submission } = pending
  const opened = open(registry.keys, 'button', token)
  const misplaced = opened && refuseMisplaced(pending, opened)
  pending.submitted.button = noteButton(misplaced ? undefined : opened)
  if (misplaced) return misplaced
  const sessionMatches = opened !== undefined && matchesSession(registry.keys, opened, session)
  const button = await admit(registry, exchange, { token, opened, sessionMatches })
  if (isOutcome(button)) return button
  // With fields of another version, only the page knows which button goes with them.
  if (!button.changeFields) pending.submitted.button = noteAdmitted(button)
  if (!sharesState(button.definition, form.definition)) submission.previous = undefined
  const refusal = await authorize(button, submission)
  if (refusal) return refusal
  pending.action = button.definition
  submission.outlivesVisitor = button.definition.store !== undefined
  return button
}

function noteButton(opened: Opened | undefined): SubmittedButton {
  const { action, values = '' } = opened?.content ?? {}
  return { action, boundText: values, admitted: undefined }
}

function noteAdmitted({ definition, boundText }: Admitted): SubmittedButton {
  return { action: definition.name, boundText, admitted: definition }
}

/** Tells whether a button's action gets the state of the form. Any other action would take it for a state of its own. */
function sharesState(button: Definition, form: Definition): boolean {
  return button === form || button.stateOf === form
}

/** Refuses the button of another form. Its action was meant for the fields, files and state of that form. */
function refuseMisplaced({ owner: form }: PendingSubmission, { content }: Opened): Refused | undefined {
  const { action, owner } = content
  if (form && owner === ownerOf(form)) return undefined
  const name = owner === undefined ? undefined : ownerName(owner)
  const came = name === form?.action ? 'one with other bound values' : `a form of "${form?.action}"`
  const detail = `The button for "${action}" was printed in a form of "${name}", and came with ${came}.`
  return new Refused('malformed', 400, detail)
}
