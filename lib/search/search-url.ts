import { SealformError } from '../base/errors.js'
import { spellingsOf } from './default-texts.js'
import type { Parameter } from './read-query.js'
import type { SearchRecord } from './run-search.js'

/** The value of a parameter in a link. `null`, `undefined` and `''` leave it out. */
type ParameterValue = string | number | bigint | boolean | Date | null | undefined

/** Changes to the parameters of a search, by name. */
export type SearchChanges<Name extends string = string> = {
  readonly [Changed in Name]?: ParameterValue | readonly ParameterValue[]
}

/**
 * Writes the URL of a search: its parameters that are not empty, with changes, and those that it keeps.
 *
 * @throws SealformError `ERR_FORM_INVALID` on a value that no parameter can have
 */
export function searchUrl({ url, sent, kept, prefix }: SearchRecord, changes: SearchChanges): string {
  const parameters = sent
    .filter(([name]) => !Object.hasOwn(changes, name))
    .map(([name, value]): Parameter => [prefix + name, value])
  for (const [name, value] of Object.entries(changes)) {
    for (const item of [value].flat()) {
      const text = textOf(name, item)
      if (text !== '') parameters.push([prefix + name, text])
    }
  }
  // A parameter of the search may be among those that it keeps.
  const own = new Set([...sent.map(([name]) => name), ...Object.keys(changes)].map((name) => prefix + name))
  return urlWith(url, [...parameters, ...kept.filter(([name]) => !own.has(name))])
}

/**
 * Writes the URL of the same page with these parameters, relative to the page. A path that starts with two slashes would
 * lead to another host.
 */
export function urlWith(url: string, parameters: readonly Parameter[]): string {
  const [path = ''] = url.split(/[?#]/, 1)
  const page = `./${path.slice(path.lastIndexOf('/') + 1)}`
  const query = new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString()
  return query === '' ? page : `${page}?${query}`
}

function textOf(name: string, value: ParameterValue): string {
  if (value === null || value === undefined) return ''
  const [text] = spellingsOf(value) ?? []
  if (text !== undefined) return text
  throw new SealformError(
    'ERR_FORM_INVALID',
    `search.url(): the value of "${name}" must be a text, a finite number, a boolean or a valid date, not ${typeof value}.`,
  )
}
