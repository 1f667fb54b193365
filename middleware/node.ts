import type { RequestListener } from 'node:http'
import type { Actions } from '../lib/action/registry.js'
import { SealformError } from '../lib/base/errors.js'
import type { FormOptions } from '../lib/page/page.js'
import type { FailureDetails } from '../lib/page/page-host.js'
import type { Form } from '../views/form.js'
import type { Forms } from '../views/forms.js'
import { createServedApp, type MiddlewareOptions } from './app.js'
import { failureLine } from './failure-report.js'
import { createInspector } from './inspector.js'
import {
  createListener,
  type NodeApp,
  type NodeContext,
  type NodePage,
  type PageHandler,
} from './node-listener.js'

export type { Refusal } from '../lib/answer/refusal.js'
export type { FormStatus } from '../lib/page/form-record.js'
export type { SearchFormOptions } from '../lib/search/search-options.js'
export type { SearchChanges } from '../lib/search/search-url.js'
export type { Attributes, Props } from '../views/attributes.js'
export type { ButtonFormAttributes } from '../views/button-form.js'
export type { SelectOption } from '../views/choice.js'
export type { FieldOptions, FieldParts } from '../views/field-options.js'
export type { ControlProps, Controls, FormOf, FormProps } from '../views/form.js'
export type { StepsFormOptions } from '../views/forms.js'
export type { RegionFailure, RegionOptions } from '../views/region.js'
export type { SearchForm } from '../views/search-form.js'
export type { ShownStep, SteppedForm } from '../views/stepped-form.js'
export type { FailureDetails, Form, FormOptions, Forms, NodeContext, NodePage, PageHandler }

/** Options of `sealform()` for plain Node servers. */
export interface NodeOptions<Context> extends MiddlewareOptions<Context> {
  /**
   * Takes protocol and host from the last value of `X-Forwarded-Proto` and `X-Forwarded-Host`. Set this only behind a
   * proxy that sets these headers. Without one, any client can forge them.
   * @default false
   */
  proxy?: boolean
  /**
   * Called with an error that an action or a page threw. `details.reference` is on the visitor's page.
   * @default the console
   */
  onError?: (error: unknown, details: FailureDetails, context: Context) => void
}

/**
 * Makes a request listener for plain `node:http` servers from your own handler. The listener answers submissions; the
 * handler answers all other requests.
 *
 * @param actions what `createActions()` returned
 * @param handler answers requests. It also runs, for a GET of the same URL, to show an outcome. It may be async
 * @throws SealformError `ERR_OPTION_INVALID` on misspelt options and bad values
 * @example
 * ```ts
 * const server = createServer(
 *   sealform(actions, (req, res, page) => {
 *     const form = page.form(addTodo.bind(null, listId))
 *     page.send(`<form ${form.attributes}>${form.fields} <input ${form.input('title')}></form>`)
 *   }),
 * )
 * server.listen(3000)
 * ```
 */
export function sealform<Own = unknown>(
  actions: Actions<Own>,
  handler: PageHandler,
  options: NodeOptions<Own> = {},
): RequestListener {
  const app: NodeApp = {
    ...createServedApp(actions, options, ['proxy', 'onError']),
    handler,
    ...checkOwn(handler, options as NodeOptions<unknown>),
  }
  const listener = createListener(app)
  const inspector = createInspector(app)
  if (!inspector) return listener

  return function sealform(req, res) {
    if (inspector.takes(req)) inspector.answer(req, res)
    else listener(req, res)
  }
}

function checkOwn(
  handler: unknown,
  { proxy = false, onError = logError }: NodeOptions<unknown>,
): Pick<NodeApp, 'proxy' | 'onError'> {
  if (typeof handler !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      'sealform() for plain Node servers needs the handler of the app as its second argument.',
    )
  }
  if (typeof proxy !== 'boolean') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ proxy }) must be true or false, not ${typeof proxy}.`,
    )
  }
  if (typeof onError !== 'function') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `sealform({ onError }) must be a function, not ${typeof onError}.`,
    )
  }
  return { proxy, onError }
}

function logError(error: unknown, details: FailureDetails): void {
  if (details.reference !== '') console.error(failureLine(details))
  console.error(error)
}
