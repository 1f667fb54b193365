export type { StandardSchemaV1 } from '@standard-schema/spec'
export type { Action, ActionOptions, InputOf, Submittable } from './action.js'
export type { CookieOptions, Cookies } from './cookies.js'
export { type DirectoryStorageOptions, directoryStorage } from './directory-storage.js'
export { SealformError, type SealformErrorCode } from './errors.js'
export type { FileOptions } from './file-rules.js'
export { type FileStorage, isFileId, newFileId } from './file-storage.js'
export type { FileDescription } from './file-taking.js'
export type { ActionEvent, ActionFailure, HookOptions } from './hooks.js'
export type { Keys } from './key-ring.js'
export type { LimitOptions } from './limits.js'
export { type MemoryStoreOptions, memoryStore } from './memory-store.js'
export type { Messages } from './messages.js'
export type { Migration } from './migration.js'
export {
  done,
  flash,
  forbidden,
  type Issue,
  type Issues,
  invalid,
  notFound,
  type Outcome,
  type PathIssue,
  type RefusalReason,
  redirect,
  unauthorized,
} from './outcome.js'
export { type Actions, type ActionsOptions, createActions, type UploadOptions } from './registry.js'
export type { PersistOptions, StoredFile } from './stored-file.js'
export type { Submission, SubmittedData, SubmittedFile } from './submission.js'
export type { ClaimState, ClaimTerms, SubmissionStore } from './submission-store.js'
export type { RecognitionTrace, Stage, StageTrace, SubmissionTrace } from './trace.js'
