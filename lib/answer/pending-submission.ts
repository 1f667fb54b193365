import type { Definition } from '../action/action.js'
import type { Exchange } from '../action/exchange.js'
import type { Registry } from '../action/registry.js'
import { CurrentSubmission } from '../action/submission.js'
import type { Trace } from '../base/trace.js'
import type { Body } from '../body/reading.js'
import type { OriginPolicy } from '../origin/judge-origin.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import type { Messages } from '../outcome/messages.js'
import type { Outcome } from '../outcome/outcome.js'
import type { SubmittedForm } from '../page/submitted-form.js'
import type { StateOwner } from '../seal/form-state.js'
import type { Admitted } from './admit.js'
import type { Files } from './receive-uploads.js'

/** What the origin policy does not allow by itself. */
export type SuspectOrigin = Exclude<OriginVerdict, { readonly verdict: 'allow' }>

/** The settings of the middleware that submissions are received by. */
export interface Rules {
  readonly origin: OriginPolicy
  readonly mode: 'enforce' | 'report'
  messages(context: unknown): Messages
}

/** A submission that has arrived: where, from whom, and its body, of which only the beginning was read. */
export interface Arrival {
  readonly registry: Registry
  readonly exchange: Exchange
  readonly body: Body
  readonly rules: Rules
  readonly trace?: Trace | undefined
}

/** A submission on its way to an outcome: what arrived, and what the steps of `receive` have found out so far. */
export class PendingSubmission {
  readonly registry: Registry
  readonly exchange: Exchange
  readonly body: Body
  readonly rules: Rules
  readonly trace: Trace | undefined
  /** What the visitor's seals are tied to. */
  readonly session: string | undefined
  /** What the action receives. */
  readonly submission: CurrentSubmission
  /** What the page gives back. */
  readonly submitted: SubmittedForm = {
    formId: undefined,
    definition: undefined,
    admitted: false,
    boundText: '',
    state: undefined,
    hasState: false,
    entries: [],
    secretNames: undefined,
    files: undefined,
  }
  /** The action to run, once a seal has named it: the form's, or the button's when a button carried one. */
  action: Definition | undefined
  /** Set when the origin policy would refuse the request. */
  suspect: SuspectOrigin | undefined
  /** Whose state the form may carry, once its own seal has opened. */
  stateOwner: StateOwner | undefined
  /** The state that the form carried has expired. */
  stale = false
  /** Set while the files of the submission are taken. */
  files: Files | undefined
  /** The visitor has left: nobody is there to answer. */
  aborted = false
  /** The outcome is that of an earlier copy of a one-time submission. */
  repeated = false
  outcome: Outcome | undefined

  constructor({ registry, exchange, body, rules, trace }: Arrival) {
    this.registry = registry
    this.exchange = exchange
    this.body = body
    this.rules = rules
    this.trace = trace
    this.session = exchange.session()
    this.submission = new CurrentSubmission(exchange, registry.cache)
  }

  /** The texts for this visitor. */
  messages(): Messages {
    return this.rules.messages(this.exchange.context)
  }

  /** The form's own action may be submitted by this visitor. */
  admit(form: Admitted): void {
    // Until they are changed, fields of another version would be misunderstood under a seal of this one.
    if (!form.changeFields) this.allowSealing(form)
    this.submission.outlivesVisitor = form.definition.store !== undefined
  }

  /** From now on the page may seal the form anew: with these values, and the fields that `submitted` has. */
  allowSealing({ boundText }: Admitted): void {
    this.submitted.admitted = true
    this.submitted.boundText = boundText
  }

  /** Lets go of the files, and tells the page which of them wait for the next submission. */
  concludeFiles(): void {
    if (!this.files) return
    const { definition, uploads } = this.files
    uploads.conclude(this.outcome?.kind ?? 'failed')
    const list = uploads.shown
    if (list.length > 0) this.submitted.files = { definition, list }
  }
}
