import type { IncomingMessage } from 'node:http'
import type { ReactNode } from 'react'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { hasLeft, whenLeft } from '../base/visitor-left.js'
import { type RenderingHost, renderingHostOf } from '../page/rendering-host.js'
import type { ClientProps } from './client-props.js'
import { completePage, mark } from './complete-page.js'
import { type FormRendering, formAction, referenceOf } from './form-action.js'
import { loadRenderer } from './load-renderer.js'
import { PageActions } from './page-actions.js'
import { type HookOutcome, outcomeForHook, shownState } from './page-data.js'
import { PageGate, WholePage } from './page-gate.js'
import { type ShownOutcome, stateOfOutcome } from './problem.js'

/** Options of `renderReact(ctx, props, view, options)`. */
export interface ReactPageOptions {
  /** The nonce of the page's Content-Security-Policy, for the scripts that React prints. @default `nonce` of the middleware */
  nonce?: string | undefined
  /** The paths of the module scripts that make the page in the browser. @default none */
  bootstrapModules?: readonly string[] | undefined
  /** The paths of classic scripts. @default none */
  bootstrapScripts?: readonly string[] | undefined
  /** The beginning of the ids that `useId()` makes. @default none */
  identifierPrefix?: string | undefined
  /**
   * Sends the page as soon as its shell is ready, and the parts inside of `<Suspense>` as they come. Without JavaScript these
   * parts are never shown, nor the forms in them. Only for pages whose forms stand outside.
   * @default false: the page is sent when all of it is ready
   */
  stream?: boolean | undefined
}

/**
 * Answers with a page of React components, in whose props actions are what forms take. Seals every action among the props,
 * renders the tree, and prints what `hydrate()` of `sealform/react` needs. After a submission without JavaScript, the hook that sent it
 * shows the outcome. To a call from `sealform/react` it gives the new props instead.
 *
 * @param at Koa's `ctx`, Express's `req`, or the request of a plain Node server
 * @param props actions, with all of their values bound, and what devalue can write: plain values, lists, Map, Set, Date
 * @param view makes the tree, from `<html>` on
 * @throws SealformError `ERR_REACT_PAGE` where `sealform(actions)` is not mounted before the handler, and on a form that could not
 *   be sent; `ERR_VALUE_UNSUPPORTED`, `ERR_SEAL_TOO_LARGE` on props; `ERR_OPTION_INVALID` on bad options. Also what the tree throws
 *   outside of its boundaries
 * @example
 * ```ts
 * import { createElement } from 'react'
 *
 * await renderReact(req, { add: addTodo.bind(null, listId) }, ({ add }) =>
 *   createElement('html', null, createElement('body', null, createElement('form', { action: add }))),
 * )
 * ```
 */
export async function renderReact<Props extends object>(
  at: IncomingMessage | { readonly req: IncomingMessage },
  props: Props,
  ...[view, options = {}]: [view: (props: ClientProps<Props>) => ReactNode, options?: ReactPageOptions]
): Promise<void> {
  const host = renderingHostOf(at)
  if (!host) throw unmounted()
  checkOptions('renderReact()', options, optionNames)
  const { page } = host
  page.ofComponents = true
  const actions = new PageActions(page, host.session(), 'What renderReact() gets')
  if (page.wantsProps) {
    const state = page.shown && shownState(page.shown)
    page.props = actions.write({ props, state })
    host.sendBody('')
    return
  }
  const hook = outcomeForHook(host)
  const prefix = `${options.identifierPrefix ?? ''}${ownPrefix}`
  const faults: SealformError[] = []
  const rendering: FormRendering = {
    prefix,
    shown: hook && {
      key: hook.key,
      reference: referenceOf(sentBy(hook)),
      files: hook.shown.seals[0]?.files ?? [],
    },
    fault: (error) => faults.push(error),
  }
  const both = actions.writeBoth({ props, prefix, form: hook?.shown }, (action) =>
    formAction(action, rendering),
  )
  const own = both.own as OwnValues<Props>
  const tree = { node: () => view(own.props), prefix, data: both.text, faults }
  const formState = hook && own.form && [stateOfOutcome(own.form), hook.key, referenceOf(sentBy(hook)), 0]
  const sending = await renderTree(host, { ...tree, formState }, options)
  if (sending === undefined) return
  if (hook && hook.shown.outcome !== 'done' && Buffer.isBuffer(sending) && sending.includes(taken)) {
    page.adopted = true
    page.notePrinted(taken)
  }
  host.sendBody(sending)
}

/** What the tree on the server is made of. */
interface OwnValues<Props> {
  readonly props: ClientProps<Props>
  readonly form: ShownOutcome | undefined
}

const optionNames = ['nonce', 'bootstrapModules', 'bootstrapScripts', 'identifierPrefix', 'stream'] as const

/** By which forms that were rendered here are told from those that something else has rendered. */
const ownPrefix = 'sf-'

/** What React prints where a hook has taken the state. */
const taken = '<!--F!-->'

function sentBy({ submitted: { definition, boundText } }: HookOutcome): Parameters<typeof referenceOf>[0] {
  return { definition: definition!, boundText }
}

interface Tree {
  node(): ReactNode
  readonly prefix: string
  /** What the page in the browser is made of. */
  readonly data: string
  /** The mistakes of the page that its forms have noted. */
  readonly faults: readonly SealformError[]
  readonly formState: readonly unknown[] | undefined
}

/** Renders the tree. Returns nothing when the visitor has left. */
async function renderTree(
  host: RenderingHost,
  tree: Tree,
  options: ReactPageOptions,
): Promise<Buffer | PageGate | undefined> {
  const { renderToPipeableStream } = await loadRenderer()
  const { res, page, req } = host
  if (hasLeft(res)) return undefined
  const whole = !options.stream || page.showsOutcome || req.method === 'HEAD'
  const open = (...pieces: readonly Uint8Array[]) => {
    if (tree.faults[0]) throw tree.faults[0]
    return completePage(pieces, tree.data)
  }
  const noted = new RenderingErrors(host)
  let result: Buffer | PageGate | undefined
  await new Promise<void>((resolve, reject) => {
    const rendering = renderToPipeableStream(tree.node(), {
      ...rendererOptions(host, tree, options),
      // React would print a large part inside of <Suspense> for a script to show, even when it is ready.
      ...(whole ? { progressiveChunkSize: Number.POSITIVE_INFINITY } : {}),
      onError: (error) => noted.add(error),
      onShellReady: () => whole || stream(),
      onAllReady: () => whole && collect(),
      onShellError: reject,
    } as Parameters<typeof renderToPipeableStream>[1])
    whenLeft(res, () => {
      noted.ignoreMore()
      rendering.abort()
      resolve()
    })

    function collect() {
      noted.report()
      const done = (pieces: readonly Uint8Array[]) => {
        try {
          result = open(...pieces)
          resolve()
        } catch (error) {
          reject(error)
        }
      }
      rendering.pipe(new WholePage(done))
    }

    function stream() {
      noted.report()
      const gate = new PageGate(mark, open)
      result = gate
      rendering.pipe(gate)
      gate.opened.then(resolve, reject)
    }
  }).catch((error: unknown) => {
    if (result instanceof PageGate) result.destroy()
    if (!hasLeft(res)) throw error
  })
  return hasLeft(res) ? undefined : result
}

/** What React's renderer is told of the page. */
function rendererOptions(
  host: RenderingHost,
  { prefix, formState }: Tree,
  { nonce = host.nonce(), bootstrapModules, bootstrapScripts }: ReactPageOptions,
) {
  return {
    ...(nonce === undefined ? {} : { nonce }),
    ...(bootstrapModules ? { bootstrapModules: [...bootstrapModules] } : {}),
    ...(bootstrapScripts ? { bootstrapScripts: [...bootstrapScripts] } : {}),
    bootstrapScriptContent: mark,
    identifierPrefix: prefix,
    formState: formState ?? null,
  }
}

/** Keeps the errors of a rendering until it is known whether the page is sent. Those of a page that is not sent are thrown. */
class RenderingErrors {
  readonly #host: RenderingHost
  #early: unknown[] | undefined = []
  #ignoring = false

  constructor(host: RenderingHost) {
    this.#host = host
  }

  add(error: unknown): void {
    if (this.#ignoring) return
    if (this.#early) this.#early.push(error)
    else this.#host.reportError(error, { reference: '', action: undefined })
  }

  /** Reports what has failed inside of a boundary, also from now on. */
  report(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const error of early) this.add(error)
  }

  ignoreMore(): void {
    this.#ignoring = true
  }
}

function unmounted(): SealformError {
  return new SealformError(
    'ERR_REACT_PAGE',
    'renderReact() needs the middleware: mount sealform(actions) before this handler, and give renderReact() the ctx or req of the handler.',
  )
}
