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

/** A submission that runs only once, even when it arrives several times. */
export interface OneTime {
  readonly store: ClaimStore
  /** The app's name and the seal's authenticated nonce. A token can be spelt in several ways, its nonce in one. */
  readonly id: string
  /** Stands for the fields and files of this copy. */
  readonly digest: string
  /** Seconds since the epoch, as is `expires`. */
  readonly issued: number
  readonly expires: number
  /** The registry whose keys and actions write and read stored outcomes. */
  readonly registry: Registry
  readonly submission: CurrentSubmission
}

/** The answer to one copy of a one-time submission. */
export interface Settlement extends Ran {
  /** The run that the outcome comes from. An earlier run is not reported or counted again. */
  readonly run: 'own' | 'earlier' | 'none'
}

/** Seconds that a claim stays valid without a renewal, and seconds between two renewals. */
const lease = 30
const renewEvery = 10

/** Milliseconds to wait for the store before it counts as down. */
const patience = 2000

/** Seconds to wait before each further attempt to store the outcome of a run. */
const settleAgainAfter = [0.25, 1, 4]

/**
 * Runs a submission when no copy of it has run or is running on any server. Otherwise waits for the outcome of that copy,
 * when it has the same fields and files. A submission that cannot be claimed does not run.
 */
export async function runOnce(
  once: OneTime,
  run: () => Ran | Promise<Ran>,
  trace?: Trace,
): Promise<Settlement> {
  const { store, id, digest, issued, expires } = once
  const owner = randomBytes(16).toString('base64url')
  for (;;) {
    const terms = { owner, digest, issued, lease, keep: secondsUntil(expires) }
    const state = await staged(trace, 'claim', () => claim(store, id, terms))
    if (state.kind === 'claimed') return runClaimed(once, owner, run)
    // The visitor does not wait for the outcome of other fields.
    if (state.kind === 'running' && state.digest !== digest) return sentBefore()
    const ending = state.kind === 'running' ? await endingOf(once) : state
    // A copy was running when the store went down. If the answer said "nothing was done", the visitor would send it again.
    if (state.kind === 'running' && ending.kind === 'down') return used('the store went down meanwhile')
    const found = settlementOf(once, ending)
    // No settlement: the other copy released its claim because its action did not run. Try again.
    if (found) return found
  }
}

/**
 * Returns the outcome of an earlier copy, or `undefined` when there is none. Waits while that copy runs. A copy that fails
 * validation needs this too: the first copy may be the cause, because its user name is taken now or its files are gone.
 */
export async function findEarlier(once: OneTime): Promise<Settlement | undefined> {
  return settlementOf(once, await endingOf(once))
}

async function endingOf({ store, id, submission }: OneTime): Promise<State> {
  try {
    return await store.outcome(id, submission.left)
  } catch (error) {
    return { kind: 'down', error }
  }
}

type State = ClaimState | { readonly kind: 'forgotten' } | { readonly kind: 'down'; readonly error: unknown }

async function claim(
  store: ClaimStore,
  id: string,
  terms: ClaimTerms,
): Promise<State | { readonly kind: 'claimed' }> {
  // The `then` turns an error that the store throws synchronously into a rejection.
  const claiming = Promise.resolve().then(() => store.claim(id, terms))
  try {
    return await withTimeout(claiming, patience)
  } catch (error) {
    // A claim that succeeds late is released, because nothing runs for it and the next copy must be able to claim.
    claiming
      .then((late) => (late.kind === 'claimed' ? store.release(id, terms.owner) : undefined))
      .catch(ignore)
    return { kind: 'down', error }
  }
}

async function runClaimed(once: OneTime, owner: string, run: () => Ran | Promise<Ran>): Promise<Settlement> {
  const { store, id, expires, submission } = once
  const renewal = setInterval(() => {
    // A failed renewal does no harm when the next one succeeds: a lease lasts for three.
    called(() => store.renew(id, owner, lease)).catch(ignore)
  }, renewEvery * 1000).unref()
  try {
    const { outcome, ran } = await run()
    const report = (error: unknown) => submission.report(error)
    if (!ran) await called(() => store.release(id, owner)).catch(report)
    else {
      const result = recordOf(once, outcome)
      const settle = () => called(() => store.settle(id, owner, { result, keep: secondsUntil(expires) }))
      // The visitor does not wait for a store that is down. The outcome is stored when the store is back.
      await settle().catch((error) => {
        report(error)
        void settleLater(settle)
      })
    }
    return { outcome, ran, run: 'own' }
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

/** Encodes an outcome for the store. If its state cannot be encoded, later copies learn only that the form was used. */
function recordOf({ registry, id, submission }: OneTime, outcome: Outcome): string {
  const cookies = outcome.kind === 'failed' ? [] : (submission.changedCookies?.changes ?? [])
  try {
    return writeOutcome(registry, id, { outcome, cookies })
  } catch (error) {
    submission.report(error)
    return ''
  }
}

function settlementOf({ registry, id, digest, submission }: OneTime, state: State): Settlement | undefined {
  switch (state.kind) {
    case 'free':
    case 'running':
      return undefined
    case 'settled': {
      // Another person at the same computer may have gone back to the page. The outcome is not for this one.
      if (state.digest !== digest) return sentBefore()
      const stored = readOutcome(registry, id, state.result)
      if (!stored) return used('its outcome cannot be read')
      const { outcome } = stored
      if (outcome.kind === 'answered' && outcome.status >= 400)
        return used(`its action answered by itself, with status ${outcome.status}`)
      if (stored.cookies.length > 0) submission.cookies.repeat(stored.cookies)
      return { outcome, ran: true, run: 'earlier' }
    }
    case 'lost':
      return used('its outcome was not kept: its server stopped before it finished, or the store was full')
    case 'forgotten':
      return { outcome: new Refused('forgotten', 409, forgotten), ran: false, run: 'none' }
    case 'full':
      return down('accepts no more claims')
    case 'down':
      return down(`did not answer: ${reasonOf(state.error)}`)
  }
}

/** Returns the message of an error without its final full stop, because the sentence continues. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
}

const forgotten =
  'The store has forgotten the claims of forms that are as old as this one, so it cannot tell whether a copy has run. Limit the rate of submissions, or raise maxClaims. See docs/errors/forgotten.md.'

function sentBefore(): Settlement {
  const detail =
    'A copy of this submission with other fields or files has run or is running. Nothing was run for this one.'
  return { outcome: new Refused('sent-before', 409, detail), ran: false, run: 'none' }
}

function used(why: string): Settlement {
  const detail = `A copy of this submission has run, and ${why}.`
  return { outcome: new Refused('used', 409, detail), ran: false, run: 'none' }
}

function down(why: string): Settlement {
  const detail = `The store of one-time submissions ${why}. Nothing was run for this copy.`
  return { outcome: new Refused('store-down', 503, detail), ran: false, run: 'none' }
}

/** Returns how long to keep a claim: as long as any server may still admit the seal. */
function secondsUntil(expires: number): number {
  return Math.max(1, Math.ceil(expires - Date.now() / 1000)) + clockTolerance
}

/** Calls the store with a time limit. Turns a synchronous error into a rejection. */
async function called(call: () => Promise<void>): Promise<void> {
  return withTimeout(call(), patience)
}

function ignore(): void {}
