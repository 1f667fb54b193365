import type { Exchange } from '../action/exchange.js'
import { SealformError } from '../base/errors.js'
import { expectedOrigin } from '../origin/judge-origin.js'
import { judgeTarget } from '../origin/judge-redirect.js'
import { Refused } from '../outcome/outcome.js'
import { flashHeader } from '../page/flash.js'
import type { ShownOutcome } from './judge-rendering.js'
import type { Received } from './receive.js'
import type { App } from './settings.js'

/** How an outcome is answered. */
type Conclusion = RedirectConclusion | PageConclusion | OwnConclusion

interface RedirectConclusion {
  readonly kind: 'redirect'
  readonly location: string
  readonly setCookies: readonly string[]
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
export function conclude<Context>(
  { registry, settings }: App<Context>,
  exchange: Exchange,
  { outcome, action, submission, submitted, repeated }: Received,
): Conclusion {
  if (outcome.kind === 'failed')
    return { kind: 'page', outcome, status: 500, setCookies: [], failure: repeated ? undefined : outcome }
  const setCookies = submission.changedCookies?.headers ?? []
  if (outcome.kind === 'answered') return { kind: 'answered', setCookies, failure: undefined }
  if (outcome.kind !== 'redirect') {
    return { kind: 'page', outcome, status: outcome.status, setCookies, failure: undefined }
  }
  const policy = settings.origin
  const target = judgeTarget(outcome.to, exchange.url, {
    ownOrigin: () => expectedOrigin(exchange, policy),
    allowed: policy.allowed,
  })
  if (target.verdict === 'refused') {
    const error = new SealformError(
      'ERR_REDIRECT_TARGET',
      `"${action?.name}" redirects to ${show(outcome.to)}, which is not allowed (${target.reason}). Redirect to a path of this app, or list the other origin in allowedOrigins.`,
    )
    const refusal = new Refused('malformed', 400, error.message)
    return { kind: 'page', outcome: refusal, status: 400, setCookies, failure: { error } }
  }
  const { location } = target
  if (!outcome.flash) return { kind: 'redirect', location, setCookies, failure: undefined }
  try {
    const { definition, boundText, formId } = submitted
    const form = { action: (definition ?? action)?.name ?? '', boundText, formId }
    const flashed = flashHeader(registry, { form, state: outcome.flash.state }, exchange.secure)
    return { kind: 'redirect', location, setCookies: [...setCookies, flashed], failure: undefined }
  } catch (error) {
    // The action has run, so the visitor is still redirected, without the message.
    return { kind: 'redirect', location, setCookies, failure: { error } }
  }
}

/** Formats a redirect target for a message, shortened: it may come from user input of any length. */
function show(target: unknown): string {
  return typeof target === 'string' ? JSON.stringify(target.slice(0, 200)) : typeof target
}
