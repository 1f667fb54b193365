import { alternatives, isKeywords, isMarkedSecret } from './json-schema.js'

/** Only a schema that refers to itself in many ways has more fields than this. */
const mostFields = 10_000

/**
 * Finds the fields that a JSON Schema marks as secret, by `writeOnly: true` or `format: 'password'`.
 *
 * @param depth how many steps may follow the first one in a field's name
 * @returns their paths, with a dot between two keys and without indexes: `items.pin` for `items[0].pin`. A path stands
 *   for all that is below it. `undefined` when the schema has secrets and too many fields to look at.
 */
export function secretFields(schema: unknown, depth: number): readonly string[] | undefined {
  if (!mentionsSecrets(schema)) return []
  const found = new Set<string>()
  const work: { readonly node: unknown; readonly path: string; readonly steps: number }[] = [
    { node: schema, path: '', steps: 0 },
  ]
  for (const { node, path, steps } of work) {
    if (work.length > mostFields) return undefined
    const ways = alternatives(node, schema)
    if (ways.some(({ secret }) => secret)) {
      found.add(path)
      continue
    }
    for (const { items, firstItems, properties, otherProperties } of ways) {
      // An element is sent under the name of its array, or with an index one step below it.
      for (const item of [items, ...firstItems]) {
        if (item !== undefined && steps <= depth + 1) work.push({ node: item, path, steps: steps + 1 })
      }
      if (steps > depth) continue
      for (const [key, value] of properties) {
        work.push({ node: value, path: path === '' ? key : `${path}.${key}`, steps: steps + 1 })
      }
      // The schema does not name these properties, so a secret among them covers the whole object.
      if (otherProperties !== undefined) work.push({ node: otherProperties, path, steps: steps + 1 })
    }
  }
  return [...found]
}

/** Most schemas have none, and one look at each of their parts tells. */
function mentionsSecrets(part: unknown, seen = new Set<unknown>()): boolean {
  if (typeof part !== 'object' || part === null || seen.has(part)) return false
  seen.add(part)
  if (isKeywords(part) && isMarkedSecret(part)) return true
  return Object.values(part).some((value) => mentionsSecrets(value, seen))
}
