import type { Entry } from '../base/entry.js'
import { joinName } from '../base/field-path.js'
import { type Expectation, validate } from '../input/validate.js'
import { failed } from '../outcome/failure.js'
import type { Messages } from '../outcome/messages.js'
import { Invalid, isOutcome, type Outcome, Refused } from '../outcome/outcome.js'
import type { Definition } from './action.js'
import type { Checked } from './checked.js'

/** The result for an action without a schema. The fields keep their names. */
export const noInput: Checked = { input: undefined, nameOf: (path) => joinName('', path) }

/** Validates the fields with the action's schema. Returns without a promise when there is no schema. */
export function check(
  { input: schema, limits, coercion }: Pick<Definition, 'input' | 'limits' | 'coercion'>,
  entries: readonly Entry[],
  messages: () => Messages,
): Checked | Promise<Checked | Outcome> {
  return schema ? checkWith({ schema, depth: limits.depth, coercion }, entries, messages) : noInput
}

async function checkWith(
  expected: Expectation,
  entries: readonly Entry[],
  messages: () => Messages,
): Promise<Checked | Outcome> {
  try {
    const result = await validate(expected, entries)
    if (result instanceof Refused || result.valid) return result
    const texts = messages()
    return new Invalid(
      result.issues.map(({ name, message }) => ({ name, message: texts.issue(message, name) })),
    )
  } catch (thrown) {
    return isOutcome(thrown) ? thrown : failed(thrown)
  }
}
