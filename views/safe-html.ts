import { inspect } from 'node:util'

/**
 * HTML that is safe to print as it is. It converts to text where a string is expected, so every template engine can
 * print it raw: `<%- %>` in EJS, `!{}` in Pug, `| safe` in Nunjucks, `{{{ }}}` in Handlebars, `<%~ %>` in Eta.
 */
export class SafeHtml {
  #text: string | (() => string)

  /** @param text the HTML, or a function that makes it when it is first printed */
  constructor(text: string | (() => string)) {
    this.#text = text
  }

  toString(): string {
    if (typeof this.#text === 'function') this.#text = this.#text()
    return this.#text
  }

  /** Handlebars prints a value with this method raw, even between two braces. */
  toHTML(): string {
    return this.toString()
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return `SafeHtml(${this.toString()})`
  }
}
