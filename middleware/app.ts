import type { Actions } from '../lib/action/registry.js'
import { type App, checkFunction, createApp, type SharedOptions } from '../lib/answer/settings.js'
import { SealformError } from '../lib/base/errors.js'
import type { BuiltInPage } from '../lib/page/last-resort.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import { type BuiltInParts, builtInPage, builtInPageIn } from '../views/built-in-page.js'
import type { SafeHtml } from '../views/safe-html.js'

/** Options of the middleware that every framework shares. */
export interface MiddlewareOptions<Context> extends SharedOptions<Context> {
  /**
   * Prints the built-in page, which is shown when the app's own page cannot be, in the layout of the app. It has to print
   * `page.content`. It is not called when a form came from another origin, since no code of the app may run then. When it
   * throws or leaves out the content, the error is reported, and the visitor gets the plain page.
   * @default a page without a style
   */
  layout?: Layout<Context>
}

type Layout<Context> = (page: BuiltInParts, context: Context) => SafeHtml | string

/** What answers the requests of an app, with how it prints. */
export interface ServedApp extends App<unknown> {
  readonly layout: Layout<unknown> | undefined
}

/**
 * Makes what answers the requests of an app from the arguments of `sealform()`.
 *
 * @param more names of further options that the adapter takes
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function createServedApp<Context>(
  actions: Actions<Context>,
  options: MiddlewareOptions<Context>,
  more: readonly string[] = [],
): ServedApp {
  const app = createApp(actions, options, [...more, 'layout'])
  checkFunction('layout', options.layout)
  return { ...app, layout: options.layout as Layout<unknown> | undefined }
}

interface Printing {
  readonly context: unknown
  reportError(error: unknown, details: FailureDetails): void
}

/** Prints the built-in page, in the layout of the app if it has one. */
export function printBuiltIn({ layout }: ServedApp, host: Printing, described: BuiltInPage): string {
  const { outcome, submitted } = described
  const report = (error: unknown) =>
    host.reportError(error, { reference: '', action: submitted.definition?.name })
  const page = withSafeLabels(described, report)
  const fromElsewhere = outcome.kind === 'refused' && outcome.reason === 'origin'
  if (!layout || fromElsewhere) return builtInPage(page).toString()
  try {
    const printed = builtInPageIn((parts) => layout(parts, host.context), page)
    if (printed !== undefined) return printed
    report(
      new SealformError(
        'ERR_OPTION_INVALID',
        'sealform({ layout }) has to return HTML that holds page.content, which has the input of the visitor.',
      ),
    )
  } catch (error) {
    report(error)
  }
  return builtInPage(page).toString()
}

/** Names a field as it was sent when `messages.label` throws, for example on a name that no form has. The first error is reported. */
function withSafeLabels(page: BuiltInPage, report: (error: unknown) => void): BuiltInPage {
  let failed = false
  const labelOf = (name: string) => {
    try {
      return page.labelOf(name)
    } catch (error) {
      if (!failed) report(error)
      failed = true
      return name
    }
  }
  return { ...page, labelOf }
}
