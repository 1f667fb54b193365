import { stagedSync } from '../base/trace.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import { Refused } from '../outcome/outcome.js'
import type { Opened } from '../seal/opened-seals.js'
import { matchesPath } from '../seal/path-binding.js'
import { matchesSession, open } from '../seal/seal.js'
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

function nameAction(pending: PendingSubmission, opened: Opened): void {
  const { registry, exchange, submitted, trace } = pending
  const { content } = opened
  const definition = registry.find(content.action)
  pending.action = definition
  submitted.definition = definition
  submitted.boundText = content.values
  submitted.onOwnPath = content.path !== undefined && matchesPath(registry.keys, opened, exchange.path)
  submitted.begun = content.issued
  // State and buttons are bound to the values of the form's own seal, also when `migrate` changes those values.
  pending.owner = definition && { action: definition.name, boundText: content.values }
  trace?.begin(definition?.name)
}
