import { type ReactNode, startTransition } from 'react'
import { type HydrationOptions, hydrateRoot, type Root } from 'react-dom/client'
import { Reading } from '../read-values.js'
import { adopt, leave, type PageAction, send, type Told } from './call-action.js'
import type { ClientAction } from './client-action.js'

/** The actions of the page, by what the server calls them. */
const actions = new Map<string, PageAction & { readonly call: ClientAction }>()

/** Those that the text which is read now names. */
const named = new Set<string>()

/** Renders the page with new props. */
let show: (props: unknown) => void

/**
 * Makes the page that `renderReact()` has sent work in the browser: the same tree of the same props. After each call of an
 * action the tree is rendered again, in a transition, with the new props that came in the same answer.
 *
 * @param container `document`
 * @param view the same function that `renderReact()` got
 * @param options those of `hydrateRoot()`
 * @example
 * ```tsx
 * hydrate(document, (props: Parameters<typeof Todos>[0]) => <Todos {...props} />)
 * ```
 */
export const hydrate = <Props>(
  container: Element | Document,
  view: (props: Props) => ReactNode,
  options?: HydrationOptions,
): Root => {
  const text = document.querySelector('[data-sealform-page]')?.textContent
  if (!text) throw new Error('renderReact() has not sent this page.')
  const { props, prefix, form } = readPage(text) as {
    props: Props
    prefix: string
    form?: Told & { id: string }
  }
  const state = form && adopt(actions.get(form.id), form)
  const formState = form ? [state, '', '', 0] : null
  const all = { ...options, identifierPrefix: prefix, formState }
  const root = hydrateRoot(container, view(props), all as HydrationOptions)
  show = (next) => startTransition(() => root.render(view(next as Props)))
  return root
}

/** Reads the text of a page. Actions that it does not name any more are forgotten. */
const readPage = (text: string): unknown => {
  named.clear()
  const page = new PageReading(JSON.parse(text)).at(0)
  for (const id of actions.keys()) if (!named.has(id)) actions.delete(id)
  return page
}

/** Reads the text of a page, which alone may name actions. */
class PageReading extends Reading {
  override value(type: string, first: unknown, rest: readonly unknown[]): unknown {
    if (type !== 'Action') return super.value(type, first, rest)
    return actionOf(this.at(first) as Parameters<typeof actionOf>[0])
  }
}

/** Returns the action that is called so, with its new seal. It stays the same function, so that effects and memos rest. */
const actionOf = ([id, name, seal]: readonly [string, string, string]): ClientAction => {
  named.add(id)
  const known = actions.get(id)
  if (known) {
    known.seal = seal
    return known.call
  }
  const action = { seal, printed: seal, carried: new Map() }
  const call = makeCall(action, name)
  actions.set(id, Object.assign(action, { call }))
  return call
}

const makeCall = (action: PageAction, name: string): ClientAction => {
  let last: Promise<unknown> = Promise.resolve()
  const call = async (...args: unknown[]): Promise<unknown> => {
    const sending = last
      .then(() => send(action, args))
      .then((told) => [told, conclude(action, told)] as const)
    last = sending.catch(() => {})
    const [told, state] = await sending
    const { outcome, location: to, page, message, reference } = told
    if (to !== undefined && page === undefined) return leave(to)
    if (outcome === 'done' || outcome === 'redirect') return state
    if (outcome !== 'failed' && args.length > 1) return state
    throw Object.assign(new Error(message), state, { reference })
  }
  const bind = () => {
    throw new Error(`Bind values to "${name}" in the page handler, which can seal them.`)
  }
  return Object.defineProperties(call, { name: { value: name }, bind: { value: bind } }) as ClientAction
}

/** Takes over what an answer brings. Returns the state, or a problem. */
const conclude = (action: PageAction, told: Told): unknown => {
  const { page, outcome, location: to, seals } = told
  const { props, state } = (page === undefined ? {} : readPage(page)) as { props?: unknown; state?: unknown }
  const fresh = seals.find(({ sent }) => sent)
  if (page === undefined && fresh) action.seal = fresh.seal
  if (props !== undefined) show(props)
  if (outcome !== 'redirect') return adopt(action, page === undefined ? told : { ...told, state })
  const { hash } = new URL(to ?? '', location.href)
  if (props !== undefined && hash) location.hash = hash
  return undefined
}
