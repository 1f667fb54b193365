import { alternatives, type Declared, isKeywords } from './json-schema.js'

/** The part of a schema that lies deepest, and how many steps its name has after the first one. */
interface NeededDepth {
  /** A name that leads there, such as `items[0].qty`. */
  readonly name: string
  readonly depth: number
}

/** The most parts of a schema that are visited. Only a schema whose definitions refer to each other has more. */
const mostVisited = 2000

/**
 * Finds how deep the names of a form have to lead so that every part of a schema can be sent. An array of texts needs no
 * depth, because a field may occur several times. Where a text is an alternative to an object, the text can be sent. Of a
 * schema that contains itself, the first level counts.
 *
 * @param schema the JSON Schema of the input
 */
export function neededDepth(schema: unknown): NeededDepth {
  let visited = 0
  return deepestIn(schema, { name: '', depth: 0 }, [])

  function deepestIn(node: unknown, here: NeededDepth, above: readonly unknown[]): NeededDepth {
    const target = targetOf(node)
    if (isRepeated(target, above) || ++visited > mostVisited) return nothing
    const within = [...above, target]
    let deepest = here
    for (const way of nestedWays(node)) {
      const parts = way.type === 'object' ? propertiesOf(way, here) : elementsOf(way, here)
      for (const { node: part, at } of parts) {
        const found = deepestIn(part, at, within)
        if (found.depth > deepest.depth) deepest = found
      }
    }
    return deepest
  }

  /** Lists the parts of an object. Each is a step deeper than the object, even where only the keys of a record are free. */
  function propertiesOf(way: Declared, here: NeededDepth): readonly Part[] {
    const isRoot = here.name === ''
    const depth = isRoot ? 0 : here.depth + 1
    const parts = way.properties.size > 0 ? [...way.properties] : [['key', way.otherProperties] as const]
    return parts.map(([key, node]) => ({ node, at: { name: isRoot ? key : `${here.name}.${key}`, depth } }))
  }

  /** Lists the parts of an array. A text among them has the name of the array itself, sent several times. */
  function elementsOf(way: Declared, here: NeededDepth): readonly Part[] {
    return [...way.firstItems, way.items].map((node) => ({
      node,
      at: nestedWays(node).length > 0 ? { name: `${here.name}[0]`, depth: here.depth + 1 } : here,
    }))
  }

  /** Identifies a definition, so that a schema that contains itself is noticed however it refers to itself. */
  function targetOf(node: unknown): unknown {
    if (node === schema) return '#'
    return isKeywords(node) && typeof node.$ref === 'string' ? node.$ref : node
  }

  /** Lists the objects and arrays that a value may be. Empty when it may be a text as well. */
  function nestedWays(node: unknown): readonly Declared[] {
    const ways = alternatives(node, schema).filter(({ type }) => type !== 'null')
    return ways.every(({ type }) => type === 'object' || type === 'array') ? ways : []
  }
}

const nothing: NeededDepth = { name: '', depth: 0 }

/** Says whether a definition contains itself, and the part within it has been visited as well. */
function isRepeated(target: unknown, above: readonly unknown[]): boolean {
  return above.indexOf(target) !== above.lastIndexOf(target)
}

/** A part of a schema, and where it lies. */
interface Part {
  readonly node: unknown
  readonly at: NeededDepth
}
