import { SealformError } from '../base/errors.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import type { Submission } from './submission.js'

/** What a hook is told. */
export interface ActionEvent<Context = unknown> {
  /** The action's name. */
  readonly action: string
  readonly submission: Submission<unknown, unknown, Context>
  /** The values bound to the action. */
  readonly values: readonly unknown[]
}

/**
 * Functions around the run of an action: for all actions from `createActions()`, for one from `define()`. Those of
 * the registry are outermost: their `before` comes first, their `after` and `onError` last.
 */
export interface HookOptions<Context = unknown> {
  /**
   * Called when everything is checked and the action is about to run. An outcome, returned or thrown, is the answer
   * in place of the action; nothing lets it run. What it throws else is treated as thrown by the action.
   * @default none
   */
  before?(event: ActionEvent<Context>): unknown
  /**
   * Called after the action, whatever came of it. Returning an outcome replaces it. An error thrown here is reported
   * to the app and changes nothing, since what the action did is done.
   * @default none
   */
  after?(event: ActionEvent<Context> & { readonly outcome: Outcome }): unknown
  /**
   * Called when the action threw anything but an outcome. Returning an outcome answers with it, and the app's error
   * handler does not hear of the error; nothing leaves it to the app and the page with status 500.
   *
   * @default none
   */
  onError?(event: ActionEvent<Context> & ActionFailure): unknown
}

/** What `onError` is told. */
export interface ActionFailure {
  readonly error: unknown
  /** Shown to the visitor and written to the log, so that the two can be brought together. */
  readonly reference: string
}

/** The hooks of an action, each in the order in which it is called; `undefined` for the many actions without any. */
export interface Hooks {
  readonly before: readonly ((event: never) => unknown)[]
  readonly after: readonly ((event: never) => unknown)[]
  readonly onError: readonly ((event: never) => unknown)[]
}

export const hookNames = ['before', 'after', 'onError'] as const

/**
 * Joins the hooks of the registry and of one action.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on a hook that is no function
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

/** Calls a hook; what it throws is thrown, but for outcomes. */
export async function callHook(
  hook: (event: never) => unknown,
  event: ActionEvent,
  name: (typeof hookNames)[number],
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
    `${name}() around "${event.action}" returned ${typeof result}. Return an outcome to answer with it, and nothing to go on.`,
  )
}
