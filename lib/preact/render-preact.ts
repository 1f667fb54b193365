import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { hasLeft, whenLeft } from '../base/visitor-left.js'
import { type RenderingHost, renderingHostOf } from '../page/rendering-host.js'
import type { ClientProps } from '../react/client-props.js'
import { PageActions } from '../react/page-actions.js'
import { shownState } from '../react/page-data.js'
import type { ShownOutcome } from '../react/problem.js'
import { loadRenderer, type PreactTree } from './load-renderer.js'
import { PageForms } from './page-forms.js'
import { completePage, escapeText, PageCompletion, printScripts } from './page-scripts.js'

/** Options of `renderPreact(ctx, props, view, options)`. */
export interface PreactPageOptions {
  /** The nonce of the page's Content-Security-Policy, for the scripts. @default `nonce` of the middleware */
  nonce?: string | undefined
  /** The paths of the module scripts that make the page in the browser. @default none */
  bootstrapModules?: readonly string[] | undefined
  /** The paths of classic scripts. @default none */
  bootstrapScripts?: readonly string[] | undefined
  /**
   * Sends the page at once, and the parts inside of `<Suspense>` as they come. Without JavaScript these parts are never shown, nor
   * the forms in them. Only for pages whose forms stand outside.
   * @default false: the page is sent when all of it is ready
   */
  stream?: boolean | undefined
}

/**
 * Answers with a page of Preact components, in whose props actions are what `<Form>` and `<Submit>` of `sealform/preact` take. Seals every
 * action among the props, renders the tree, and prints what `hydrate()` needs. After a submission without JavaScript, the form that was sent
 * shows the outcome. To a call from `sealform/preact` it gives the new props instead.
 *
 * @param at Koa's `ctx`, Express's `req`, or the request of a plain Node server
 * @param props actions, with all of their values bound, and what devalue can write: plain values, lists, Map, Set, Date
 * @param view makes the tree, from `<html>` on
 * @throws SealformError `ERR_PREACT_PAGE` where `sealform(actions)` is not mounted before the handler, and on an action that is bound or
 *   called in a component; `ERR_VALUE_UNSUPPORTED`, `ERR_SEAL_TOO_LARGE` on props; `ERR_OPTION_INVALID` on bad options. Also what the tree
 *   throws
 * @example
 * ```tsx
 * router.get('/lists/:id', (ctx) =>
 *   renderPreact(ctx, { add: addTodo.bind(null, ctx.params.id) }, (props) => <Page {...props} />, {
 *     bootstrapModules: ['/client.js'],
 *   }),
 * )
 * ```
 */
export async function renderPreact<Props extends object>(
  at: IncomingMessage | { readonly req: IncomingMessage },
  props: Props,
  ...[view, options = {}]: [view: (props: ClientProps<Props>) => PreactTree, options?: PreactPageOptions]
): Promise<void> {
  const host = renderingHostOf(at)
  if (!host) throw unmounted()
  checkOptions('renderPreact()', options, optionNames)
  const { page } = host
  page.ofComponents = true
  const actions = new PageActions(page, host.session(), 'What renderPreact() gets')
  if (page.wantsProps) {
    page.props = actions.write({ props, state: page.shown && shownState(page.shown) })
    host.sendBody('')
    return
  }
  const forms = new PageForms(host, actions)
  const { text: written, own } = forms.writeBoth({ props })
  const { nonce = host.nonce(), bootstrapModules = [], bootstrapScripts = [] } = options
  const scripts = (data: string) => printScripts(data, { nonce, bootstrapModules, bootstrapScripts })
  const tree = view((own as { readonly props: ClientProps<Props> }).props)
  const { renderToStringAsync } = await loadRenderer()
  if (hasLeft(host.res)) return
  if (options.stream && !page.showsOutcome && host.req.method !== 'HEAD') {
    const body = await streamTree(host, { tree, nonce, scripts: scripts(written) })
    if (body) host.sendBody(body)
    return
  }
  const html = await renderToStringAsync(tree)
  if (hasLeft(host.res)) return
  if (forms.problem && !says(html, forms.problem)) page.adopted = false
  const { told } = forms
  host.sendBody(completePage(html, scripts(told ? actions.write({ props, forms: told }) : written)))
}

const optionNames = ['nonce', 'bootstrapModules', 'bootstrapScripts', 'stream'] as const

/** Whether the page holds the form, and says what is wrong: for each field at least the first message. */
function says(html: string, { issues, message, seals }: ShownOutcome): boolean {
  const firsts = new Map<string, string>()
  for (const issue of issues) if (!firsts.has(issue.name)) firsts.set(issue.name, issue.message)
  const messages = firsts.size === 0 ? [message] : [...firsts.values()]
  return (
    html.includes(`value="${seals[0]?.seal}"`) && messages.every((each) => html.includes(escapeText(each)))
  )
}

interface StreamedTree {
  readonly tree: PreactTree
  readonly nonce: string | undefined
  readonly scripts: string
}

/** Renders the tree as a stream. Returns nothing when the visitor has left. Throws what the shell of the page throws. */
async function streamTree(
  host: RenderingHost,
  { tree, nonce, scripts }: StreamedTree,
): Promise<Readable | undefined> {
  const { renderToPipeableStream } = await loadRenderer()
  const body = new PageCompletion(scripts)
  let begun = false
  await new Promise<void>((resolve, reject) => {
    const rendering = renderToPipeableStream(tree, {
      ...(nonce === undefined ? {} : { nonce }),
      onError(error) {
        if (hasLeft(host.res)) return resolve()
        if (!begun) return reject(error)
        host.reportError(error, { reference: '', action: undefined })
        body.destroy()
      },
    })
    whenLeft(host.res, () => {
      rendering.abort()
      resolve()
    })
    body.once('readable', () => {
      begun = true
      resolve()
    })
    rendering.pipe(body)
  })
  return hasLeft(host.res) ? undefined : body
}

function unmounted(): SealformError {
  return new SealformError(
    'ERR_PREACT_PAGE',
    'renderPreact() needs the middleware: mount sealform(actions) before this handler, and give renderPreact() the ctx or req of the handler.',
  )
}
