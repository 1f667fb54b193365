import type { Definition } from '../action/action.js'
import { authorize } from '../action/run-action.js'
import { isSecret } from '../action/secrets.js'
import type { ActionField } from '../base/action-field.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import { openFormState } from '../seal/form-state.js'
import type { Opened } from '../seal/opened-seals.js'
import { matchesSession, open } from '../seal/seal.js'
import { type Admitted, admit } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { hookOf } from './take-fields.js'

/**
 * Chooses the action of a button in a React page. React prints a button as it prints a form, so its seal is one of a form: a
 * page that prints both can send both. The action takes the place of the form's own from here on. It gets the fields and
 * its own state, never that of the form.
 */
export async function choosePressed(
  pending: PendingSubmission,
  field: ActionField,
): Promise<Admitted | Outcome> {
  const { registry, exchange, session, submission } = pending
  const opened = open(registry.keys, 'action', field.seal)
  if (opened && opened.content.audience === registry.audience) takePlace(pending, field, opened)
  const sessionMatches = opened !== undefined && matchesSession(registry.keys, opened, session)
  const pressed = await admit(registry, exchange, { token: field.seal, opened, sessionMatches })
  if (isOutcome(pressed)) return pressed
  if (!pressed.changeFields) pending.allowSealing(pressed)
  const unusable = field.state ? takeState(pending, field.state) : undefined
  if (unusable) return unusable
  const refusal = await authorize(pressed, submission)
  if (refusal) return refusal
  pending.action = pressed.definition
  submission.outlivesVisitor = pressed.definition.store !== undefined
  return pressed
}

/** Puts the action in the place of the form's: the page shows the outcome where it belongs, and a new seal is its own. */
function takePlace(pending: PendingSubmission, field: ActionField, { content }: Opened): void {
  const { registry, submitted, submission } = pending
  const definition = registry.find(content.action)
  if (submitted.definition) submitted.secretNames = secretNamesOf(pending, submitted.definition)
  submitted.definition = definition
  submitted.boundText = content.values
  submitted.admitted = false
  submitted.onOwnPath = content.path !== undefined
  submitted.begun = definition && definition.spam.minFillTime > 0 ? content.issued : undefined
  submitted.hook = hookOf(field)
  submitted.state = undefined
  submitted.hasState = false
  submission.previous = undefined
  pending.owner = definition && { action: definition.name, boundText: content.values }
}

/** Returns the names of the fields that are secret for the form's own action. They stay so. */
function secretNamesOf({ submitted }: PendingSubmission, form: Definition): ReadonlySet<string> | undefined {
  const secrets = submitted.entries.map(([name]) => name).filter((name) => isSecret(form, name))
  return secrets.length > 0 ? new Set([...(submitted.secretNames ?? []), ...secrets]) : submitted.secretNames
}

function takeState({ registry, session, owner, submitted, submission }: PendingSubmission, token: string) {
  const carried = openFormState(registry, token, { owner, session })
  if (!carried) return new Refused('malformed', 400, 'The state of the form did not open.')
  submitted.hasState = true
  submitted.state = carried.state
  if (!carried.current) return new Refused('expired', 409, 'The state of the form has expired.')
  submission.previous = carried.state
  return undefined
}
