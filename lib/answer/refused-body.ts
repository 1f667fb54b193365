import type { Definition } from '../action/action.js'
import type { BodyRefusal } from '../body/reading.js'
import type { Messages } from '../outcome/messages.js'
import { type RefusalReason, Refused } from '../outcome/outcome.js'
import { refusalIssues } from './receive-uploads.js'

const bodyReasons: Record<BodyRefusal['status'], RefusalReason> = {
  400: 'malformed',
  413: 'too-large',
  415: 'unsupported',
  503: 'restarting',
}

/** Turns a refused body into an outcome. Issues of files are shown beside their fields. */
export function refusedBody(definition: Definition, refusal: BodyRefusal, messages: () => Messages): Refused {
  const { status, reason, detail } = refusal
  const issues = definition.files.size > 0 ? refusalIssues(definition, refusal, messages()) : undefined
  const why = reason === 'time' ? 'too-slow' : bodyReasons[status]
  const refused = new Refused(why, status, `${reason}: ${detail}`)
  return issues ? refused.withIssues(issues) : refused
}
