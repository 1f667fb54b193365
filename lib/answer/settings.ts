import { type Actions, asRegistry, type Registry } from '../action/registry.js'
import { checkOptions, kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { loadPackages } from '../base/lazy-package.js'
import { checkInspectPath } from '../inspect/inspect-path.js'
import { Inspection } from '../inspect/inspection.js'
import { Live } from '../live/live.js'
import { type LiveOptions, resolveLive } from '../live/live-options.js'
import { compileAllowedOrigins, normaliseOrigin } from '../origin/allowed-origins.js'
import type { OriginPolicy } from '../origin/judge-origin.js'
import { english, type Messages } from '../outcome/messages.js'
import { announceMode } from './announce-mode.js'
import { fullLine, logRefusals, shortLine } from './log-refusals.js'
import { Mount } from './mount.js'
import type { Refusal } from './refusal.js'
import { ResumableUploads } from './resumable-uploads.js'
import { readNonce } from './script-nonce.js'
import { readSession } from './session-value.js'

/** Options of the middleware that do not depend on HTML. */
export interface SharedOptions<Context> {
  /**
   * The app's own origin as browsers see it, such as `'https://shop.example'`.
   * @default the framework's protocol and host, which follow its proxy settings
   */
  origin?: string
  /**
   * Other origins whose pages may submit: full origins, bare hosts (which mean https), `*.example.com` for exactly one
   * label and `**.example.com` for one or more labels.
   * @default []
   */
  allowedOrigins?: readonly string[]
  /**
   * Returns a value that changes at sign-in and sign-out: a random one that the sign-in has put into the session. Seals are
   * bound to it, so that they are valid only for the visitor whose page holds them. Mount the session middleware before this
   * one. In development it warns once when it never gives a value.
   * @default none
   */
  session?: (context: Context) => string | null | undefined
  /** `'report'` accepts requests that the origin policy refuses, and only calls `onRefused`. @default 'enforce' */
  mode?: 'enforce' | 'report'
  /**
   * Called for every refusal, for logs and alarms.
   * @default a line on the console, at most 20 a second; outside of production it says what to change
   */
  onRefused?: (refusal: Refusal, context: Context) => void
  /**
   * Keeps regions with the option `live` up to date on open pages, by a stream of server-sent events below the path where the
   * middleware is mounted. Needs `createActions({ cache })`.
   * @default false
   */
  live?: boolean | LiveOptions
  /**
   * The path, below the place of the middleware, of pages for the developer: the actions, the last submissions, and what a
   * seal holds. `'/sealform'` has them at `http://localhost:3000/sealform`. Works in development only, for a browser on the same
   * machine; outside of development requests pass on to the app.
   * @default none
   */
  inspect?: string
  /** Replaces built-in texts, for all requests or per request. @default English */
  messages?: Partial<Messages> | ((context: Context) => Partial<Messages>)
  /**
   * Returns the nonce in the Content-Security-Policy of this answer, in base64 without `nonce-`. `ctx.forms.script` prints it.
   * @default none
   */
  nonce?: (context: Context) => string | null | undefined
}

/** The options after the check at start. */
export interface Settings<Context> {
  readonly origin: OriginPolicy
  readonly mode: 'enforce' | 'report'
  /** Visitors see advice for developers and `Server-Timing`. */
  readonly development: boolean
  /** The console gets advice for developers: in development, and when NODE_ENV is not set. */
  readonly advises: boolean
  session(context: Context): string | undefined
  onRefused(refusal: Refusal, context: Context): void
  messages(context: Context): Messages
  nonce(context: Context): string | undefined
}

/** The registry and settings that answer all requests of an app. */
export interface App<Context> {
  readonly registry: Registry
  readonly settings: Settings<Context>
  readonly mount: Mount
  /** Set when the app has live regions. */
  readonly live: Live | undefined
  readonly uploads: ResumableUploads
  /** The path of the inspector, in development. */
  readonly inspect: string | undefined
}

/**
 * Makes what answers the requests of an app from the arguments of `sealform()`.
 *
 * @param more names of further options that the adapter takes
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function createApp<Context>(
  actions: Actions<Context>,
  options: SharedOptions<Context>,
  more?: readonly string[],
): App<unknown> {
  const registry = asRegistry(actions, 'sealform()')
  const settings = resolveSettings(registry, options as SharedOptions<unknown>, more)
  const live = resolveLive(options.live)
  const mount = new Mount(registry, options)
  return {
    registry,
    settings,
    mount,
    uploads: new ResumableUploads(registry, mount, settings),
    live: live && new Live(registry, live, settings.origin),
    inspect: resolveInspect(registry, options.inspect),
  }
}

/** Begins to keep what the inspector shows. Does nothing outside of development. */
function resolveInspect(registry: Registry, option: unknown): string | undefined {
  const path = checkInspectPath(option)
  if (path === undefined || registry.mode !== 'development') return undefined
  registry.inspection ??= new Inspection()
  return path
}

/**
 * Checks the options of a middleware, which is about to serve requests, says in which mode the app runs, and loads the packages
 * that it will need.
 *
 * @param more names of further options that the adapter takes
 * @throws SealformError `ERR_OPTION_INVALID`
 */
function resolveSettings<Context>(
  { mode: appMode, development }: Pick<Registry, 'mode' | 'development'>,
  options: SharedOptions<Context>,
  more: readonly string[] = [],
): Settings<Context> {
  loadPackages()
  checkOptions('sealform()', options, [
    ...more,
    'origin',
    'allowedOrigins',
    'session',
    'mode',
    'onRefused',
    'live',
    'inspect',
    'messages',
    'nonce',
  ])
  const { mode = 'enforce', session, onRefused, messages, nonce } = options
  if (mode !== 'enforce' && mode !== 'report') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ mode }) must be 'enforce' or 'report', not ${JSON.stringify(mode)}.`,
    )
  }
  checkFunction('session', session)
  checkFunction('onRefused', onRefused)
  checkFunction('nonce', nonce)
  announceMode(development, process.env.NODE_ENV)
  const advises = appMode !== 'production'
  return {
    origin: {
      origin: normaliseOrigin(options.origin),
      allowed: compileAllowedOrigins(options.allowedOrigins),
    },
    mode,
    development: appMode === 'development',
    advises,
    session: readSession(session, advises),
    onRefused: onRefused ?? logRefusals(advises ? fullLine : shortLine),
    messages: resolveMessages(messages),
    nonce: readNonce(nonce),
  }
}

function resolveMessages<Context>(
  option: SharedOptions<Context>['messages'],
): (context: Context) => Messages {
  if (typeof option === 'function') return (context) => mergeMessages(option(context))
  const merged = mergeMessages(option)
  return () => merged
}

function mergeMessages(own: Partial<Messages> | undefined): Messages {
  if (own === undefined) return english
  checkOptions('sealform({ messages })', own, messageNames)
  for (const name of messageNames) {
    const text = own[name]
    if (text === undefined || typeof text === typeof english[name]) continue
    const wanted = typeof english[name] === 'string' ? 'a text' : 'a function that makes the text'
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ messages: { ${name} } }) must be ${wanted}, not ${kindOf(text)}.`,
    )
  }
  const given = Object.entries(own).filter(([, text]) => text !== undefined)
  return { ...english, ...Object.fromEntries(given) }
}

const messageNames = Object.keys(english) as (keyof Messages)[]

export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ ${name} }) must be a function, not ${typeof value}.`,
    )
  }
}
