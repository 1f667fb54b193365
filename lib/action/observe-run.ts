import { adviseOnce } from '../base/advise-once.js'
import { collectMade, type MadeOutcome } from '../outcome/made-outcomes.js'

/** After this time an action that has not settled is probably waiting for something that never comes. In milliseconds. */
const longRun = 10_000

/** Runs an action, and advises the developer when it loses an outcome or does not settle. For development. */
export function observeRun(action: string, run: () => unknown): unknown {
  return collectMade((made) => {
    const timer = setTimeout(adviseOnLongRun, longRun, action).unref()
    const stop = () => clearTimeout(timer)
    const settled = (value: unknown) => {
      stop()
      if (value === undefined) adviseOnLostOutcome(action, made)
    }
    try {
      const result = run()
      // Other thenables may do their work each time that `then` is called.
      if (result instanceof Promise) result.then(settled, stop)
      else settled(result)
      return result
    } catch (error) {
      stop()
      throw error
    }
  })
}

/** Asks an `authorize`, and advises the developer when it loses the outcome that was to refuse. For development. */
export function observeAuthorize(action: string, ask: () => unknown): Promise<unknown> {
  return collectMade(async (made) => {
    const result = await ask()
    if (result === undefined) adviseOnLostRefusal(action, made)
    return result
  })
}

function adviseOnLongRun(action: string): void {
  adviseOnce(
    `"${action}" has not settled for ${longRun / 1000} s, and its visitor waits. A promise that it awaits may never settle. The option "timeout" answers after a time of your choice.`,
  )
}

function adviseOnLostOutcome(action: string, made: readonly MadeOutcome[]): void {
  const last = made.at(-1)
  if (!last) return
  adviseOnce(
    `"${action}" called ${callOf(last)} and returned nothing, so the outcome is lost and the submission counts as done. Write \`return ${last.by}(…)\`.`,
  )
}

function adviseOnLostRefusal(action: string, made: readonly MadeOutcome[]): void {
  const last = made.at(-1)
  if (!last) return
  adviseOnce(
    `authorize() of "${action}" called ${callOf(last)} and returned nothing, which admits. Write \`return ${last.by}(…)\`.`,
  )
}

function callOf({ by, at }: MadeOutcome): string {
  return at === undefined ? `${by}()` : `${by}() at ${at}`
}
