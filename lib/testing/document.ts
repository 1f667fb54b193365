import { type DefaultTreeAdapterTypes, defaultTreeAdapter, html, Parser, serializeOuter } from 'parse5'

export type Element = DefaultTreeAdapterTypes.Element
type Node = DefaultTreeAdapterTypes.Node

/** The elements that can belong to a form, wherever they are in the page. */
const formAssociated = new Set(['button', 'fieldset', 'input', 'object', 'output', 'select', 'textarea'])

/**
 * A page as a browser without JavaScript parses it: `<noscript>` counts, the content of `<template>` does not.
 *
 * @see https://html.spec.whatwg.org/multipage/parsing.html
 */
export class HtmlDocument {
  /** Every element, in tree order. */
  readonly elements: readonly Element[]
  readonly #owners = new Map<Element, Element>()
  readonly #ids = new Map<string, Element>()

  constructor(text: string) {
    const parser: Parser<DefaultTreeAdapterTypes.DefaultTreeAdapterMap> = new Parser({
      scriptingEnabled: false,
      treeAdapter: {
        ...defaultTreeAdapter,
        // A control belongs to the form that is open in the source, even when the parser moves it out of a table.
        createElement: (tagName, namespace, attributes) => {
          const element = defaultTreeAdapter.createElement(tagName, namespace, attributes)
          if (parser.formElement && formAssociated.has(tagName)) {
            this.#owners.set(element, parser.formElement)
          }
          return element
        },
      },
    })
    parser.tokenizer.write(text, true)
    this.elements = elementsIn(parser.document)
    for (const element of this.elements) {
      const id = attribute(element, 'id')
      if (id && !this.#ids.has(id)) this.#ids.set(id, element)
    }
  }

  byId(id: string): Element | undefined {
    return this.#ids.get(id)
  }

  byTag(tagName: string): readonly Element[] {
    return this.elements.filter((element) => element.tagName === tagName)
  }

  /** @see https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#form-owner */
  formOwner(element: Element): Element | undefined {
    const named = attribute(element, 'form')
    if (named !== undefined) {
      const owner = this.byId(named)
      return owner?.tagName === 'form' ? owner : undefined
    }
    return this.#owners.get(element) ?? ancestorsOf(element).find(({ tagName }) => tagName === 'form')
  }
}

/** Gives an attribute's value; `undefined` when there is no such attribute. */
export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((own) => own.name === name)?.value
}

export function hasAttribute(element: Element, name: string): boolean {
  return attribute(element, name) !== undefined
}

/** Lists the elements around an element, the nearest first. */
export function ancestorsOf(element: Element): Element[] {
  const ancestors: Element[] = []
  for (let node = element.parentNode; node && 'tagName' in node; node = node.parentNode) ancestors.push(node)
  return ancestors
}

/** Lists the child elements of an element. */
export function childrenOf(element: Element): Element[] {
  return element.childNodes.filter((node) => 'tagName' in node)
}

/** Lists the elements in an element, in tree order. */
export function descendantsOf(element: Element): Element[] {
  return elementsIn(element)
}

/** Gives all text in an element, as it is. */
export function textContent(node: Node): string {
  let text = ''
  walk(node, {
    enter(inner) {
      if ('value' in inner) text += inner.value
    },
  })
  return text
}

/** Gives the text in an element that a reader sees: without scripts and styles, white space collapsed. */
export function readableText(node: Node): string {
  let text = ''
  // A reader sees two cells or paragraphs apart, even without a space between them.
  const space = (inner: Node) => {
    if ('tagName' in inner && !inline.has(inner.tagName)) text += ' '
  }
  walk(node, {
    enter(inner) {
      if ('value' in inner) text += inner.value
      else space(inner)
    },
    leave: space,
    skips: (inner) => inner !== node && 'tagName' in inner && unread.has(inner.tagName),
  })
  return text.replace(/[\t\n\f\r ]+/g, ' ').trim()
}

export function outerHtml(element: Element): string {
  return serializeOuter(element, { scriptingEnabled: false })
}

const unread = new Set(['head', 'script', 'style', 'template', 'title'])
const inline = new Set(
  'a abbr b bdi bdo cite code data dfn em i kbd label mark q s samp small span strong sub sup time u var'.split(
    ' ',
  ),
)

function elementsIn(node: Node): Element[] {
  const elements: Element[] = []
  walk(node, {
    enter: (inner) =>
      inner !== node && 'tagName' in inner && inner.namespaceURI === html.NS.HTML && elements.push(inner),
  })
  return elements
}

interface Visitor {
  enter(node: Node): unknown
  leave?(node: Node): unknown
  skips?(node: Node): boolean
}

/** Visits a node and all in it, in tree order. Without recursion, since a page may be of any depth. */
function walk(root: Node, { enter, leave, skips }: Visitor): void {
  const open: { readonly node: Node; next: number }[] = []
  const visit = (node: Node) => {
    if (skips?.(node)) return
    enter(node)
    open.push({ node, next: 0 })
  }
  visit(root)
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const child = 'childNodes' in top.node ? top.node.childNodes[top.next++] : undefined
    if (child) visit(child)
    else {
      leave?.(top.node)
      open.pop()
    }
  }
}
