import { inspect } from 'node:util'

/**
 * HTML that is safe to print as it is. It turns into its text wherever a string is expected, so every template engine
 * can print it raw: `<%- %>` in EJS, `!{}` in Pug, `| safe` in Nunjucks, `{{{ }}}` in Handlebars, `<%~ %>` in Eta.
 */
export class SafeHtml {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  /** Handlebars prints a value with this method raw, even between two braces. */
  toHTML(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }

  [inspect.custom](): string {
    return `SafeHtml(${this.#text})`
  }
}
