import { answerOf, stateOf, successorOf } from '../answer/json-answer.js'
import type { Shown } from '../page/page.js'
import type { RenderingHost } from '../page/rendering-host.js'
import { actionIdentity } from '../seal/action-identity.js'
import type { ShownOutcome } from './problem.js'

/** An outcome that a hook of the page can show. */
export interface HookOutcome {
  /** With the id by which a script knows the action. */
  readonly shown: ShownOutcome & { readonly id: string }
  readonly key: string
  readonly submitted: Shown['submitted']
}

/**
 * Describes the outcome of a submission for the hook that sent it, as a page without a script shows it. Returns `undefined`
 * when the page shows none, when no hook has sent it, and when the built-in page shows it better: an action that failed, and
 * a form of another version, for which the page may have no field for all of the input.
 */
export function outcomeForHook(host: RenderingHost): HookOutcome | undefined {
  const { page } = host
  if (!page.shown) return undefined
  const { outcome, submitted } = page.shown
  const key = submitted.hook?.key
  if (key === undefined || submitted.definition === undefined) return undefined
  if (outcome.kind !== 'done' && outcome.kind !== 'invalid' && outcome.kind !== 'refused') return undefined
  if (outcome.kind === 'refused' && outcome.reason === 'other-version') return undefined
  const seals = successorOf(page, page.shown)
  const told = { outcome, status: outcome.status, location: undefined, messages: host.messages() }
  const { definition, boundText } = submitted
  const owner = { action: definition?.name ?? '', boundText }
  const id = actionIdentity(page.registry, owner, host.session())
  const state = shownState(page.shown)
  const shown = { ...answerOf({ ...told, received: { submitted } }, page, seals), state, id }
  return { shown, key, submitted }
}

/** The state that the page shows: the new one, or the last one where nothing was done. */
export function shownState({ outcome, submitted }: Shown): unknown {
  return stateOf({ outcome, received: { submitted } })
}
