import type { Exchange } from '../action/exchange.js'
import { SealformError } from '../base/errors.js'
import { expectedOrigin } from '../origin/judge-origin.js'
import { judgeTarget, type TargetRefusalReason } from '../origin/judge-redirect.js'
import { type Redirect, Refused } from '../outcome/outcome.js'
import { flashHeader } from '../page/flash.js'
import type { SealingContext } from '../seal/sealing-context.js'
import type { ShownOutcome } from './judge-rendering.js'
import type { Received } from './receive.js'
import type { App } from './settings.js'

/** How an outcome is answered. */
export type Conclusion = RedirectConclusion | PageConclusion | OwnConclusion

export interface RedirectConclusion {
  readonly kind: 'redirect'
  readonly location: string
  readonly setCookies: readonly string[]
  /** The one of them that carries a flash. */
  readonly flash?: string
  /** An error to report to the app: a flash message that does not fit into its cookie. */
  readonly failure: { readonly error: unknown } | undefined
}

/** The app's code has answered by itself. A copy of such a submission gets a page that says so. */
interface OwnConclusion {
  readonly kind: 'answered'
  readonly setCookies: readonly string[]
  readonly failure: undefined
}

export interface PageConclusion {
  readonly kind: 'page'
  readonly outcome: ShownOutcome
  readonly status: number
  readonly setCookies: readonly string[]
  /** An error to report to the app: an action that threw, or an unsafe redirect target. */
  readonly failure: { readonly error: unknown } | undefined
}

/**
 * Decides how an outcome is answered. A redirect to an unsafe target becomes a refusal, because such a target comes from
 * user input (open redirect). Cookies of an action that threw are dropped.
 */
export function conclude<Context>(app: App<Context>, exchange: Exchange, received: Received): Conclusion {
  const { outcome, submission, repeated } = received
  if (outcome.kind === 'failed')
    return { kind: 'page', outcome, status: 500, setCookies: [], failure: repeated ? undefined : outcome }
  const setCookies = submission.changedCookies?.headers ?? []
  if (outcome.kind === 'answered') return { kind: 'answered', setCookies, failure: undefined }
  if (outcome.kind !== 'redirect') {
    return { kind: 'page', outcome, status: outcome.status, setCookies, failure: undefined }
  }
  const policy = app.settings.origin
  const target = judgeTarget(outcome.to, {
    ownOrigin: () => expectedOrigin(exchange, policy),
    allowed: policy.allowed,
    external: outcome.external,
  })
  if (target.verdict === 'refused') {
    return { ...refuseTarget(outcome, target.reason, received), setCookies }
  }
  const { location } = target
  if (!outcome.flash) return { kind: 'redirect', location, setCookies, failure: undefined }
  try {
    const flashed = flashOf(received, outcome.flash, { context: app.registry, exchange })
    return {
      kind: 'redirect',
      location,
      setCookies: [...setCookies, flashed],
      flash: flashed,
      failure: undefined,
    }
  } catch (error) {
    // The action has run, so the visitor is still redirected, without the message.
    return { kind: 'redirect', location, setCookies, failure: { error } }
  }
}

/** The target is judged after the action has run, so the page must not say that nothing was done. */
function refuseTarget(
  { to, external }: Redirect,
  reason: TargetRefusalReason,
  { action, ran, repeated }: Received,
): Omit<PageConclusion, 'setCookies'> {
  const advice = external
    ? 'Give the whole URL, with https:// and without a user name.'
    : 'Redirect to a path of this app, list the other origin in allowedOrigins, or pass { external: true } when your code chose the URL.'
  const error = new SealformError(
    'ERR_REDIRECT_TARGET',
    `"${action?.name}" redirects to ${show(to)}, which is not allowed (${reason}). ${advice}`,
  )
  const outcome = new Refused(ran ? 'done-unsafe-redirect' : 'unsafe-redirect', 400, error.message)
  return { kind: 'page', outcome, status: 400, failure: repeated ? undefined : { error } }
}

/** Makes the Set-Cookie line of a flash. It belongs to the form that was sent, also when a button ran another action. */
function flashOf(
  { action, submitted }: Received,
  { state }: NonNullable<Redirect['flash']>,
  { context, exchange }: { readonly context: SealingContext; readonly exchange: Exchange },
): string {
  const { definition, boundText, formId } = submitted
  const form = { action: (definition ?? action)?.name ?? '', boundText, formId }
  return flashHeader(context, { form, state, session: exchange.session() }, exchange.secure)
}

/** Formats a redirect target for a message, shortened: it may come from user input of any length. */
function show(target: unknown): string {
  return typeof target === 'string' ? JSON.stringify(target.slice(0, 200)) : typeof target
}
