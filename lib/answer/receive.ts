import type { Definition } from '../action/action.js'
import type { Exchange } from '../action/exchange.js'
import { changeFields } from '../action/migrate.js'
import type { Registry } from '../action/registry.js'
import { authorize, type Checked, check, noInput, run } from '../action/run-action.js'
import { CurrentSubmission } from '../action/submission.js'
import type { Entry } from '../base/entry.js'
import { staged, stagedSync, type Trace } from '../base/trace.js'
import type { Body, Reading } from '../body/reading.js'
import { judgeOrigin, type OriginPolicy } from '../origin/judge-origin.js'
import { readOriginFacts } from '../origin/origin-headers.js'
import type { OriginVerdict } from '../origin/origin-verdict.js'
import { failed } from '../outcome/failure.js'
import type { Messages } from '../outcome/messages.js'
import { isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import type { SubmittedForm } from '../page/submitted-form.js'
import { openFormState } from '../seal/form-state.js'
import { idOf, matchesSession, open } from '../seal/seal.js'
import { type Admitted, admit } from './admit.js'
import { type Files, fileIssues, joinFiles, joinIssues, keptFiles, takeFiles } from './receive-uploads.js'
import { refusedBody } from './refused-body.js'
import { type OneTime, runOnce, type Settlement, whatBecame } from './run-once.js'
import { answerValidation, askedValidation } from './validation-request.js'

/** What the origin policy does not allow by itself. */
export type SuspectOrigin = Exclude<OriginVerdict, { readonly verdict: 'allow' }>

export interface Rules {
  readonly origin: OriginPolicy
  readonly mode: 'enforce' | 'report'
  messages(context: unknown): Messages
}

export interface Received {
  readonly outcome: Outcome
  readonly submitted: SubmittedForm
  readonly submission: CurrentSubmission
  /** The action that ran, or would have: the button's, when a button carried one. */
  readonly action: Definition | undefined
  /** Set when the origin policy would refuse the request; in `mode: 'report'` it went on nevertheless. */
  readonly suspect: SuspectOrigin | undefined
  /** The visitor has left: nobody is there to answer. */
  readonly aborted: boolean
  /** The outcome is that of an earlier copy of a one-time submission, which was reported then. */
  readonly repeated: boolean
}

/**
 * The way of a submission, in the order of the design: judge where it came from, open the seal, admit, read
 * the rest, validate, run. Every way out is an outcome; only a fault of the library itself is thrown.
 */
export function receive(
  registry: Registry,
  exchange: Exchange,
  body: Body,
  rules: Rules,
  trace?: Trace,
): Received | Promise<Received> {
  const submission = new CurrentSubmission(exchange, registry.cache)
  const session = exchange.session()
  const submitted: SubmittedForm = {
    formId: undefined,
    definition: undefined,
    admitted: false,
    boundText: '',
    state: undefined,
    hasState: false,
    entries: [],
    files: undefined,
  }
  let stale = false
  let action: Definition | undefined
  let suspect: SuspectOrigin | undefined
  const end = (outcome: Outcome, aborted = false, repeated = false): Received => {
    trace?.end(outcome, action?.name, repeated)
    return { outcome, submitted, submission, action, suspect, aborted, repeated }
  }

  const origin = stagedSync(trace, 'origin', () =>
    judgeOrigin(readOriginFacts(exchange.req), exchange, rules.origin),
  )
  if (origin.verdict === 'refuse') {
    suspect = origin
    if (rules.mode === 'enforce') return end(new Refused('origin', origin.status, origin.reason))
  }

  const opened = stagedSync(trace, 'open', () =>
    body.seal === undefined ? undefined : open(registry.keys, 'action', body.seal),
  )
  const sessionMatches = opened !== undefined && matchesSession(registry.keys, opened, session)
  if (origin.verdict === 'token' && !(sessionMatches && opened.content.session)) {
    suspect = origin
    if (rules.mode === 'enforce') return end(new Refused('origin', 403, 'token'))
  }

  if (opened && opened.content.audience === registry.audience) {
    action = submitted.definition = registry.find(opened.content.action)
    submitted.boundText = opened.content.values
    trace?.begin(action?.name)
  }
  const admitted = admit(registry, exchange, { token: body.seal, opened, sessionMatches })
  return admitted instanceof Promise ? admitted.then(goOn) : goOn(admitted)

  // Async functions that wait for nothing showed in the benchmark of a redirect, so on the way of most submissions there
  // is one where something is waited for, and none besides.

  /** Goes on once it is known what the seal is good for. */
  function goOn(own: Admitted | Outcome): Received | Promise<Received> {
    if (isOutcome(own)) return giveBackAfter(own)
    // Until they are changed, fields of another version would be misunderstood under a seal of this one.
    if (!own.changeFields) regard(own)
    submission.outlivesVisitor = own.definition.store !== undefined
    return own.definition.authorize ? askLeave(own) : readOn(own)
  }

  async function giveBackAfter(refusal: Outcome): Promise<Received> {
    return end(refusal, await giveBack())
  }

  async function askLeave(own: Admitted): Promise<Received> {
    const unwelcome = await staged(trace, 'authorize', () => authorize(own, submission))
    if (!unwelcome) return readOn(own)
    const aborted = await giveBack()
    if (own.changeFields) await changeOwn(own, own.changeFields)
    return end(unwelcome, aborted)
  }

  function readOn(own: Admitted): Promise<Received> {
    const { definition } = own
    const files = takeFiles(own, submission, exchange.res)
    if (files) return readFilesOn(own, files)
    const reading = staged(trace, 'read', () => body.read(definition.limits, { shutdown: registry.shutdown }))
    return reading instanceof Promise ? reading.then((all) => proceed(own, all)) : proceed(own, reading)
  }

  async function readFilesOn(own: Admitted, files: Files): Promise<Received> {
    let received: Received | undefined
    try {
      const reading = await staged(trace, 'read', () =>
        body.read(own.definition.limits, { files: files.taking, shutdown: registry.shutdown }),
      )
      received = await proceed(own, reading, files)
      return received
    } finally {
      files.uploads.conclude(received?.outcome.kind ?? 'failed')
      const list = files.uploads.shown
      if (list.length > 0) submitted.files = { definition: own.definition, list }
    }
  }

  /** Goes on once the body is read. */
  async function proceed(own: Admitted, reading: Reading, files?: Files): Promise<Received> {
    if (take(reading)) return end(new Refused('malformed', 400, 'aborted'), true)
    if (reading.refusal) return end(refusedBody(own.definition, reading.refusal, messages))
    const fault = own.changeFields && (await changeOwn(own, own.changeFields))
    if (fault) return end(fault)
    if (reading.own.state !== undefined && !submitted.hasState) {
      return end(new Refused('malformed', 400, 'The state of the form did not open.'))
    }
    if (stale) return end(new Refused('expired', 409, 'The state of the form has expired.'))
    if (reading.kept && !files) return end(new Refused('malformed', 400, keptWithoutFiles))

    const button = reading.own.submit
    const chosen = button === undefined ? own : await admitButton(button)
    if (isOutcome(chosen)) return end(chosen)
    action = chosen.definition
    submission.outlivesVisitor = chosen.definition.store !== undefined
    const asked = askedValidation(exchange.req.headers, reading.own.validate)
    const unchecked = !files && !chosen.definition.input && !chosen.changeFields
    const checked = unchecked
      ? noInput
      : await staged(trace, 'validate', () => validate(chosen, reading, files, own.definition))
    if (asked) return end(answerValidation(checked, asked))
    const once = oneTime(registry, submission, chosen)
    if (isOutcome(checked)) return once ? settled(await whatBecame(once), checked) : end(checked)
    submission.input = checked.input
    const act = () => staged(trace, 'run', () => run(chosen, submission, checked.nameOf))
    if (!once) return end((await act()).outcome)
    return settled(await runOnce(once, act, trace))
  }

  /** Brings in the files, and asks the schema and the rules for files. */
  async function validate(
    chosen: Admitted,
    reading: Reading,
    files: Files | undefined,
    owner: Definition,
  ): Promise<Checked | Outcome> {
    let entries: readonly Entry[] = reading.entries
    if (files) {
      const joined = await joinFiles({ registry, session }, files, reading)
      if ('thrown' in joined) return failed(joined.thrown)
      if (isOutcome(joined)) return joined
      entries = joined
      // From here on what stays is what was not removed; until here, all that the form referred to.
      submitted.files = undefined
      submission.fill(entries)
    }
    if (chosen.changeFields) {
      const texts =
        chosen.definition === owner
          ? submitted.entries
          : await changeFields(chosen.definition.name, chosen.changeFields, reading.entries)
      if (isOutcome(texts)) return texts
      entries = [...texts, ...entries.filter(([, value]) => typeof value !== 'string')]
      submission.fill(entries)
    }
    const checked = await check(chosen.definition, entries, messages)
    if (!files) return checked
    // Another action's button asks nothing of the fields of this one.
    if (chosen.definition === owner) files.uploads.judge()
    const issues = fileIssues(owner, files.uploads.problems, messages())
    return issues.length > 0 ? joinIssues(issues, checked) : checked
  }

  /** What became of a one-time submission; what is wrong with this copy counts only when there was none before it. */
  function settled(settlement: Settlement | undefined, otherwise?: Outcome): Received {
    const outcome = settlement?.outcome ?? otherwise
    // Whoever waits for another's run can leave; what comes of an own run has to be told, whoever is still there.
    const left = settlement !== undefined && settlement.run !== 'own' && submission.left.aborted
    return end(outcome ?? new Refused('malformed', 400), !outcome || left, settlement?.run === 'earlier')
  }

  function messages(): Messages {
    return rules.messages(exchange.context)
  }

  /** Reads the text fields of a refused submission, so that the page can give them back. */
  async function giveBack(): Promise<boolean> {
    return take(
      await body.read(submitted.definition?.limits ?? registry.limits, {
        mode: 'give-back',
        shutdown: registry.shutdown,
      }),
    )
  }

  function take(read: Reading): boolean {
    submission.fill(read.entries)
    submitted.entries = read.entries
    submitted.formId = read.own.form
    // What a seal carries stays tied to its own bound values, even when those were migrated.
    const owner = submitted.definition &&
      opened && { action: submitted.definition.name, boundText: opened.content.values }
    const carried = openFormState(registry, read.own.state, { owner, session })
    if (carried) {
      submitted.hasState = true
      submitted.state = carried.state
      submission.previous = carried.state
      stale = !carried.current
    }
    const { definition } = submitted
    if (read.kept && definition) {
      submitted.files = { definition, list: keptFiles({ registry, session }, definition, read.kept) }
    }
    return read.aborted
  }

  /** From now on the page may seal the form anew: with these values, and the fields that `submitted` has. */
  function regard({ boundText }: Admitted): void {
    submitted.admitted = true
    submitted.boundText = boundText
  }

  /** Makes of the fields of another version what this one has in their place, for the action and for the page. */
  async function changeOwn(own: Admitted, change: NonNullable<Admitted['changeFields']>) {
    const changed = await changeFields(own.definition.name, change, submitted.entries)
    if (isOutcome(changed)) return changed
    submitted.entries = changed
    regard(own)
    return undefined
  }

  /** A button can carry the seal of another action, which is opened and admitted by itself. */
  async function admitButton(token: string): Promise<Admitted | Outcome> {
    const button = open(registry.keys, 'action', token)
    const matches = button !== undefined && matchesSession(registry.keys, button, session)
    const other = await admit(registry, exchange, { token, opened: button, sessionMatches: matches })
    if (isOutcome(other)) return other
    return (await authorize(other, submission)) ?? other
  }
}

function oneTime(
  registry: Registry,
  submission: CurrentSubmission,
  { definition, opened }: Admitted,
): OneTime | undefined {
  if (!definition.store) return undefined
  const id = `${registry.audience}:${idOf(opened)}`
  return { store: definition.store, id, expires: opened.content.expires, registry, submission }
}

const keptWithoutFiles = 'The form refers to files that were kept, and the action takes none.'
