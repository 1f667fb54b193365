import { type ReactNode, startTransition } from 'react'
import { type HydrationOptions, hydrateRoot, type Root } from 'react-dom/client'
import { adopt, type Told } from './call-action.js'
import { actions, components, readPage } from './page-calls.js'

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
  if (!text) throw new Error('renderReact() sent no page.')
  const { props, prefix, form } = readPage(text) as {
    props: Props
    prefix: string
    form?: Told & { id: string }
  }
  const root = hydrateRoot(container, view(props), {
    ...options,
    identifierPrefix: prefix,
    formState: form ? [adopt(actions.get(form.id), form), '', '', 0] : null,
  } as HydrationOptions)
  components.showPage = (next) => startTransition(() => root.render(view(next as Props)))
  return root
}
