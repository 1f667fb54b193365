import { SealformError } from '../base/errors.js'
import { ancestorsOf, attribute, type Element, type HtmlDocument } from './document.js'

/**
 * The conditions for one element, and where it is: anywhere in, or directly in, the element that the rest describes.
 */
interface Step {
  readonly test: (element: Element) => boolean
  readonly direct: boolean
}

/**
 * Finds the elements of a selector, in tree order. Knows the small part of CSS that a test needs.
 *
 * @throws SealformError `ERR_OPTION_INVALID` on anything else
 */
export function select(document: HtmlDocument, selector: string): Element[] {
  const ways = selector.split(',').map((part) => stepsOf(part.trim(), selector))
  return document.elements.filter((element) => ways.some((steps) => matches(element, steps)))
}

function matches(element: Element, steps: readonly Step[]): boolean {
  const last = steps.at(-1)
  if (!last) return true
  if (!last.test(element)) return false
  const rest = steps.slice(0, -1)
  if (rest.length === 0) return true
  const ancestors = ancestorsOf(element)
  return (last.direct ? ancestors.slice(0, 1) : ancestors).some((ancestor) => matches(ancestor, rest))
}

const simple = /^(?:\*|([a-z][a-z0-9-]*))?((?:[.#][\w-]+|\[[\w-]+(?:=(?:"[^"]*"|'[^']*'|[\w-]+))?\])*)$/i

const wordPattern = />|(?:\[(?:"[^"]*"|'[^']*'|[^\]"'])*\]|[^\s>[])+/g

function stepsOf(part: string, selector: string): Step[] {
  const words = part.match(wordPattern) ?? []
  if (part.replace(wordPattern, '').trim() !== '') throw unknown(selector)
  const steps: Step[] = []
  let direct = false
  for (const word of words) {
    if (word === '>') {
      if (steps.length === 0) throw unknown(selector)
      direct = true
      continue
    }
    const [whole, tag, rest = ''] = simple.exec(word) ?? []
    if (!whole) throw unknown(selector)
    const tests = [
      ...rest.matchAll(/([.#])([\w-]+)|\[([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([\w-]+)))?\]/g),
    ].map(([, mark, word = '', name = '', ...values]) => {
      const value = values.slice(0, 3).find((one) => one !== undefined)
      return (element: Element) => {
        if (mark === '#') return attribute(element, 'id') === word
        if (mark === '.') return (attribute(element, 'class') ?? '').split(/\s+/).includes(word)
        const own = attribute(element, name.toLowerCase())
        return value === undefined ? own !== undefined : own === value
      }
    })
    steps.push({
      direct,
      test: (element) =>
        (!tag || element.tagName === tag.toLowerCase()) && tests.every((test) => test(element)),
    })
    direct = false
  }
  if (steps.length === 0 || direct) throw unknown(selector)
  return steps
}

function unknown(selector: string): SealformError {
  return new SealformError(
    'ERR_OPTION_INVALID',
    `The selector ${JSON.stringify(selector)} is more than pages here understand: tags, .class, #id, [attribute="value"], a space and ">".`,
  )
}
