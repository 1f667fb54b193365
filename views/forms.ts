import type { Submittable } from '../lib/action/action.js'
import type { SteppedAction } from '../lib/action/define-steps.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { Page } from '../lib/page/page.js'
import type { Search } from '../lib/search/define-search.js'
import type { SearchFormOptions } from '../lib/search/search-options.js'
import { type ButtonFormAttributes, printButtonForm } from './button-form.js'
import { ControlIds } from './control-ids.js'
import type { Form } from './form.js'
import { SafeHtml } from './safe-html.js'
import type { SearchForm } from './search-form.js'
import type { SteppedForm } from './stepped-form.js'
import { ToldOutcome } from './told-outcome.js'

/** Options of `ctx.forms.steps(stepped, options)`. */
export interface StepsFormOptions {
  /** Tells several forms of one kind on a page apart; becomes part of the form's id. @default none */
  key?: string | number
}

/** What a page says about its forms as a whole, mostly in its layout, and its forms that are sent by GET. */
export interface Forms {
  /** `Error: ` when something is wrong with the form that was sent, to begin the page's title with; otherwise empty. */
  readonly titlePrefix: string
  /**
   * What is wrong with the form that was sent, whichever of the page's forms that is: `form.summary()` for a page with lists of
   * forms. A layout may print it before the page makes its forms. Nothing when all is well.
   */
  summary(): SafeHtml
  /**
   * A whole form with one button: `<form …><button>Remove</button></form>`. The action gets no fields but those of the button.
   *
   * @param action the action with all of its values bound
   * @param label the text of the button
   * @param attributes of the button, with a `name` and `value` of its own if the action reads them; `form` has those of the form
   *   element. @default none
   * @throws SealformError `ERR_ACTION_UNKNOWN` as `ctx.form()`, `ERR_FORM_INVALID` on attributes that keep the button from its action
   * @example
   * ```ts
   * ctx.forms.button(removeTodo.bind(null, listId), 'Remove', { class: 'quiet', 'data-confirm': 'Remove it?' })
   * ```
   */
  button(action: Submittable, label: string | SafeHtml, attributes?: ButtonFormAttributes): SafeHtml
  /**
   * The state that an action gave to `flash()`, for the first page that reads it. That page shows it once: its answer
   * removes the flash. `undefined` when none waits.
   */
  readonly flash: unknown
  /**
   * The tag of the script for browsers, to be printed once, in the head; with the middleware's option `live`, also that of the
   * script for live regions. The middleware serves the files, for good under paths that change with their content. With its
   * option `nonce` the tags have that nonce.
   */
  readonly script: SafeHtml
  /**
   * The path of the module `sealform/client/call`, which the middleware serves in the same way, for a page without a bundler:
   * `const { call } = await import(document.body.dataset.call)`.
   */
  readonly callModule: SafeHtml
  /**
   * Makes the form of the step that is shown, of a form of several steps.
   *
   * @param stepped what `defineSteps()` returned, with all of its values bound
   * @param options `key` tells several such forms of a page apart
   * @throws SealformError `ERR_FORM_INVALID` on anything but a form of several steps
   */
  steps<Names extends string, Field extends string>(
    stepped: SteppedAction<Names, [], Field>,
    options?: StepsFormOptions,
  ): SteppedForm<Names, Field>
  /**
   * Reads a search from the query string of the page and validates it. Rejects with what the schema throws.
   *
   * @param search what `defineSearch()` returned
   * @param options `key` tells several searches of a page apart; `keep` names other parameters that stay in the URL
   * @throws SealformError `ERR_FORM_INVALID` on anything but a search, and on bad options
   */
  search<Input, Name extends string>(
    search: Search<Input, Name>,
    options?: SearchFormOptions,
  ): Promise<SearchForm<Input, Name>>
}

interface FormsTools {
  readonly steps: Forms['steps']
  readonly form: (action: Submittable) => Form
  readonly messages: () => Messages
  /** Prints the tag of the script. */
  readonly printScript: () => string
  readonly printCallModule: () => string
  readonly search: Forms['search']
  /** Called when the page has read the flash. */
  readonly afterRead?: () => void
}

/**
 * Makes `ctx.forms`. What it has are own properties, because Handlebars reads no other.
 *
 * @param tools the bound functions behind it
 */
export function createForms(
  page: Page,
  { form, steps, messages, printScript, printCallModule, search, afterRead }: FormsTools,
): Forms {
  const titlePrefix = page.shownProblem ? messages().titlePrefix : ''
  const script = new SafeHtml(printScript)
  const callModule = new SafeHtml(printCallModule)
  const summary = summaryOf.bind(undefined, page, messages)
  const button = printButtonForm.bind(undefined, form)
  if (!page.flash)
    return { titlePrefix, summary, button, steps, flash: undefined, script, callModule, search }
  return {
    titlePrefix,
    summary,
    button,
    steps,
    script,
    callModule,
    search,
    get flash() {
      const state = page.readFlash()
      afterRead?.()
      return state
    },
  }
}

function summaryOf(page: Page, messages: () => Messages): SafeHtml {
  const print = page.askForSummary()
  return new SafeHtml(() =>
    print(({ formId, depth, outcome, issues }) => {
      const ids = new ControlIds(formId, depth)
      return new ToldOutcome({ formId, outcome, issues, ids, messages: messages() }).printSummary()
    }),
  )
}
