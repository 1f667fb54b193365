import { Reading } from '../read-values.js'
import { adopt, leave, type PageAction, send, type Told } from './call-action.js'
import type { ClientAction } from './client-action.js'

/** The actions of the page, by what the server calls them. */
export const actions = new Map<string, PageAction & { readonly call: ClientAction }>()

/** Those that the text which is read now names. */
const named = new Set<string>()

/** What the library of the components does. */
interface Components {
  /** Renders the page with new props. */
  show(props: unknown): void
  /** Hears of a call that has begun. */
  note?(call: Promise<unknown>): unknown
  /** Adds to an action what forms need of it. */
  complete?(call: ClientAction, action: PageAction): unknown
}

let components: Components

/** Sets what the calls of the page do in it. */
export const callsWith = (own: Components): void => {
  components = own
}

/** Reads the text of a page. Actions that it does not name any more are forgotten. */
export const readPage = (text: string): unknown => {
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
  components.complete?.(call, action)
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
    components.note?.(sending)
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
  if (props !== undefined) components.show(props)
  if (outcome !== 'redirect') return adopt(action, page === undefined ? told : { ...told, state })
  const { hash } = new URL(to ?? '', location.href)
  if (props !== undefined && hash) location.hash = hash
  return undefined
}
