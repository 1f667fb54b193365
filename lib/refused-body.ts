import type { Definition } from './action.js'
import type { Messages } from './messages.js'
import { type RefusalReason, Refused } from './outcome.js'
import type { BodyRefusal } from './reading.js'
import { refusalIssues } from './receive-files.js'

const bodyReasons: Record<BodyRefusal['status'], RefusalReason> = {
  400: 'malformed',
  413: 'too-large',
  415: 'unsupported',
  503: 'restarting',
}

/** A body that could not be taken, as an outcome: files speak beside their fields. */
export function refusedBody(definition: Definition, refusal: BodyRefusal, messages: () => Messages): Refused {
  const { status, reason, detail } = refusal
  const issues = definition.files.size > 0 ? refusalIssues(definition, refusal, messages()) : undefined
  const why = reason === 'time' ? 'too-slow' : bodyReasons[status]
  return new Refused(why, status, `${reason}: ${detail}`, issues)
}
