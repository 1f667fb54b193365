import type { Entry } from '../base/entry.js'
import type { Messages } from '../outcome/messages.js'
import { isOutcome, type Outcome } from '../outcome/outcome.js'
import type { Definition } from './action.js'
import { check, noInput } from './check-input.js'
import type { Checked } from './checked.js'
import { answersWith, type StepsState } from './steps-state.js'

interface CheckedStep {
  readonly name: string
  readonly definition: Definition
}

const faulty = new WeakMap<Outcome, string>()

/** Validates the fields of all steps. Returns the outcome of the first that is wrong. */
export async function checkSteps(
  steps: readonly CheckedStep[],
  { entries, state }: { readonly entries: readonly Entry[]; readonly state: StepsState },
  messages: () => Messages,
): Promise<Checked | Outcome> {
  const answers = answersWith(state, entries)
  const input: Record<string, unknown> = {}
  for (const { name, definition } of steps) {
    const checked = await check(definition, answers[name] ?? [], messages)
    if (isOutcome(checked)) {
      faulty.set(checked, name)
      return checked
    }
    input[name] = checked.input
  }
  return { ...noInput, input }
}

/** Returns the step that an outcome is about; `undefined` for the one that was shown. */
export function faultyStep(outcome: Outcome | undefined): string | undefined {
  return outcome && faulty.get(outcome)
}
