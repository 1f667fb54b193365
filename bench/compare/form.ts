import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

/** A body that is ready to be sent. */
export interface Prepared {
  readonly url: string
  readonly type: string
  readonly body: Buffer
}

/** A form as a page shows it. */
export interface Form {
  /** What its controls hold, hidden ones too. A file control holds an empty file, as in a browser. */
  readonly fields: ReadonlyMap<string, string | File>
  /** The body that a browser sends, with some fields filled in. */
  fill(values: Readonly<Record<string, string | File>>): Promise<Prepared>
}

/**
 * Reads the first form of a page.
 *
 * @throws Error when it has none
 */
export function readForm(html: string, page: string): Form {
  const form = elementsOf(parse(html)).find(({ tagName }) => tagName === 'form')
  if (!form) throw new Error(`${page} has no form:\n${html}`)
  const fields = new Map<string, string | File>()
  for (const control of elementsOf(form)) {
    const name = attribute(control, 'name')
    if (name !== undefined && ['input', 'textarea', 'button'].includes(control.tagName)) {
      fields.set(name, attribute(control, 'type') === 'file' ? new File([], '') : textIn(control))
    }
  }
  return {
    fields,
    async fill(values) {
      const all: [string, string | File][] = [...new Map([...fields, ...Object.entries(values)])]
      const multipart = attribute(form, 'enctype')?.toLowerCase() === 'multipart/form-data'
      const content = multipart ? new FormData() : new URLSearchParams()
      for (const [name, value] of all) {
        if (content instanceof FormData) content.append(name, value)
        else content.append(name, String(value))
      }
      const made = new Response(content)
      const body = Buffer.from(await made.arrayBuffer())
      const url = new URL(attribute(form, 'action') || page, page).href
      return { url, type: made.headers.get('content-type') ?? '', body }
    },
  }
}

/** Whether a control of the page holds a text, so that nobody has to type it again. */
export function holds(html: string, typed: string): boolean {
  return elementsOf(parse(html)).some(
    (element) => ['input', 'textarea'].includes(element.tagName) && textIn(element) === typed,
  )
}

/** The inline scripts of a page. */
export function inlineScripts(html: string): string[] {
  return elementsOf(parse(html))
    .filter((element) => element.tagName === 'script' && attribute(element, 'src') === undefined)
    .map(textOf)
}

function elementsOf(node: Node): Element[] {
  const own = 'tagName' in node ? [node] : []
  return 'childNodes' in node ? [...own, ...node.childNodes.flatMap(elementsOf)] : own
}

function textIn(control: Element): string {
  return control.tagName === 'textarea' ? textOf(control) : (attribute(control, 'value') ?? '')
}

function textOf(element: Element): string {
  return element.childNodes.map((child) => ('value' in child ? child.value : '')).join('')
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value
}
