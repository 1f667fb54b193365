/**
 * A store in which servers claim one-time submissions. Servers that share a store run each submission once. The store keeps
 * a claim and its result until the claim expires, so a late copy of the submission gets the result of the first.
 *
 * Results are encrypted before they come here, and digests are keyed. A method that fails rejects. The visitor then gets a
 * page with status 503 and the input, and the action does not run.
 */
export interface ClaimStore {
  /**
   * Claims a submission for one run, unless it is claimed already. This is atomic among all servers.
   *
   * @param id the name of the app, and 32 characters of base64url
   * @returns `claimed` for exactly one caller; for all others, the state of the claim
   */
  claim(
    id: string,
    terms: ClaimTerms,
  ): Promise<ClaimState | { readonly kind: 'claimed' } | { readonly kind: 'forgotten' }>
  /** Renews the lease of a run that goes on. Does nothing when the claim belongs to another owner. */
  renew(id: string, owner: string, lease: number): Promise<void>
  /**
   * Stores the result for all later copies, and wakes the copies that wait. It works after the lease has expired too, since
   * the action has run. Does nothing when the claim belongs to another owner.
   */
  settle(id: string, owner: string, outcome: ClaimResult): Promise<void>
  /** Gives a claim back when nothing has run. Copies that wait get `free`. Only the owner can release a claim. */
  release(id: string, owner: string): Promise<void>
  /**
   * Returns the final state of a claim. Waits while the claim is running.
   *
   * @param signal ends the waiting; the promise then rejects with the signal's reason
   */
  outcome(id: string, signal: AbortSignal): Promise<ClaimEnding>
}

export interface ClaimTerms {
  /** A secret that identifies this run. */
  readonly owner: string
  /** Stands for the fields and files of this copy: 22 characters of base64url. The store returns that of the first copy. */
  readonly digest: string
  /**
   * When the seal of the form was made, in whole seconds since 1970. A bounded store may forget claims that have ended. From
   * then on it answers `forgotten` for each seal that is as old as those or older, since it cannot tell whether it has run.
   */
  readonly issued: number
  /** Seconds after which a run that is not renewed counts as lost: its server has died. */
  readonly lease: number
  /** Seconds for which the claim is kept: as long as the seal is valid. */
  readonly keep: number
}

/** What is kept of a run that has ended. */
export interface ClaimResult {
  readonly result: string
  /** Seconds for which the claim is kept from now on. */
  readonly keep: number
}

/** What a store knows of a claim. */
export type ClaimState =
  /** There is no claim. */
  | { readonly kind: 'free' }
  /** `digest` is that of the copy that runs. */
  | { readonly kind: 'running'; readonly digest: string }
  /** `digest` is that of the copy that ran. `result` is empty when the store has dropped it. */
  | { readonly kind: 'settled'; readonly digest: string; readonly result: string }
  /**
   * The result is not known, and the submission never runs again. The lease expired while it was running, so its server has
   * died; or the store has dropped the claim and knows only that it existed.
   */
  | { readonly kind: 'lost' }
  /** The store has no room for further claims at the moment. */
  | { readonly kind: 'full' }

/** What those who wait for a claim are told. */
export type ClaimEnding = Exclude<ClaimState, { readonly kind: 'running' }>
