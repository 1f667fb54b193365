import { type FieldPath, joinName, parseFieldName } from '../base/field-path.js'
import { Refused } from '../outcome/outcome.js'

/** The fields of a form as a schema gets them. */
export interface Fields<Value> {
  /** By key, without a prototype. No other code uses them, so they may be changed. */
  readonly values: Record<string, Nested<Value>>
  /** Gives the form's own name of the value at a path. */
  nameOf(path: readonly PropertyKey[]): string
}

type Nested<Value> = Value | Nested<Value>[] | { [key: string]: Nested<Value> }

/** What was sent under one name, once or several times. */
interface Leaf<Value> {
  readonly kind: 'leaf'
  readonly name: string
  /** The name ends in `[]`. */
  readonly appends: boolean
  readonly values: Value[]
}

/** An object, whose keys are strings, or an array, whose keys are the indexes in the names. */
interface Branch<Value> {
  readonly kind: 'object' | 'array'
  readonly children: Map<string | number, Node<Value>>
  /** The elements of an array in the order of their indexes, once all are there. */
  elements: readonly (readonly [string | number, Node<Value>])[]
}

type Node<Value> = Leaf<Value> | Branch<Value>

/**
 * Turns fields whose names are paths into objects and arrays. Arrays have no holes: their elements come in the order of
 * the indexes, which have gaps where a row was taken out of the form. So a large index costs nothing. A name that
 * occurs several times gives an array, as in flat forms.
 *
 * @param depth how many steps may follow the first one
 * @returns a refusal when a name is malformed or too deep, or when two names cannot both be true
 */
export function nestFields<Value>(
  entries: readonly (readonly [name: string, value: Value])[],
  depth: number,
): Fields<Value> | Refused {
  const root = newBranch<Value>('object')
  for (const [name, value] of entries) {
    const path = parseFieldName(name)
    if ('fault' in path) return refuseName(name, faults[path.fault])
    const steps = path.keys.length - (path.appends ? 0 : 1)
    if (steps > depth) {
      const detail = `the name ${JSON.stringify(name)} is ${steps} deep; depth allows ${depth}`
      return new Refused('too-large', 413, detail)
    }
    if (!place(root, path, { name, value })) return refuseName(name, contradicts)
  }
  return { values: objectOf(root), nameOf: (path) => nameIn(root, path) }
}

const faults = {
  malformed: 'is not a path; write names such as address.street, items[0].qty or tags[]',
  reserved: 'holds a key that every object has, such as "constructor"',
}
const contradicts =
  'contradicts another: what is text under one name is an object or array under the other, or an object here and an array there'

function refuseName(name: string, why: string): Refused {
  return new Refused('malformed', 400, `the name ${JSON.stringify(name)} ${why}`)
}

/** Puts a value where its name leads; false when another kind of value is there. */
function place<Value>(
  root: Branch<Value>,
  { keys, appends }: FieldPath,
  { name, value }: { readonly name: string; readonly value: Value },
): boolean {
  const last = keys.length - 1
  let branch = root
  for (let i = 0; i < last; i++) {
    const kind = typeof keys[i + 1] === 'number' ? 'array' : 'object'
    const child = branch.children.get(keys[i]!)
    if (child && child.kind !== kind) return false
    const next: Branch<Value> = child ?? newBranch(kind)
    if (!child) branch.children.set(keys[i]!, next)
    branch = next
  }
  const leaf = branch.children.get(keys[last]!)
  if (!leaf) branch.children.set(keys[last]!, { kind: 'leaf', name, appends, values: [value] })
  else if (leaf.kind !== 'leaf' || leaf.appends !== appends) return false
  else leaf.values.push(value)
  return true
}

function newBranch<Value>(kind: Branch<Value>['kind']): Branch<Value> {
  return { kind, children: new Map(), elements: [] }
}

function objectOf<Value>({ children }: Branch<Value>): Record<string, Nested<Value>> {
  const object: Record<string, Nested<Value>> = Object.create(null)
  for (const [key, child] of children) object[key] = nested(child)
  return object
}

function nested<Value>(node: Node<Value>): Nested<Value> {
  if (node.kind === 'leaf') return node.appends || node.values.length > 1 ? node.values : node.values[0]!
  if (node.kind === 'object') return objectOf(node)
  node.elements = [...node.children].sort(([a], [b]) => Number(a) - Number(b))
  return node.elements.map(([, child]) => nested(child))
}

function nameIn<Value>(root: Branch<Value>, path: readonly PropertyKey[]): string {
  let node: Node<Value> = root
  let name = ''
  for (const [i, step] of path.entries()) {
    // The value is an array because its name was sent several times. Its elements have no names of their own.
    if (node.kind === 'leaf') return node.name
    const found: readonly [string | number, Node<Value>] | undefined =
      node.kind === 'array' ? node.elements[Number(step)] : entryOf(node, String(step))
    if (!found) return joinName(name, path.slice(i))
    name = joinName(name, [found[0]])
    node = found[1]
  }
  return node.kind === 'leaf' ? node.name : name
}

function entryOf<Value>(
  { children }: Branch<Value>,
  key: string,
): readonly [string, Node<Value>] | undefined {
  const child = children.get(key)
  return child && [key, child]
}
