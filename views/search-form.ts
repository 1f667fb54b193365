import { SealformError } from '../lib/base/errors.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { SearchRecord, SearchStatus } from '../lib/search/run-search.js'
import { type SearchChanges, searchUrl, urlWith } from '../lib/search/search-url.js'
import { type Attributes, printAttributes } from './attributes.js'
import type { Controls } from './form.js'
import { FormControls } from './form-controls.js'
import { printHidden } from './hidden-field.js'
import { printsPassword } from './password-control.js'
import { publish } from './publish.js'
import { SafeHtml } from './safe-html.js'

/** A search as a page sees it: a form that is sent by GET, and what the query string says. */
export interface SearchForm<Query = unknown, Name extends string = string> extends Controls<Name> {
  /** For the form tag: `<form ${search.attributes}>`. No `action`, so that the form leads to its own page. */
  readonly attributes: SafeHtml
  /** The parameters that the form keeps. They go directly after the form tag. */
  readonly fields: SafeHtml
  /** `idle` until the query string has a parameter of this search. */
  readonly status: SearchStatus
  /**
   * What the query string asks for: the output of the schema. Before the first search, that of an empty query: the defaults.
   * `undefined` when the query does not satisfy the schema.
   */
  readonly query: Query | undefined
  /**
   * Set when the query has empty parameters, which browsers send for empty controls: the URL without them, relative to the
   * page. A page may redirect there. `undefined` after a submission, whose outcome a redirect would lose.
   */
  readonly cleanUrl: string | undefined
  /**
   * The URL of this search, relative to the page, for a link. Secrets and empty parameters are left out.
   *
   * @param changes parameters to change, by the names of the schema; `undefined` leaves one out
   * @throws SealformError `ERR_FORM_INVALID` on a value that no parameter can have
   */
  url(changes?: SearchChanges<Name>): string
}

/** Makes the search that a page prints. */
export function createSearchForm<Query>(record: SearchRecord, messages: Messages): SearchForm<Query> {
  return new PageSearch<Query>(record, messages)
}

class PageSearch<Query> extends FormControls<SearchStatus> implements SearchForm<Query> {
  readonly attributes: SafeHtml
  readonly fields: SafeHtml
  readonly query: Query | undefined
  readonly cleanUrl: string | undefined
  readonly #record: SearchRecord

  constructor(record: SearchRecord, messages: Messages) {
    super(record, messages)
    this.attributes = new SafeHtml(printAttributes(this.formAttributes()))
    this.fields = new SafeHtml(() => this.#printFields())
    this.query = record.query as Query | undefined
    this.cleanUrl = record.clean && urlWith(record.url, record.clean)
    this.#record = record
  }

  override formAttributes(): Attributes {
    return { id: this.id, method: 'get', 'accept-charset': 'utf-8' }
  }

  url(changes: SearchChanges = {}): string {
    return searchUrl(this.#record, changes)
  }

  /** Adds the prefix of the search to the name of a control. */
  protected override named(attributes: Attributes): Attributes {
    const { name } = attributes
    if (printsPassword(attributes)) {
      throw new SealformError(
        'ERR_FORM_INVALID',
        `"${name}" of the search "${this.id}" cannot be a password: a form that is sent by GET shows it in the URL. Use an action.`,
      )
    }
    const { prefix } = this.#record
    return prefix === '' || name === undefined || name === ''
      ? attributes
      : { ...attributes, name: `${prefix}${name}` }
  }

  #printFields(): string {
    const kept = this.#record.kept.map(([name, value]) => printHidden(name, value))
    return kept.join('') + (this.told?.notice() ?? '')
  }
}

publish(PageSearch.prototype, ['url'])
