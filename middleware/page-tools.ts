import type { IncomingMessage } from 'node:http'
import type { Submittable } from '../lib/action/action.js'
import { type SteppedAction, stepsOf } from '../lib/action/define-steps.js'
import type { FieldName, StateOf } from '../lib/action/form-types.js'
import { elementFor } from '../lib/answer/client-table.js'
import { checkOptions, kindOf } from '../lib/base/check-options.js'
import { SealformError } from '../lib/base/errors.js'
import type { Messages } from '../lib/outcome/messages.js'
import type { FormOptions, Page } from '../lib/page/page.js'
import { asSearch, type Search } from '../lib/search/define-search.js'
import { runSearch } from '../lib/search/run-search.js'
import { checkSearchOptions, type SearchFormOptions } from '../lib/search/search-options.js'
import { escapeHtml } from '../views/escape-html.js'
import type { Form } from '../views/form.js'
import type { Forms, StepsFormOptions } from '../views/forms.js'
import { createForm } from '../views/page-form.js'
import { printRegion, type RegionContent, type RegionOptions } from '../views/region.js'
import type { SafeHtml } from '../views/safe-html.js'
import { printLiveTag, printResumeTag, printScriptTag } from '../views/script-tag.js'
import { createSearchForm, type SearchForm } from '../views/search-form.js'
import { canStandIn, standInElements } from '../views/stand-in.js'
import { createSteppedForm, type SteppedForm } from '../views/stepped-form.js'
import { clientScript } from './client-script.js'

/** What a page finds on its request or context. */
export interface PageTools {
  /** What the page says about its forms as a whole, its forms that are sent by GET, and the tag of the script for browsers. */
  forms: Forms
  /**
   * Makes a form for an action.
   *
   * @param action the action with all of its values bound
   * @param options `key` distinguishes several forms of one action; `initial` is the state before the first submission
   * @throws SealformError `ERR_ACTION_UNKNOWN` on anything but an action of the registry given to the middleware
   */
  form<Of extends Submittable>(
    action: Of,
    options?: FormOptions<StateOf<Of>>,
  ): Form<StateOf<Of>, FieldName<Of>>
  /**
   * Marks a part of the page that can be sent alone to a client that asks for it. When `content` is a function and throws,
   * only this region fails: the error goes to the app's error handler, and the rest of the page is shown. An error with a
   * 4xx status is thrown to the page.
   *
   * @param id the id of the one element in `content`
   * @param options `always` sends it along with every other region; `fallback` makes the content that replaces a region that
   *   throws, or `element` names the element of the default content; `live` names the tags whose revalidation refreshes it on open pages
   * @throws SealformError `ERR_REGION_INVALID` when the element has another id, or the page has too many live regions
   */
  region(
    id: string,
    content: SafeHtml | string | (() => SafeHtml | string),
    options?: RegionOptions,
  ): SafeHtml
  region(id: string, content: () => Promise<SafeHtml | string>, options?: RegionOptions): Promise<SafeHtml>
}

/** The request that the tools belong to. */
interface ToolHost {
  readonly req: Pick<IncomingMessage, 'headers'>
  readonly page: Page
  messages(): Messages
  /** The nonce of the page's Content-Security-Policy. */
  nonce(): string | undefined
  /** The URL that the browser asked for, including the part that a mount removes. */
  readonly url: string
  /** Set when the app has live regions. */
  readonly live: { readonly path: string } | undefined
}

/** The arguments of `PageTools.region`. */
export type RegionArguments = [id: string, content: RegionContent, options?: RegionOptions]

/** Implements `PageTools.form`. Bind it to the request. */
export function formOn(this: ToolHost, action: Submittable, options?: FormOptions): Form {
  const { page } = this
  const record = page.form(action, options)
  const joined = page.mountings.joinedOf(action)
  return joined
    ? createForm(record, joined.seals, joined.messages())
    : createForm(record, page.seals, this.messages())
}

/** Implements `Forms.steps`. Bind it to the request. */
export function stepsOn(this: ToolHost, stepped: SteppedAction, options: StepsFormOptions = {}): SteppedForm {
  const details = stepsOf(stepped)
  if (!details) {
    throw new SealformError(
      'ERR_FORM_INVALID',
      `forms.steps() needs what defineSteps() has returned, not ${kindOf(stepped)}.`,
    )
  }
  const { page } = this
  const own = details.own.bind(null, ...details.values) as Submittable
  const mounting = page.mountings.joinedOf(own)
  const seals = mounting?.seals ?? page.seals
  const messages = mounting?.messages() ?? this.messages()
  const initial = { step: details.steps[0]!.name, answers: {} }
  return createSteppedForm(page.form(own, { ...options, initial }), details, { seals, messages })
}

/** Prints the tags of the scripts for browsers. Bind it to the request and to the path where the middleware is mounted. */
export function scriptTagOn(this: ToolHost, mount: string): string {
  const nonce = this.nonce()
  // It has to see a form before the script that takes it over.
  const resume = this.page.mountings.hasResumable
    ? printResumeTag(mount + clientScript('resume').path, nonce)
    : ''
  const tag = resume + printScriptTag(mount + clientScript('client').path, nonce, this.messages())
  const { live } = this
  return live ? tag + printLiveTag(mount + clientScript('live').path, mount + live.path, nonce) : tag
}

/** Prints the path of the module that calls actions. Bind it to the path where the middleware is mounted. */
export function printCallModule(mount: string): string {
  return escapeHtml(mount + clientScript('call').path)
}

/** Implements `Forms.search`. Bind it to the request. */
export async function searchOn(
  this: ToolHost,
  search: Search,
  options: SearchFormOptions = {},
): Promise<SearchForm> {
  const { page, url } = this
  const definition = asSearch(search)
  checkSearchOptions(options)
  const messages = this.messages()
  const id = page.newId(definition.name, options.key)
  const { showsOutcome } = page
  const record = await runSearch(definition, { id, url, messages, showsOutcome }, options)
  return createSearchForm(record, messages)
}

/** Implements `PageTools.region`. Bind it to the request. */
export function regionOn(
  this: ToolHost,
  ...[id, content, options]: RegionArguments
): SafeHtml | Promise<SafeHtml> {
  checkRegionOptions(id, options)
  const lookedFor = () => elementFor(this.req.headers, id)
  return printRegion(this.page, this.messages(), { ...options, id, content, lookedFor })
}

function checkRegionOptions(id: string, options: RegionOptions | undefined): void {
  if (options === undefined) return
  checkOptions(`region('${id}')`, options, ['always', 'element', 'fallback', 'live'])
  const { always, element, fallback } = options
  if (always !== undefined && typeof always !== 'boolean') {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `region('${id}'): "always" must be true or false, not ${kindOf(always)}.`,
    )
  }
  if (element !== undefined && !(typeof element === 'string' && canStandIn(element))) {
    throw new SealformError(
      'ERR_OPTION_INVALID',
      `region('${id}'): "element" must be a custom element or one of ${standInElements.join(', ')}, not ${typeof element === 'string' ? JSON.stringify(element) : kindOf(element)}. For another one, make it by "fallback".`,
    )
  }
  if (fallback === undefined || typeof fallback === 'function') return
  throw new SealformError(
    'ERR_OPTION_INVALID',
    `region('${id}'): "fallback" must be a function that makes the HTML, not ${kindOf(fallback)}.`,
  )
}
