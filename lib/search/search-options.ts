import { checkOptions } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'
import { fieldNames } from '../base/wire-names.js'

/** Options of `ctx.forms.search(definition, options)`. */
export interface SearchFormOptions {
  /**
   * Tells several searches on a page apart: with `'orders'` the parameter `q` is `orders.q`. Letters, digits, `_` and `-`; it
   * becomes part of the form's id, too. @default none
   */
  key?: string
  /**
   * The names of other parameters that stay in the URL when the form is sent. `'orders'` includes `orders.q`.
   * @default none
   */
  keep?: readonly string[]
}

/**
 * Checks the options of `ctx.forms.search()`.
 *
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function checkSearchOptions(options: SearchFormOptions): void {
  checkOptions('forms.search()', options, ['key', 'keep'])
  const { key, keep } = options
  if (key !== undefined && !(typeof key === 'string' && /^[\w-]+$/.test(key) && isFree(key))) {
    throw new SealformError(
      'ERR_FORM_INVALID',
      `forms.search({ key }) begins the names of parameters: use letters, digits, "_" and "-", and do not start with "${fieldNames.seal}", as ${JSON.stringify(key)} does not.`,
    )
  }
  if (keep === undefined) return
  if (Array.isArray(keep) && keep.every((name) => typeof name === 'string' && name !== '' && isFree(name)))
    return
  throw new SealformError(
    'ERR_FORM_INVALID',
    `forms.search({ keep }) must be a list of names of parameters, such as ['lang'], that do not start with "${fieldNames.seal}".`,
  )
}

function isFree(name: string): boolean {
  return !name.startsWith(fieldNames.seal)
}
