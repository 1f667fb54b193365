import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { noted } from './made-outcomes.js'
import { Done, Invalid, type Issues, Redirect, type RedirectOptions, Refused } from './outcome.js'

/**
 * Sends the visitor to another page with `303 See Other`. After that, a reload does not send the form again.
 *
 * @param to a relative URL (`/lists/3`, `?page=2`), or an absolute one whose origin is the app's own or listed in
 *   `allowedOrigins`. With any other target, such as `//evil.example` or `javascript:`, the visitor gets a page with
 *   status 400 that says what was done, and the app's error handler gets `ERR_REDIRECT_TARGET`
 * @param options `external: true` allows an absolute URL of any origin whose scheme is http or https. @default false
 * @throws SealformError `ERR_OPTION_INVALID` without a target, and on other options
 * @example
 * ```ts
 * return redirect(`/lists/${listId}`)
 * ```
 * @see RFC 9110, section 15.4.4
 */
export function redirect(to: string, options?: RedirectOptions): Redirect<never>
export function redirect(...given: [to: string, options?: RedirectOptions]): Redirect<never> {
  const [to, options] = given
  checkTarget('redirect()', to, given.length > 0)
  const outcome =
    options === undefined ? new Redirect<never>(to) : new Redirect<never>(to, checkRedirect(options))
  return noted(outcome, redirect, 'redirect')
}

function checkRedirect(options: RedirectOptions): RedirectOptions {
  checkOptions('redirect()', options, ['external'])
  const external: unknown = options.external ?? false
  if (typeof external === 'boolean') return { external }
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `redirect(): "external" must be true or false, not ${typeof external}.`,
  )
}

/**
 * Shows the page again with status 422, the visitor's input in its fields, and each message beside its field.
 *
 * @param issues `{ title: 'Enter a title' }`, a list of `{ name, message }`, or one message for the whole form. A list may
 *   also have `{ path, message }`: the path leads to a part of `submission.input`, such as `['items', 0, 'qty']`
 * @param options `status`: 400–499, such as 429 for too many attempts. @default 422
 * @throws SealformError `ERR_OPTION_INVALID` when there are no issues or they have another form, or the status is another
 * @example
 * ```ts
 * if (await db.has(title)) return invalid({ title: 'Already on the list' })
 * ```
 */
export function invalid(issues: Issues, options: { readonly status?: number } = {}): Invalid {
  checkOptions('invalid()', options, ['status'])
  return noted(new Invalid(issues, options.status === 200 ? Number.NaN : options.status), invalid, 'invalid')
}

/** Options of `done(state, options)`. */
export interface DoneOptions {
  /** 200–299 or 400–599. @default 200 */
  readonly status?: number
  /** Keeps the files that were sent for the next submission of the form, as after a mistake. @default false */
  readonly keepFiles?: boolean
}

/**
 * Shows the page again with a new state. The page reads it from `form.state`. Returning a plain value does the same.
 *
 * @param state any value that a seal can carry
 * @param options `status`: 200–299 or 400–599. @default 200. `keepFiles: true` keeps the files that were sent for the next
 *   submission of the form, as after a mistake: for a form of several steps. @default false
 * @throws SealformError `ERR_OPTION_INVALID` when the status is another, or allows no body
 * @example
 * ```ts
 * return done({ title }, { status: 202 })
 * ```
 */
export function done<State = undefined>(state?: State, options: DoneOptions = {}): Done<State> {
  checkOptions('done()', options, ['status', 'keepFiles'])
  return noted(new Done(state as State, options.status, options.keepFiles === true), done, 'done')
}

/**
 * Redirects, and keeps `state` for the next page that reads `ctx.forms.flash` or makes the form that was sent. That page
 * shows it once. The state travels in an encrypted cookie, so no session is needed.
 *
 * @param state any value that a seal can carry, small enough for a cookie (about 2.7 kB)
 * @param to the target, as in `redirect()`
 * @throws SealformError `ERR_OPTION_INVALID` without a target
 * @example
 * ```ts
 * return flash({ title }, `/lists/${listId}`)
 * ```
 */
export function flash<State>(state: State, to: string): Redirect<State>
export function flash<State>(...given: [state: State, to: string]): Redirect<State> {
  const [state, to] = given
  checkTarget('flash()', to, given.length > 1)
  return noted(new Redirect(to, { flash: { state } }), flash, 'flash')
}

/**
 * Shows the page with status 404 and keeps the visitor's input. Use it when the thing that a form is about does not exist.
 *
 * @example
 * ```ts
 * if (!(await db.has(listId))) return notFound()
 * ```
 */
export function notFound(): Refused {
  return noted(new Refused('not-found', 404), notFound, 'notFound')
}

/**
 * Shows the page with status 401 and keeps the visitor's input. Use it when the visitor has to sign in first.
 *
 * @example
 * ```ts
 * if (!cookies.has('session')) return unauthorized()
 * ```
 */
export function unauthorized(): Refused {
  return noted(new Refused('unauthorized', 401), unauthorized, 'unauthorized')
}

/**
 * Shows the page with status 403 and keeps the visitor's input. Use it when this visitor may not do this.
 *
 * @example
 * ```ts
 * if (user !== list.owner) return forbidden()
 * ```
 */
export function forbidden(): Refused {
  return noted(new Refused('forbidden', 403), forbidden, 'forbidden')
}

/**
 * Refuses a call without a target. A target that is not text may come from a field that the visitor left out, so it is judged
 * with the request, as an unsafe one is.
 */
function checkTarget(where: string, to: unknown, isGiven: boolean): void {
  if (isGiven && !(to instanceof URL)) return
  const instead = isGiven ? 'a URL; pass its "href"' : 'nothing'
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `${where} needs the target as text, such as '/lists', not ${instead}.`,
  )
}
