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
      const all = [...new Map([...fields, ...Object.entries(values)])]
      const url = new URL(attribute(form, 'action') || page, page).href
      if (attribute(form, 'enctype')?.toLowerCase() === 'multipart/form-data') {
        const type = `multipart/form-data; boundary=${boundary}`
        return { url, type, body: await multipart(all) }
      }
      const body = new URLSearchParams()
      for (const [name, value] of all) body.append(name, String(value))
      return { url, type: 'application/x-www-form-urlencoded', body: Buffer.from(body.toString()) }
    },
  }
}

const boundary = '----WebKitFormBoundaryComparison01'

/** The body of browsers. FormData of Node 20 leaves out an empty file name, and so makes a field of a file that nobody chose. */
async function multipart(fields: readonly (readonly [string, string | File])[]): Promise<Buffer> {
  const pieces: (string | Buffer)[] = []
  for (const [name, value] of fields) {
    pieces.push(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"`)
    if (typeof value === 'string') pieces.push('\r\n\r\n', value, '\r\n')
    else {
      const type = value.type || 'application/octet-stream'
      pieces.push(`; filename="${value.name}"\r\nContent-Type: ${type}\r\n\r\n`)
      pieces.push(Buffer.from(await value.arrayBuffer()), '\r\n')
    }
  }
  pieces.push(`--${boundary}--\r\n`)
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
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
