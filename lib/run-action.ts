import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Definition } from './action.js'
import { SealformError } from './errors.js'
import { failed } from './failure.js'
import { Done, Invalid, isOutcome, type Outcome } from './outcome.js'
import type { Entry } from './receive-files.js'
import type { CurrentSubmission } from './submission.js'
import { validate } from './validate.js'

/** An action that a seal named and that this visitor may submit, with the values bound to it. */
export interface Admitted {
  readonly definition: Definition
  readonly values: readonly unknown[]
}

/** The action's own word on this visitor: an outcome refuses, nothing admits, and anything else is a mistake. */
export async function authorize(
  { definition, values }: Admitted,
  submission: CurrentSubmission,
): Promise<Outcome | undefined> {
  if (!definition.authorize) return undefined
  try {
    const result = await Reflect.apply(definition.authorize, undefined, [submission, ...values])
    if (result === undefined || isOutcome(result)) return result
    throw new SealformError(
      'ERR_AUTHORIZE_RESULT',
      `authorize() of "${definition.name}" returned ${typeof result}. Return an outcome such as forbidden() to refuse, and nothing to admit.`,
    )
  } catch (thrown) {
    return settle(thrown)
  }
}

export const noInput = { input: undefined }

/** What the action's schema makes of the fields. */
export async function check(
  schema: StandardSchemaV1,
  entries: readonly Entry[],
): Promise<{ readonly input: unknown } | Outcome> {
  try {
    const result = await validate(schema, entries)
    return result.valid ? result : new Invalid(result.issues)
  } catch (thrown) {
    return settle(thrown)
  }
}

/** Runs the action. Whatever it does, there is an outcome. */
export async function run({ definition, values }: Admitted, submission: CurrentSubmission): Promise<Outcome> {
  try {
    const result: unknown = await Reflect.apply(definition.run, undefined, [submission, ...values])
    return isOutcome(result) ? result : new Done(result)
  } catch (thrown) {
    return settle(thrown)
  }
}

function settle(thrown: unknown): Outcome {
  return isOutcome(thrown) ? thrown : failed(thrown)
}
