import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { parseSetCookie, type SetCookie, stringifyCookie } from 'cookie'
import { type Action, detailsOf } from '../action/action.js'
import type { Exchange } from '../action/exchange.js'
import { asRegistry, type Registry } from '../action/registry.js'
import type { Rules } from '../answer/pending-submission.js'
import { type Received, receive } from '../answer/receive.js'
import { recognise } from '../answer/recognise.js'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'
import { compileAllowedOrigins } from '../origin/allowed-origins.js'
import { english } from '../outcome/messages.js'
import { type Issue, issuesOf, type Outcome, type RefusalReason } from '../outcome/outcome.js'
import { PageSeals } from '../page/page-seals.js'
import { encodeBoundValues } from '../seal/bound-values.js'
import type { FormEntry } from './entry-list.js'
import { encodeForm, type FormBody } from './form-body.js'
import { fieldsOf, type InvokeInput } from './invoke-input.js'
import { utf8 } from './text-encoding.js'

/** What the visitor of `invoke.with()` sends in addition to the form. */
export interface InvokeOptions<Context = unknown> {
  /** What the action finds in `submission.cookies`. @default none */
  readonly cookies?: Readonly<Record<string, string>>
  /** What the action finds in `submission.context`. @default undefined */
  readonly context?: Context
  /** The state that the form carries: what the action finds in `submission.previous`. @default none */
  readonly previous?: unknown
  /** Further headers of the request. @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** Path and query string of the page. @default '/' */
  readonly url?: string
}

/** The result of a call. `invoke()` throws what the action threw, unless it is an outcome. */
export interface Invocation<State = unknown> {
  readonly outcome: Outcome
  readonly kind: Outcome['kind']
  /** The status that the answer would have. */
  readonly status: number
  /** Where a redirect leads. */
  readonly to: string | undefined
  /** What is wrong, field by field. */
  readonly issues: readonly Issue[]
  /** The new state: that of `done()` or `flash()`. */
  readonly state: State | undefined
  /** Why the submission was refused. */
  readonly reason: RefusalReason | undefined
  /** The cookies that were set, in order; one that was deleted has a `maxAge` of 0. */
  readonly cookies: readonly SetCookie[]
  /** Errors of hooks. They are reported to the app, and not shown to the visitor. */
  readonly reported: readonly unknown[]
}

/** Calls actions as `invoke` does, each call with the same cookies and other options of the visitor. */
export interface Invoke {
  <Input, State, Bound extends unknown[], Context>(
    action: Action<Input, State, Bound, Context>,
    input?: InvokeInput,
    ...bound: Bound
  ): Promise<Invocation<State>>
  /**
   * @param options what the visitor sends besides the form
   * @throws SealformError `ERR_OPTION_INVALID` on misspelt options
   */
  with(options: InvokeOptions): Invoke
}

/** Makes a function that takes a submission through everything that a server does, except HTTP. */
export function invokeWith(options: InvokeOptions): Invoke {
  checkOptions('invoke.with()', options, ['cookies', 'context', 'previous', 'headers', 'url'])
  return Object.assign(
    async <State>(action: unknown, input?: InvokeInput, ...bound: unknown[]): Promise<Invocation<State>> => {
      const own = detailsOf(action)
      if (!own) {
        throw new SealformError(
          'ERR_ACTION_UNKNOWN',
          'The first argument of invoke() must be an action from actions.define(), bound or not.',
        )
      }
      const registry = asRegistry(own.registry, 'invoke()')
      const { definition } = own
      const url = new URL(options.url ?? '/', 'http://localhost')
      const request = { path: url.pathname, session: () => undefined }
      const seals = new PageSeals(registry, request)
      const boundText = encodeBoundValues([...own.values, ...bound], definition.name, registry)
      const entries: FormEntry[] = [[fieldNames.seal, seals.action(definition, boundText)]]
      if (options.previous !== undefined) {
        entries.push([fieldNames.state, seals.state(definition, boundText, options.previous)])
      }
      entries.push(...fieldsOf(input))
      const files = entries.some(([, value]) => typeof value !== 'string')
      const type = files ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
      const req = requestOf(await encodeForm(type, entries, utf8), url, options)
      const received = await submit(registry, req, { url, context: options.context })
      return invocationOf<State>(received)
    },
    { with: (more: InvokeOptions) => invokeWith({ ...options, ...more }) },
  )
}

async function submit(
  registry: Registry,
  req: IncomingMessage,
  { url, context }: { readonly url: URL; readonly context: unknown },
): Promise<Received> {
  const recognition = await recognise(req)
  if (recognition.kind !== 'submission') throw new Error(`The request was recognised as ${recognition.kind}.`)
  const exchange: Exchange = {
    req,
    res: new ServerResponse(req),
    url: url.pathname + url.search,
    path: url.pathname,
    protocol: url.protocol.slice(0, -1),
    host: url.host,
    secure: url.protocol === 'https:',
    context,
    session: () => undefined,
    // The context is the test's own, so nothing that is done to it can be watched.
    watchAnswer: () => {},
    ownAnswer: () => 'none',
    takeBackAnswer: () => {},
  }
  const rules: Rules = {
    origin: { origin: undefined, allowed: compileAllowedOrigins(undefined) },
    mode: 'enforce',
    messages: () => english,
  }
  return receive({ registry, exchange, body: recognition.body, rules })
}

/** Makes a request without a socket. */
function requestOf(
  { contentType, body }: FormBody,
  url: URL,
  { cookies, headers }: InvokeOptions,
): IncomingMessage {
  const req = new IncomingMessage(new Socket())
  const all: Record<string, string> = {
    host: url.host,
    'sec-fetch-site': 'same-origin',
    'content-type': contentType,
    'content-length': String(body.length),
    ...(cookies && { cookie: stringifyCookie(cookies) }),
  }
  for (const [name, value] of Object.entries(headers ?? {})) all[name.toLowerCase()] = value
  req.method = 'POST'
  req.url = url.pathname + url.search
  req.headers = all
  req.rawHeaders = Object.entries(all).flat()
  req.push(body)
  req.push(null)
  req.complete = true
  return req
}

function invocationOf<State>({ outcome, submission }: Received): Invocation<State> {
  if (outcome.kind === 'failed') throw outcome.error
  const state =
    outcome.kind === 'done' ? outcome.state : outcome.kind === 'redirect' ? outcome.flash?.state : undefined
  return {
    outcome,
    kind: outcome.kind,
    status: outcome.kind === 'redirect' ? 303 : outcome.status,
    to: outcome.kind === 'redirect' ? outcome.to : undefined,
    issues: issuesOf(outcome),
    state: state as State | undefined,
    reason: outcome.kind === 'refused' ? outcome.reason : undefined,
    cookies: (submission.changedCookies?.headers ?? []).map((line) => parseSetCookie(line)),
    reported: submission.takeFaults(),
  }
}
