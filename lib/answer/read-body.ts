import { staged } from '../base/trace.js'
import type { Reading } from '../body/reading.js'
import type { Admitted } from './admit.js'
import type { PendingSubmission } from './pending-submission.js'
import { takeFiles } from './receive-uploads.js'

/** Reads the rest of the body within the action's limits, and takes files while they arrive. */
export function readBody(pending: PendingSubmission, form: Admitted): Reading | Promise<Reading> {
  const { registry, exchange, body, submission, trace } = pending
  // The action of a button is not known yet, and may be one-time although that of the form is not.
  const digests = registry.hasOneTime
  pending.files = takeFiles(form, { submission, res: exchange.res, digests })
  const options = { files: pending.files?.taking, shutdown: registry.shutdown }
  return staged(trace, 'read', () => body.read(form.definition.limits, options))
}
