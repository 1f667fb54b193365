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
import type { FormOwner } from '../seal/form-owner.js'
import type { Admitted } from './admit.js'
import type { Files } from './receive-uploads.js'

/** An origin verdict other than `allow`. */
export type SuspectOrigin = Exclude<OriginVerdict, { readonly verdict: 'allow' }>

/** The middleware settings that apply while a submission is received. */
export interface Rules {
  readonly origin: OriginPolicy
  readonly mode: 'enforce' | 'report'
  messages(context: unknown): Messages
}

/** A submission that has arrived. Only the beginning of its body has been read. */
export interface Arrival {
  readonly registry: Registry
  readonly exchange: Exchange
  readonly body: Body
  readonly rules: Rules
  readonly trace?: Trace | undefined
}

/** A submission without an outcome yet: the request, and the results of the steps of `receive` so far. */
export class PendingSubmission {
  readonly registry: Registry
  readonly exchange: Exchange
  readonly body: Body
  readonly rules: Rules
  readonly trace: Trace | undefined
  /** The session value that the visitor's seals are bound to. */
  readonly session: string | undefined
  /** The submission as the action receives it. */
  readonly submission: CurrentSubmission
  /** The submission as the page shows it again. */
  readonly submitted: SubmittedForm = {
    formId: undefined,
    definition: undefined,
    admitted: false,
    onOwnPath: false,
    boundText: '',
    button: undefined,
    begun: undefined,
    hook: undefined,
    state: undefined,
    hasState: false,
    entries: [],
    secretNames: undefined,
    files: undefined,
  }
  /** The action to run, known after a seal has opened: the form's, or the button's when the button has its own seal. */
  action: Definition | undefined
  /** Set when the origin policy would refuse the request. */
  suspect: SuspectOrigin | undefined
  /** The form that its state and its buttons must belong to. Set after the form's own seal has opened. */
  owner: FormOwner | undefined
  /** The state that the form carried has expired. */
  stale = false
  /** Set once the action takes files. */
  files: Files | undefined
  /** The action has run, for this copy of the submission or an earlier one. */
  ran = false
  /** The visitor has disconnected, so no answer is sent. */
  aborted = false
  /** The outcome comes from an earlier copy of a one-time submission. */
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

  /** Returns the message texts for this visitor. */
  messages(): Messages {
    return this.rules.messages(this.exchange.context)
  }

  /** Records that this visitor may submit the form's own action. */
  admit(form: Admitted): void {
    // Fields of another version must be migrated first: under a seal of this version the action would misread them.
    if (!form.changeFields) this.allowSealing(form)
    this.submission.outlivesVisitor = form.definition.store !== undefined
  }

  /** Allows the page to seal the form again, with these bound values and the fields in `submitted`. */
  allowSealing({ boundText }: Admitted): void {
    this.submitted.admitted = true
    this.submitted.boundText = boundText
  }

  /** Removes the files that are not needed any more, and lists for the page those that wait for the next submission. */
  concludeFiles(): void {
    if (!this.files) return
    const { definition, uploads } = this.files
    const { outcome } = this
    // The files of a step wait as those of a form that has to be corrected.
    const waits = outcome?.kind === 'done' && outcome.keepsFiles
    uploads.conclude(waits ? 'invalid' : (outcome?.kind ?? 'failed'))
    const list = uploads.shown
    if (list.length > 0) this.submitted.files = { definition, list }
  }
}
