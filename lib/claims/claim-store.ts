/**
 * Where one-time submissions are claimed. Servers that share a store run each of them once; everything in it is kept
 * until the claim's time is over, so that a copy of the submission that comes late finds what became of the first.
 *
 * Results are encrypted before they come here. A method that cannot do its work rejects; the submission is then
 * answered with 503, its input kept, and the action does not run.
 */
export interface ClaimStore {
  /**
   * Takes a submission for one run, unless it was taken before. Atomic among all servers.
   *
   * @param id 32 characters of base64url, and before them the name of the app
   * @returns `claimed` to one caller only; to all others what became of the claim
   */
  claim(id: string, terms: ClaimTerms): Promise<ClaimState | { readonly kind: 'claimed' }>
  /** Says that the run goes on: its lease begins anew. Does nothing when the claim is not the owner's. */
  renew(id: string, owner: string, lease: number): Promise<void>
  /**
   * Keeps the result for every later copy and wakes those who wait. Holds after the lease has run out, too, since the
   * run is what counts. Does nothing when the claim is another owner's.
   */
  settle(id: string, owner: string, outcome: ClaimResult): Promise<void>
  /** Gives the claim back, because nothing has run; those who wait are told `free`. Only its owner can. */
  release(id: string, owner: string): Promise<void>
  /**
   * What became of a claim, waiting while it is running.
   *
   * @param signal ends the waiting; the promise then rejects with the signal's reason
   */
  outcome(id: string, signal: AbortSignal): Promise<ClaimEnding>
}

export interface ClaimTerms {
  /** Stands for this run; nobody else knows it. */
  readonly owner: string
  /** Seconds after which a run that is not renewed counts as lost: its server has died. */
  readonly lease: number
  /** Seconds for which the claim is kept, whatever becomes of it: as long as the seal could still be sent. */
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
  /** Nobody has it. */
  | { readonly kind: 'free' }
  | { readonly kind: 'running' }
  | { readonly kind: 'settled'; readonly result: string }
  /** It was running when its server died. Whether it was done nobody knows, so it never runs again. */
  | { readonly kind: 'lost' }
  /** The store takes no further claims at the moment. */
  | { readonly kind: 'full' }

/** What those who wait for a claim are told. */
export type ClaimEnding = Exclude<ClaimState, { readonly kind: 'running' }>
