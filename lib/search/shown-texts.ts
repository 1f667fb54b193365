import { isDeepStrictEqual } from 'node:util'
import { isSecret } from '../action/secrets.js'
import { Refused } from '../outcome/outcome.js'
import { type DefaultTexts, defaultTexts, type Spellings } from './default-texts.js'
import type { DefinedSearch } from './define-search.js'
import type { Parameter } from './read-query.js'

export const noTexts: DefaultTexts = new Map()

/**
 * Finds what the controls show of the output beside what was sent: the defaults of the schema. A text is shown only if the
 * schema reads the same value from it, since a schema may have made something else of what it takes.
 *
 * @param filled the parameters that are not empty
 */
export async function shownTexts(
  definition: DefinedSearch,
  filled: readonly Parameter[],
  output: unknown,
): Promise<DefaultTexts> {
  const texts = defaultTexts(output, definition.limits.depth)
  const sent = new Set(filled.map(([name]) => definition.plain(name)))
  const missing = [...texts].filter(([name]) => !sent.has(name) && !isSecret(definition, name))
  return new Map([...(await readable(definition, filled, missing)), ...booleans(definition, filled, texts)])
}

type NamedTexts = readonly (readonly [name: string, items: readonly Spellings[]])[]

/** Leaves out the texts from which the schema does not read the value that they were written from. */
async function readable(
  definition: DefinedSearch,
  filled: readonly Parameter[],
  texts: NamedTexts,
): Promise<NamedTexts> {
  if (texts.length === 0) return texts
  const entries = texts.flatMap(([name, items]) => items.map(([text = '']): Parameter => [name, text]))
  const result = await definition.validate([...filled, ...entries])
  if (result instanceof Refused) return []
  if (!result.valid) {
    const wrong = new Set(result.issues.map(({ name }) => definition.plain(name)))
    const rest = texts.filter(([name]) => !wrong.has(name))
    // Until none is refused, nothing is known of the others.
    return rest.length === texts.length ? [] : readable(definition, filled, rest)
  }
  const read = defaultTexts(result.input, definition.limits.depth)
  return texts.filter(([name, items]) => isDeepStrictEqual(read.get(name), items))
}

/** Finds boxes that a link ticks by another word than theirs: a box with the value `on`, and `?new=true`. */
function booleans(definition: DefinedSearch, filled: readonly Parameter[], texts: DefaultTexts): NamedTexts {
  return filled.flatMap(([sent, value]): NamedTexts => {
    const name = definition.plain(sent)
    const [only, another] = texts.get(name) ?? []
    if (!only || another || only.length === 1 || !only.includes(value)) return []
    return [[name, [[value, ...only.filter((text) => text !== value)]]]]
  })
}
