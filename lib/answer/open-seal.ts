import { stagedSync } from '../base/trace.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import { Refused } from '../outcome/outcome.js'
import { matchesSession, type Opened, open } from '../seal/seal.js'
import type { SentSeal } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'

/**
 * Opens the form's own seal and finds the action that it names. When the headers alone do not prove the origin (verdict
 * `token`), the submission is refused unless the seal is bound to the visitor's session.
 */
export function openSeal(pending: PendingSubmission, sender: OriginVerdict): SentSeal | Refused {
  const { registry, session, trace } = pending
  const token = pending.body.seal
  const opened = stagedSync(trace, 'open', () =>
    token === undefined ? undefined : open(registry.keys, 'action', token),
  )
  const sessionMatches = opened !== undefined && matchesSession(registry.keys, opened, session)
  if (sender.verdict === 'token' && !(sessionMatches && opened.content.session)) {
    pending.suspect = sender
    if (pending.rules.mode === 'enforce') return new Refused('origin', 403, 'token')
  }
  if (opened && opened.content.audience === registry.audience) nameAction(pending, opened)
  return { token, opened, sessionMatches }
}

function nameAction(pending: PendingSubmission, { content }: Opened): void {
  const { submitted, trace } = pending
  const definition = pending.registry.find(content.action)
  pending.action = definition
  submitted.definition = definition
  submitted.boundText = content.values
  submitted.begun = content.issued
  // State and buttons are bound to the values of the form's own seal, also when `migrate` changes those values.
  pending.owner = definition && { action: definition.name, boundText: content.values }
  trace?.begin(definition?.name)
}
