import { readValues } from '../read-values.js'
import { adopt, leave, type PageAction, send, type Told } from './call-action.js'
import type { ClientAction } from './client-action.js'
import { problemIn } from './problem.js'

/** The actions of the page, by what the server calls them. */
export let actions = new Map<string, PageAction>()

/** What the library of the components does. */
export const components = {} as {
  /** Renders the page with new props. */
  showPage(props: unknown): void
  /** Hears of a call that has begun. */
  hearCall?(call: Promise<unknown>): unknown
  /** Adds to an action what forms need of it. */
  furnish?(action: PageAction): unknown
}

/**
 * Reads the text of a page, which alone may name actions. An action with a new seal stays the same function, so that effects and
 * memos rest. Those that the page does not name any more are forgotten.
 */
export const readPage = (text: string): unknown => {
  const before = actions
  actions = new Map()
  return readValues(text, (parts) => {
    const [id, name, seal] = parts as readonly [string, string, string]
    const action = actions.get(id) ?? before.get(id) ?? makeAction(name, seal)
    action.seal = seal
    actions.set(id, action)
    return action.given
  })
}

const makeAction = (name: string, seal: string): PageAction => {
  let last = Promise.resolve({} as Told)
  const call = async (...args: unknown[]): Promise<unknown> => {
    const run = async () => {
      const told = await send(action, args)
      if (told.page) {
        Object.assign(told, readPage(told.page))
        components.showPage(told.props)
      }
      told.state = adopt(action, told)
      return told
    }
    // One after the other, because each answer brings the seal of the next call.
    last = last.then(run, run)
    components.hearCall?.(last)
    const { outcome, location: to, page, message, state } = await last
    if (to) {
      const url = new URL(to, location.href)
      if (!page) return leave(url)
      if (url.hash) location.hash = url.hash
    }
    if (problemIn(state) && (args.length < 2 || outcome === 'failed'))
      throw Object.assign(new Error(message), state)
    return state
  }
  call.bind = () => {
    throw new Error(`Bind values to "${name}" in the page handler.`)
  }
  Object.defineProperty(call, 'name', { value: name })
  const action = { seal, printed: seal, carried: new Map(), given: call as ClientAction }
  components.furnish?.(action)
  return action
}
