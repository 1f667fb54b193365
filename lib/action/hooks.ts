import { SealformError } from '../base/errors.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import type { Submission } from './submission.js'

/** The argument of every hook. */
export interface ActionEvent<Context = unknown> {
  /** The action's name. */
  readonly action: string
  readonly submission: Submission<unknown, unknown, Context>
  /** The values bound to the action. */
  readonly values: readonly unknown[]
}

/**
 * Functions around the run of an action. Pass them to `createActions()` for all actions, or to `define()` for one. The
 * registry's hooks are the outer ones: their `before` runs first, their `after` and `onError` run last.
 */
export interface HookOptions<Context = unknown> {
  /**
   * Called after all checks, before the action runs. An outcome, returned or thrown, is the answer, and the action does
   * not run. Returning nothing lets it run. Any other thrown value is treated as if the action threw it.
   * @default none
   */
  before?(event: ActionEvent<Context>): unknown
  /**
   * Called after the action, with any outcome. A returned outcome replaces the first one. An error thrown here is
   * reported to the app and changes nothing, because the action has already run.
   * @default none
   */
  after?(event: ActionEvent<Context> & { readonly outcome: Outcome }): unknown
  /**
   * Called when the action threw a value that is not an outcome. A returned outcome is the answer, and the app's error
   * handler does not receive the error. Returning nothing passes the error to the app and answers with status 500.
   *
   * @default none
   */
  onError?(event: ActionEvent<Context> & ActionFailure): unknown
}

/** The error that `onError` receives. */
export interface ActionFailure {
  readonly error: unknown
  /** The reference on the visitor's page and in the log. It connects a visitor's report with the log entry. */
  readonly reference: string
}

/** The hooks of an action, in calling order. An action without hooks has `undefined` in place of this object. */
export interface Hooks {
  readonly before: readonly ((event: never) => unknown)[]
  readonly after: readonly ((event: never) => unknown)[]
  readonly onError: readonly ((event: never) => unknown)[]
}

export const hookNames = ['before', 'after', 'onError'] as const

/**
 * Joins the hooks of the registry with those of one action.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on a hook that is not a function
 */
export function resolveHooks(
  options: HookOptions<never>,
  base: Hooks | undefined,
  where: string,
): Hooks | undefined {
  for (const name of hookNames) {
    if (options[name] === undefined || typeof options[name] === 'function') continue
    throw new SealformError('ERR_OPTION_INVALID', `${where}: "${name}" must be a function.`)
  }
  if (hookNames.every((name) => options[name] === undefined)) return base
  const own = (name: (typeof hookNames)[number]) => {
    const hook = options[name]
    return hook ? [hook.bind(options)] : []
  }
  return {
    before: [...(base?.before ?? []), ...own('before')],
    after: [...own('after'), ...(base?.after ?? [])],
    onError: [...own('onError'), ...(base?.onError ?? [])],
  }
}

/** Calls a hook and returns its outcome, returned or thrown. Rethrows any other thrown value. */
export async function callHook(
  hook: (event: never) => unknown,
  event: ActionEvent,
  name: (typeof hookNames)[number] | 'onSpam',
): Promise<Outcome | undefined> {
  let result: unknown
  try {
    result = await Reflect.apply(hook, undefined, [event])
  } catch (thrown) {
    if (isOutcome(thrown)) return thrown
    throw thrown
  }
  if (result === undefined || isOutcome(result)) return result
  throw new SealformError(
    'ERR_HOOK_RESULT',
    `${name}() around "${event.action}" returned ${typeof result}. Return an outcome to answer with it, or nothing to continue.`,
  )
}
