import { callHook } from '../action/hooks.js'
import { judgeSpam, type SpamSign } from '../action/spam.js'
import { traceSpam } from '../base/trace.js'
import type { Reading } from '../body/reading.js'
import { failed } from '../outcome/failure.js'
import { Invalid, type Outcome } from '../outcome/outcome.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'

interface Sent {
  readonly form: Admitted
  /** The action to run: the form's own, or the button's. */
  readonly chosen: Admitted
  readonly reading: Reading
}

/** Judges whether a program has filled in the form. Returns the outcome that it gets, and `undefined` for people. */
export function catchSpam(
  pending: PendingSubmission,
  { form, chosen, reading }: Sent,
): Outcome | undefined | Promise<Outcome> {
  const minFillTime = Math.max(form.definition.spam.minFillTime, chosen.definition.spam.minFillTime)
  const { trapped } = reading.own
  if (!trapped && minFillTime === 0) return undefined
  const { issued } = form.opened.content
  const sign = judgeSpam({ trapped, issued, now: Math.floor(Date.now() / 1000), minFillTime })
  return sign && answerSpam(pending, chosen, sign)
}

async function answerSpam(
  pending: PendingSubmission,
  { definition, values }: Admitted,
  sign: SpamSign,
): Promise<Outcome> {
  const { registry, submission } = pending
  const { name: action, spam } = definition
  registry.caught[sign]++
  traceSpam({ action, sign })
  const otherwise = new Invalid(pending.messages().spam)
  if (!spam.onSpam) return otherwise
  try {
    const event = { action, submission, values, sign }
    return (await callHook(spam.onSpam, event, 'onSpam')) ?? otherwise
  } catch (thrown) {
    return failed(thrown)
  }
}
