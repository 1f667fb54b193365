import { SealformError } from '../base/errors.js'
import type { NameOf } from '../input/validate.js'
import { Done, Failed, isOutcome, type Outcome } from '../outcome/outcome.js'
import type { Definition } from './action.js'
import { observeAuthorize, observeRun } from './observe-run.js'
import { RunHooks } from './run-hooks.js'
import type { CurrentSubmission } from './submission.js'

/** An action with all of its values bound. */
export interface Call {
  readonly definition: Definition
  readonly values: readonly unknown[]
}

/** Asks the `authorize` of the registry, then that of the action. The first outcome or own answer refuses. */
export async function authorize(
  { definition, values }: Call,
  submission: CurrentSubmission,
): Promise<Outcome | undefined> {
  const { name: action, authorizeAll, authorize: own } = definition
  const refusal =
    authorizeAll && (await ask(authorizeAll, submission, { definition, rest: [{ action, values }] }))
  return refusal ?? (own && ask(own, submission, { definition, rest: values }))
}

/** Calls an `authorize`. An outcome or an own answer refuses, `undefined` admits, and any other value is an error. */
async function ask(
  admits: (submission: never, ...rest: never[]) => unknown,
  submission: CurrentSubmission,
  { definition, rest }: { readonly definition: Definition; readonly rest: readonly unknown[] },
): Promise<Outcome | undefined> {
  const { name: action, advises } = definition
  const call = () => Reflect.apply(admits, undefined, [submission, ...rest])
  try {
    const result: unknown = await (advises ? observeAuthorize(action, call) : call())
    if (result === undefined || isOutcome(result)) return submission.outcomeAfter(result)
    // For example `return res.redirect('/sign-in')` on Express, which returns the response.
    const own = submission.outcomeAfter(undefined)
    if (own) return own
    throw new SealformError(
      'ERR_AUTHORIZE_RESULT',
      `authorize() of "${action}" returned ${typeof result}. Return an outcome such as forbidden() to refuse, or nothing to admit.`,
    )
  } catch (thrown) {
    return isOutcome(thrown) ? submission.outcomeAfter(thrown) : submission.failureAfter(thrown)
  }
}

/** The result of running an action. */
export interface Ran {
  readonly outcome: Outcome
  /** False when a hook answered and the action did not run. */
  readonly ran: boolean
}

/**
 * Runs the action and the hooks around it. Always gives an outcome, also when they throw.
 *
 * @param nameOf returns the form's field name for a part of the input
 */
export function run(call: Call, submission: CurrentSubmission, nameOf: NameOf): Ran | Promise<Ran> {
  const { definition, values } = call
  if (definition.hooks) {
    const event = { action: definition.name, submission, values }
    const hooks = new RunHooks(definition.hooks, event, submission)
    return runWithHooks(hooks, () => runAction(call, submission, itself), nameOf).then(revalidated)
  }
  return runAction(call, submission, (outcome) => revalidated({ outcome: named(outcome, nameOf), ran: true }))

  function revalidated(ran: Ran): Ran | Promise<Ran> {
    const { revalidations } = submission
    return revalidations ? revalidations.then(() => ran) : ran
  }
}

async function runWithHooks(
  hooks: RunHooks,
  act: () => Outcome | Promise<Outcome>,
  nameOf: NameOf,
): Promise<Ran> {
  const early = await hooks.before()
  const outcome = named(early ?? (await act()), nameOf)
  const handled = outcome instanceof Failed ? await hooks.onError(outcome) : outcome
  return early
    ? { outcome: handled, ran: false }
    : { outcome: named(await hooks.after(handled), nameOf), ran: true }
}

function named(outcome: Outcome, nameOf: NameOf): Outcome {
  return outcome.kind === 'invalid' ? outcome.named(nameOf) : outcome
}

/** Runs the action and passes its outcome to `finish`. Returns without a promise when the action is synchronous. */
function runAction<Result>(
  call: Call,
  submission: CurrentSubmission,
  finish: (outcome: Outcome) => Result | Promise<Result>,
): Result | Promise<Result> {
  const { timeout } = call.definition
  let outcome: Outcome
  try {
    const result = timeout === undefined ? start(call, submission) : startWithin(timeout, call, submission)
    // Await every object. Reading `.then` first to test for a promise would run lazy query builders twice.
    if (mayBePromise(result) && !isOutcome(result)) return finishLater(result, submission, finish)
    outcome = outcomeOf(result, submission)
  } catch (thrown) {
    outcome = outcomeOfThrown(thrown, submission)
  }
  return finish(outcome)
}

async function finishLater<Result>(
  result: object,
  submission: CurrentSubmission,
  finish: (outcome: Outcome) => Result | Promise<Result>,
): Promise<Result> {
  let outcome: Outcome
  try {
    outcome = outcomeOf(await result, submission)
  } catch (thrown) {
    outcome = outcomeOfThrown(thrown, submission)
  }
  return finish(outcome)
}

function itself(outcome: Outcome): Outcome {
  return outcome
}

/** Returns the outcome of an action that returned this value, unless the action has answered by itself. */
function outcomeOf(result: unknown, submission: CurrentSubmission): Outcome {
  if (result === undefined) return submission.outcomeAfter(undefined) ?? new Done(undefined)
  return submission.outcomeAfter(isOutcome(result) ? result : new Done(result))
}

function outcomeOfThrown(thrown: unknown, submission: CurrentSubmission): Outcome {
  return isOutcome(thrown) ? submission.outcomeAfter(thrown) : submission.failureAfter(thrown)
}

function mayBePromise(result: unknown): result is object {
  return (typeof result === 'object' && result !== null) || typeof result === 'function'
}

function start({ definition, values }: Call, submission: CurrentSubmission): unknown {
  const run = () => Reflect.apply(definition.run, undefined, [submission, ...values])
  return definition.advises ? observeRun(definition.name, run) : run()
}

/** Runs the action with a time limit. After it the action still runs, as nothing can stop it; its result is ignored. */
function startWithin(seconds: number, call: Call, submission: CurrentSubmission): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      submission.abort(new DOMException('The time for this action is up.', 'TimeoutError'))
      reject(
        new SealformError(
          'ERR_ACTION_TIMEOUT',
          `"${call.definition.name}" did not settle within ${seconds} s. Pass submission.signal to the calls that it awaits, so that they stop too, or raise its "timeout".`,
        ),
      )
    }, seconds * 1000)
    Promise.resolve()
      .then(() => start(call, submission))
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}
