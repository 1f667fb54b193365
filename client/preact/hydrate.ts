import { type ComponentChild, type ContainerNode, hydrate as hydrateTree, render } from 'preact'
import { adopt, type PageAction, type Told } from '../react/call-action.js'
import { components, readPage } from '../react/page-calls.js'
import { noteCall } from './optimistic.js'
import { type ActionParts, parts } from './page-action.js'

/**
 * Makes the page that `renderPreact()` has sent work in the browser: the same tree of the same props. After each call of an action
 * the tree is rendered again, with the new props that came in the same answer.
 *
 * @param container the element around the tree, or `document` when the tree begins with `<html>`
 * @param view makes the tree, or the part of it that stands in the container
 * @example
 * ```tsx
 * hydrate(document.getElementById('app')!, (props: TodosProps) => <Todos {...props} />)
 * ```
 */
export const hydrate = <Props>(
  container: Element | Document,
  view: (props: Props) => ComponentChild,
): void => {
  const text = document.querySelector('[data-sealform-page]')?.textContent
  if (!text) throw new Error('renderPreact() has not sent this page.')
  const root = container === document ? aroundHtml() : container
  Object.assign(components, {
    showPage: (props: unknown) => render(view(props as Props), root),
    hearCall: noteCall,
    furnish(action: PageAction) {
      const begin: ActionParts['begin'] = (at) => {
        const told = forms?.[at]
        return told && { state: adopt(action, told) }
      }
      Object.defineProperty(action.given, parts, { value: Object.assign(action, { begin }) })
    },
  })
  const { props, forms } = readPage(text) as { props: Props; forms?: Readonly<Record<string, Told>> }
  hydrateTree(view(props), root)
}

/** Preact would put the tree into `<html>`. This stands for what is around it. */
const aroundHtml = (): ContainerNode => {
  const { documentElement } = document
  return {
    nodeType: 1,
    parentNode: null,
    firstChild: documentElement,
    childNodes: [documentElement],
  } as never
}
