import type { onClient as onClientInBrowser } from './on-client.js'

export { issueOf, stateOf, valueOf } from './problem.js'

/**
 * Returns a function that React takes for the action itself: it asks for the fields of the form, and `useActionState` binds its
 * state. What runs in the browser does not run here.
 */
export const onClient: typeof onClientInBrowser = (action: object, run: object): never => {
  const { $$FORM_ACTION, $$IS_SIGNATURE_EQUAL, bind } = action as Record<string, unknown>
  return Object.defineProperties((...args: unknown[]) => (run as (...args: unknown[]) => unknown)(...args), {
    $$FORM_ACTION: { value: $$FORM_ACTION },
    $$IS_SIGNATURE_EQUAL: { value: $$IS_SIGNATURE_EQUAL },
    bind: { value: bind },
  }) as never
}

/** Stands for `hydrate()` where a component is made on the server, so that React's part for browsers is not loaded there. */
export const hydrate = (): never => {
  throw new Error('hydrate() makes a page work in a browser. Call it in the script for browsers only.')
}
