import type { Definition } from '../action/action.js'
import type { CurrentSubmission } from '../action/submission.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import type { SubmittedForm } from '../page/submitted-form.js'
import { acceptFields } from './accept-fields.js'
import { admit } from './admit.js'
import { authorizeForm } from './authorize-form.js'
import { catchSpam } from './catch-spam.js'
import { chooseAction } from './choose-action.js'
import { claimAndRun } from './claim-and-run.js'
import { judgeSender } from './judge-sender.js'
import { openSeal } from './open-seal.js'
import { type Arrival, PendingSubmission, type SuspectOrigin } from './pending-submission.js'
import { readBody } from './read-body.js'
import { giveBack, giveBackUnopened } from './take-fields.js'
import { validateSubmission } from './validate-submission.js'
import { answerValidation, askedValidation } from './validation-request.js'

export interface Received {
  readonly outcome: Outcome
  readonly submitted: SubmittedForm
  readonly submission: CurrentSubmission
  /** The action that ran, or that would run if the submission were accepted. The button's, when it has its own seal. */
  readonly action: Definition | undefined
  /** The action has run, for this copy of the submission or an earlier one. */
  readonly ran: boolean
  /** Set when the origin policy would refuse the request. In `mode: 'report'` the request continued. */
  readonly suspect: SuspectOrigin | undefined
  /** The visitor has disconnected, so no answer is sent. */
  readonly aborted: boolean
  /** The session value when the submission arrived. An action that signs the visitor in or out changes it. */
  readonly session: string | undefined
  /** The outcome comes from an earlier copy of a one-time submission. It was reported then and is not reported again. */
  readonly repeated: boolean
}

/**
 * Takes a submission through its steps. Each step returns what the next one needs, or an outcome that ends it. Throws
 * only when the library itself has a bug.
 *
 * A step returns a promise only when it has to wait. Unnecessary promises were visible in the benchmark of a redirect.
 */
export async function receive(arrival: Arrival): Promise<Received> {
  const pending = new PendingSubmission(arrival)
  try {
    const sender = judgeSender(pending)
    if (sender instanceof Refused) return end(pending, sender)

    const seal = openSeal(pending, sender)
    if (seal instanceof Refused) return end(pending, seal)

    const admitting = admit(pending.registry, pending.exchange, seal)
    const form = admitting instanceof Promise ? await admitting : admitting
    if (isOutcome(form)) return end(pending, await giveBackRefused(pending, form))
    pending.admit(form)

    const unauthorized = mustAsk(form.definition) && (await authorizeForm(pending, form))
    if (unauthorized) return end(pending, unauthorized)

    const readingBody = readBody(pending, form)
    const reading = readingBody instanceof Promise ? await readingBody : readingBody

    const accepting = acceptFields(pending, form, reading)
    const unacceptable = accepting instanceof Promise ? await accepting : accepting
    if (unacceptable) return end(pending, unacceptable)

    const choosing = chooseAction(pending, form, reading)
    const chosen = choosing instanceof Promise ? await choosing : choosing
    if (isOutcome(chosen)) return end(pending, chosen)

    const asked = askedValidation(arrival.exchange.req.headers, reading.own.validate)
    const catching = asked ? undefined : catchSpam(pending, { form, chosen, reading })
    const caught = catching instanceof Promise ? await catching : catching
    if (caught) return end(pending, caught)

    const validating = validateSubmission(pending, { form, chosen, reading })
    const checked = validating instanceof Promise ? await validating : validating
    if (asked) return end(pending, answerValidation(checked, asked))

    const running = claimAndRun(pending, { chosen, reading }, checked)
    const { outcome, ran } = running instanceof Promise ? await running : running
    pending.ran = ran
    return end(pending, outcome)
  } finally {
    pending.concludeFiles()
  }
}

/** Reads the input of a submission that was not admitted, to show it again. A seal that did not open buys little of that. */
function giveBackRefused(pending: PendingSubmission, outcome: Outcome): Promise<Outcome> {
  const unopened = outcome instanceof Refused && outcome.reason === 'malformed'
  return unopened ? giveBackUnopened(pending, outcome) : giveBack(pending, outcome)
}

/** Tells whether the registry or the action has an `authorize`. Most submissions wait for none. */
function mustAsk({ authorizeAll, authorize }: Definition): boolean {
  return authorizeAll !== undefined || authorize !== undefined
}

function end(pending: PendingSubmission, found: Outcome): Received {
  const outcome = found.kind === 'invalid' ? found.worded(() => pending.messages().summaryTitle) : found
  pending.outcome = outcome
  const { submitted, submission, action, ran, suspect, aborted, session, repeated } = pending
  pending.trace?.end(outcome, action?.name, repeated)
  return { outcome, submitted, submission, action, ran, suspect, aborted, session, repeated }
}
