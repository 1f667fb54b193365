import { isDeepStrictEqual } from 'node:util'
import { isSecret } from '../action/secrets.js'
import type { Messages } from '../outcome/messages.js'
import { Invalid, type Issue, Refused } from '../outcome/outcome.js'
import { type GivenInput, groupInput } from '../page/given-input.js'
import type { DefaultTexts } from './default-texts.js'
import type { DefinedSearch } from './define-search.js'
import { type Parameter, type Query, readQuery } from './read-query.js'
import type { SearchFormOptions } from './search-options.js'
import { noTexts, shownTexts } from './shown-texts.js'

/** What is wrong with a search, if anything: `idle` until the query has a parameter of it. */
export type SearchStatus = 'idle' | 'valid' | 'invalid'

/** The request of a page, as a search sees it. */
interface SearchRequest {
  /** As the request line has it. */
  readonly url: string
  /** Of the form's element. */
  readonly id: string
  readonly messages: Messages
  /** The page shows the outcome of a submission, which a redirect would lose. */
  readonly showsOutcome: boolean
}

/** A search as data: everything that its form is printed from. */
export interface SearchRecord {
  readonly id: string
  readonly definition: DefinedSearch
  readonly status: SearchStatus
  /** The output of the schema; `undefined` when the query does not satisfy it. */
  readonly query: unknown
  readonly issues: readonly Issue[]
  readonly outcome: Invalid | undefined
  readonly given: GivenInput | undefined
  readonly defaults: GivenInput | undefined
  readonly prefix: string
  readonly url: string
  /** The parameters of the form that are not empty, without secrets. */
  readonly sent: readonly Parameter[]
  readonly kept: readonly Parameter[]
  /** All parameters but the empty ones of the form, when a redirect to them changes nothing else. */
  readonly clean: readonly Parameter[] | undefined
}

/** What a schema made of the query. */
type Judged =
  | { readonly input: unknown; readonly outcome?: undefined }
  | { readonly outcome: Invalid; readonly input?: undefined }

/**
 * Reads a search from the query string and validates it. An empty parameter is read as one that is missing, so that a link
 * needs none.
 */
export async function runSearch(
  definition: DefinedSearch,
  { id, url, messages, showsOutcome }: SearchRequest,
  { key, keep = [] }: SearchFormOptions,
): Promise<SearchRecord> {
  const prefix = key === undefined ? '' : `${key}.`
  const query = readQuery(url, { definition, prefix, keep })
  const fresh = query.own.length === 0 && !query.tooLarge
  // What cannot be described in JSON Schema gets what the form has sent.
  const filled = definition.coercion ? query.own.filter(isFilled) : query.own
  const judged = query.tooLarge
    ? { outcome: new Invalid(messages.tooLarge) }
    : await judge(definition, filled, { fresh, messages })
  const valid = judged.outcome === undefined
  const outcome = fresh ? undefined : judged.outcome
  const texts = valid ? await shownTexts(definition, filled, judged.input) : noTexts
  return {
    id,
    definition,
    status: fresh ? 'idle' : valid ? 'valid' : 'invalid',
    query: judged.input,
    issues: outcome?.issues ?? [],
    outcome,
    given: fresh ? undefined : givenOf(definition, query.own, texts),
    defaults: defaultsOf(texts),
    prefix,
    url,
    sent: filled.filter((parameter) => isFilled(parameter) && !isSecret(definition, parameter[0])),
    kept: query.kept.filter(isFilled),
    clean:
      valid && !showsOutcome
        ? await cleaned(definition, { query, filled, prefix, input: judged.input })
        : undefined,
  }
}

function isFilled([, value]: Parameter): boolean {
  return value !== ''
}

async function judge(
  definition: DefinedSearch,
  entries: readonly Parameter[],
  { fresh, messages }: { readonly fresh: boolean; readonly messages: Messages },
): Promise<Judged> {
  const result = await definition.validate(entries, fresh)
  if (result instanceof Refused) return { outcome: new Invalid(messages.unreadableSearch) }
  if (result.valid) return { input: result.input }
  const issues = result.issues.map(({ name, message }) => ({ name, message: messages.issue(message, name) }))
  return { outcome: new Invalid(issues) }
}

/** What was sent, without the parameters for which other texts are shown. */
function givenOf(definition: DefinedSearch, own: readonly Parameter[], texts: DefaultTexts): GivenInput {
  return new Map([...groupInput(own, definition)].filter(([name]) => !texts.has(definition.plain(name))))
}

function defaultsOf(texts: DefaultTexts): GivenInput | undefined {
  if (texts.size === 0) return undefined
  return new Map([...texts].map(([name, items]) => [name, items.flat()]))
}

/** A query that satisfies its schema. */
interface Found {
  readonly query: Query
  readonly filled: readonly Parameter[]
  readonly prefix: string
  readonly input: unknown
}

/** Leaves out the empty parameters of the form, unless there are none, or the page would be another without them. */
async function cleaned(
  definition: DefinedSearch,
  { query: { own, all }, filled, prefix, input }: Found,
): Promise<readonly Parameter[] | undefined> {
  if (own.length === filled.length) return undefined
  if (filled.some(([name]) => isSecret(definition, name))) return undefined
  if (filled.length === 0) {
    const first = await definition.validate([], true)
    if (first instanceof Refused || !first.valid || !isDeepStrictEqual(first.input, input)) return undefined
  }
  const empty = new Set(own.filter((parameter) => !isFilled(parameter)).map(([name]) => prefix + name))
  return all.filter((parameter) => isFilled(parameter) || !empty.has(parameter[0]))
}
