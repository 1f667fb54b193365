import type { LibraryName } from '../../examples/tour/library.js'

/** What a visitor can notice of the library that sends the forms. */
export type Ability =
  /** The title of the page begins with "Error:" while something is wrong. */
  | 'title'
  /** What was typed into another form of the page stays. */
  | 'other form'
  /** The page says that a submission did not reach the server. */
  | 'network'
  /** A second click while the first one is under way sends nothing. */
  | 'one request'

/** What a library does not do by its own attributes, and why: each a sentence of its page in docs/guide. */
export const limits: Readonly<Record<LibraryName, Partial<Record<Ability, string>>>> = {
  plain: {
    'other form': 'the browser loads the page again, and that a form contains what the server prints.',
    'one request':
      'Browsers send a form once more for a second click. A one-time action runs once all the same.',
  },
  ours: {},
  turbo: {
    network: 'Turbo throws an error and dispatches turbo:fetch-request-error.',
  },
  htmx2: {
    network: 'Version 2 dispatches htmx:sendError, version 4 htmx:error.',
  },
  htmx4: {
    network: 'Version 2 dispatches htmx:sendError, version 4 htmx:error.',
  },
  unpoly: {
    title: 'Unpoly changes the title only together with the address.',
    network: 'Unpoly dispatches up:fragment:offline.',
  },
}
