import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Registry } from '../action/registry.js'
import type { Ran } from '../action/run-action.js'
import type { CurrentSubmission } from '../action/submission.js'
import { withTimeout } from '../base/timeout.js'
import { staged, type Trace } from '../base/trace.js'
import type { ClaimState, ClaimStore, ClaimTerms } from '../claims/claim-store.js'
import { type Outcome, Refused } from '../outcome/outcome.js'
import { clockTolerance } from '../seal/judge-seal.js'
import { readOutcome, writeOutcome } from './stored-outcome.js'

/** A submission that runs once, however often it arrives. */
export interface OneTime {
  readonly store: ClaimStore
  /** The seal's authenticated nonce with the name of the app: nobody can spell it in a second way. */
  readonly id: string
  /** Seconds since the epoch. */
  readonly expires: number
  /** With what outcomes are written down and read. */
  readonly registry: Registry
  readonly submission: CurrentSubmission
}

/** What a copy of a one-time submission is answered with. */
export interface Settlement {
  readonly outcome: Outcome
  /** Whose run it comes from; nothing of an earlier one is reported or counted again. */
  readonly run: 'own' | 'earlier' | 'none'
}

/** Seconds for which a run counts as alive without a word from its server, and between two such words. */
const lease = 30
const renewEvery = 10

/** Milliseconds that the store may take for an answer until it counts as down. */
const patience = 2000

/** Seconds between attempts to write down what came of a run. */
const settleAgainAfter = [0.25, 1, 4]

/**
 * Runs a submission unless a copy of it has run or is running anywhere: then waits for what comes of that. What
 * cannot be claimed does not run.
 */
export async function runOnce(
  once: OneTime,
  run: () => Ran | Promise<Ran>,
  trace?: Trace,
): Promise<Settlement> {
  const { store, id, expires } = once
  const owner = randomBytes(16).toString('base64url')
  for (;;) {
    const terms = { owner, lease, keep: secondsUntil(expires) }
    const state = await staged(trace, 'claim', () => claim(store, id, terms))
    if (state.kind === 'claimed') return runClaimed(once, owner, run)
    const ending = state.kind === 'running' ? await endingOf(once) : state
    // A copy was running when the store went away: to say that nothing was done would have the visitor send it again.
    if (state.kind === 'running' && ending.kind === 'down') return used('the store went away meanwhile')
    const found = settlementOf(once, ending)
    // Without one, whoever had the claim gave it back, because nothing had run.
    if (found) return found
  }
}

/**
 * What became of an earlier copy, waiting while it runs; `undefined` when there is none. Also for a copy that cannot
 * run because of what the first one has done: its user name is taken now, its files are gone.
 */
export async function whatBecame(once: OneTime): Promise<Settlement | undefined> {
  return settlementOf(once, await endingOf(once))
}

async function endingOf({ store, id, submission }: OneTime): Promise<State> {
  try {
    return await store.outcome(id, submission.left)
  } catch (error) {
    return { kind: 'down', error }
  }
}

type State = ClaimState | { readonly kind: 'down'; readonly error: unknown }

async function claim(
  store: ClaimStore,
  id: string,
  terms: ClaimTerms,
): Promise<State | { readonly kind: 'claimed' }> {
  // A store may throw at once as well.
  const claiming = Promise.resolve().then(() => store.claim(id, terms))
  try {
    return await withTimeout(claiming, patience)
  } catch (error) {
    // Should it come through after all, nothing has run for it, and the next copy shall find it free.
    claiming
      .then((late) => (late.kind === 'claimed' ? store.release(id, terms.owner) : undefined))
      .catch(ignore)
    return { kind: 'down', error }
  }
}

async function runClaimed(once: OneTime, owner: string, run: () => Ran | Promise<Ran>): Promise<Settlement> {
  const { store, id, expires, submission } = once
  const renewal = setInterval(() => {
    // One that fails is made good by the next: a lease lasts for three.
    called(() => store.renew(id, owner, lease)).catch(ignore)
  }, renewEvery * 1000).unref()
  try {
    const { outcome, ran } = await run()
    const report = (error: unknown) => submission.report(error)
    if (!ran) await called(() => store.release(id, owner)).catch(report)
    else {
      const result = recordOf(once, outcome)
      const settle = () => called(() => store.settle(id, owner, { result, keep: secondsUntil(expires) }))
      // The visitor does not wait for a store that is down; the outcome is written down when it is back.
      await settle().catch((error) => {
        report(error)
        void settleLater(settle)
      })
    }
    return { outcome, run: 'own' }
  } finally {
    clearInterval(renewal)
  }
}

async function settleLater(settle: () => Promise<void>): Promise<void> {
  for (const seconds of settleAgainAfter) {
    await wait(seconds * 1000, undefined, { ref: false })
    const settled = await settle().then(
      () => true,
      () => false,
    )
    if (settled) return
  }
}

/** A state that cannot be written down makes later copies hear that the form was used, and no more. */
function recordOf({ registry, id, submission }: OneTime, outcome: Outcome): string {
  const cookies = outcome.kind === 'failed' ? [] : (submission.changedCookies?.changes ?? [])
  try {
    return writeOutcome(registry, id, { outcome, cookies })
  } catch (error) {
    submission.report(error)
    return ''
  }
}

function settlementOf({ registry, id, submission }: OneTime, state: State): Settlement | undefined {
  switch (state.kind) {
    case 'free':
    case 'running':
      return undefined
    case 'settled': {
      const stored = readOutcome(registry, id, state.result)
      if (!stored) return used('what became of it cannot be read')
      if (stored.cookies.length > 0) submission.cookies.repeat(stored.cookies)
      return { outcome: stored.outcome, run: 'earlier' }
    }
    case 'lost':
      return used('its server ended before it was done')
    case 'full':
      return down('takes no further claims')
    case 'down':
      return down(`did not answer: ${reasonOf(state.error)}`)
  }
}

/** Without the full stop that most messages end in, since a sentence goes on here. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
}

function used(why: string): Settlement {
  const detail = `A copy of this submission has run, and ${why}.`
  return { outcome: new Refused('used', 409, detail), run: 'none' }
}

function down(why: string): Settlement {
  const detail = `The store of one-time submissions ${why}. Nothing was run for this copy.`
  return { outcome: new Refused('store-down', 503, detail), run: 'none' }
}

/** How long a claim is kept: as long as any server would still admit the seal. */
function secondsUntil(expires: number): number {
  return Math.max(1, Math.ceil(expires - Date.now() / 1000)) + clockTolerance
}

/** A store may throw at once, and need not answer. */
async function called(call: () => Promise<void>): Promise<void> {
  return withTimeout(call(), patience)
}

function ignore(): void {}
