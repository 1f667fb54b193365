export type { StandardSchemaV1 } from '@standard-schema/spec'
export type {
  Action,
  ActionOptions,
  AskedAction,
  InputOf,
  Submittable,
} from './action/action.js'
export type { CookieOptions, Cookies } from './action/cookies.js'
export {
  defineSteps,
  type Step,
  type SteppedAction,
  type StepsFields,
  type StepsInput,
  type StepsOptions,
} from './action/define-steps.js'
export type { FieldName } from './action/form-types.js'
export type { ActionEvent, ActionFailure, HookOptions } from './action/hooks.js'
export type { Migration } from './action/migration.js'
export { type Actions, type ActionsOptions, createActions, type UploadOptions } from './action/registry.js'
export type { SpamEvent, SpamSign } from './action/spam.js'
export type { Submission, SubmittedData, SubmittedFile } from './action/submission.js'
export { SealformError, type SealformErrorCode } from './base/errors.js'
export type { LimitOptions } from './body/limits.js'
export { type MemoryStoreOptions, memoryStore } from './claims/memory-claims.js'
export { type DirectoryStorageOptions, directoryStorage } from './files/directory-storage.js'
export type { FileOptions } from './files/file-rules.js'
export { isFileId, newFileId } from './files/file-storage.js'
export type { FileDescription } from './files/hand-over.js'
export type { PersistOptions } from './files/persist-file.js'
export type { QuotaOptions } from './files/quota.js'
export type { StoredFile } from './files/stored-file.js'
export {
  type DoneOptions,
  done,
  flash,
  forbidden,
  invalid,
  notFound,
  redirect,
  unauthorized,
} from './outcome/make-outcome.js'
export type { Messages } from './outcome/messages.js'
export type {
  Issue,
  Issues,
  Outcome,
  PathIssue,
  RedirectOptions,
  RefusalReason,
} from './outcome/outcome.js'
export type { Keys } from './seal/key-ring.js'
export {
  defineSearch,
  type Search,
  type SearchLimitOptions,
  type SearchOptions,
} from './search/define-search.js'
