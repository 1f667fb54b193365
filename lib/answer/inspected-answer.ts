import type { IncomingHttpHeaders } from 'node:http'
import type { Trace } from '../base/trace.js'
import { cutNames, type InspectedSubmission, type Inspection } from '../inspect/inspection.js'
import { explainRefusal } from '../origin/explain-origin.js'
import { issuesOf, isValid, type Outcome } from '../outcome/outcome.js'
import type { ClientRow } from './client-table.js'
import type { Conclusion } from './conclude.js'
import type { Received } from './receive.js'
import { detailOf } from './report-refusal.js'

interface AnswerFacts {
  readonly trace: Trace
  readonly client: ClientRow | undefined
  readonly headers: IncomingHttpHeaders
}

/** Notes for the inspector what becomes of one submission. For development. */
export class InspectedAnswer {
  readonly #inspection: Inspection
  readonly #facts: AnswerFacts
  readonly #at = Date.now()
  #concluded: Conclusion | undefined

  constructor(inspection: Inspection, facts: AnswerFacts) {
    this.#inspection = inspection
    this.#facts = facts
  }

  /** Notes how the submission is answered. */
  conclude(conclusion: Conclusion): void {
    this.#concluded = conclusion
  }

  /** Keeps the submission. @param status `undefined` when the visitor has left */
  end(received: Received, status: number | undefined): void {
    const { trace, client, headers } = this.#facts
    const { submission, action, suspect, repeated } = received
    const conclusion = this.#concluded
    const outcome = conclusion?.kind === 'page' ? conclusion.outcome : received.outcome
    this.#inspection.keep({
      at: this.#at,
      path: trace.submission.path,
      action: action?.name,
      outcome: status === undefined ? 'left' : isValid(outcome) ? 'valid' : outcome.kind,
      status,
      milliseconds: trace.elapsed,
      stages: trace.stages,
      refusal: refusalOf(received, outcome),
      reported: suspect && received.outcome.kind !== 'refused' ? explainRefusal(suspect) : undefined,
      reference: outcome.kind === 'failed' ? outcome.reference : '',
      fields: cutNames(submission.fieldNames),
      issues: cutNames([...new Set(issuesOf(outcome).map(({ name }) => name))].filter((name) => name !== '')),
      client: client?.name,
      regions: cutNames(client ? client.asks(headers, false) : []),
      repeated,
    })
  }
}

function refusalOf(received: Received, outcome: Outcome): InspectedSubmission['refusal'] {
  if (outcome.kind !== 'refused') return undefined
  const { reason } = outcome
  // The detail quotes the target, which may be what a visitor typed.
  const detail = outcome === received.outcome ? detailOf(outcome, received.suspect) : unsafeTarget
  return { reason, detail }
}

const unsafeTarget =
  'The action redirects to a target that is not allowed. The console shows the target, and what to change.'
