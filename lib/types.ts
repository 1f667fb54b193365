export type { RecognitionTrace, Stage, StageTrace, SubmissionTrace } from './base/trace.js'
export type { SharedTier, SharedTierListener } from './cache/shared-tier.js'
export type { ClaimEnding, ClaimResult, ClaimState, ClaimStore, ClaimTerms } from './claims/claim-store.js'
export type { FileStorage, ListedFile, StoredContent } from './files/file-storage.js'
