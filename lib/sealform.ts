export type { StandardSchemaV1 } from '@standard-schema/spec'
export type { Action, ActionOptions, InputOf, Submittable } from './action.js'
export type { CookieOptions, Cookies } from './cookies.js'
export { SealformError, type SealformErrorCode } from './errors.js'
export type { LimitOptions } from './limits.js'
export type { Messages } from './messages.js'
export {
  done,
  flash,
  forbidden,
  type Issue,
  type Issues,
  invalid,
  notFound,
  type Outcome,
  type RefusalReason,
  redirect,
  unauthorized,
} from './outcome.js'
export { type Actions, type ActionsOptions, createActions } from './registry.js'
export type { Submission } from './submission.js'
