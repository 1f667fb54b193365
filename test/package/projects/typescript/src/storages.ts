import { isFileId } from 'sealform'
import type { FormStatus, RegionFailure, RegionOptions } from 'sealform/koa'
import type {
  ClaimEnding,
  ClaimResult,
  ClaimState,
  ClaimStore,
  ClaimTerms,
  FileStorage,
  ListedFile,
  RecognitionTrace,
  SharedTier,
  SharedTierListener,
  Stage,
  StageTrace,
  StoredContent,
  SubmissionTrace,
} from 'sealform/types'

/** A store that an author writes from its types alone. */
export class Claims implements ClaimStore {
  readonly #claims = new Map<string, { owner: string; digest: string; state: ClaimState }>()

  async claim(id: string, { owner, digest }: ClaimTerms): Promise<ClaimState | { readonly kind: 'claimed' }> {
    const known = this.#claims.get(id)
    if (known) return known.state
    this.#claims.set(id, { owner, digest, state: { kind: 'running', digest } })
    return { kind: 'claimed' }
  }

  async renew(): Promise<void> {}

  async settle(id: string, owner: string, { result }: ClaimResult): Promise<void> {
    const digest = this.#claims.get(id)?.digest ?? ''
    this.#claims.set(id, { owner, digest, state: { kind: 'settled', digest, result } })
  }

  async release(id: string): Promise<void> {
    this.#claims.delete(id)
  }

  async outcome(id: string, signal: AbortSignal): Promise<ClaimEnding> {
    const state = this.#claims.get(id)?.state ?? { kind: 'free' }
    if (state.kind !== 'running') return state
    throw signal.reason
  }
}

export const files: Pick<FileStorage, 'open' | 'list'> = {
  open: async (id) => (isFileId(id) ? empty : undefined),
  async *list() {
    const file: ListedFile = { id: '0'.repeat(32), size: 0 }
    yield file
  },
}

const empty: StoredContent = { size: 0, stream: () => new Blob().stream() }

export function tell(tier: SharedTier, listener: SharedTierListener): Promise<() => Promise<void>> {
  listener.interrupted()
  return tier.subscribe(listener)
}

export function line({ stage, submission }: StageTrace, { kind }: RecognitionTrace): string {
  const named: Stage = stage
  const { path, status }: SubmissionTrace = submission
  return [named, path, status, kind].join(' ')
}

export const region: RegionOptions = {
  fallback: ({ reference }: RegionFailure) => `<div id="news">${reference}</div>`,
}

export const over: readonly FormStatus[] = ['done', 'valid']
