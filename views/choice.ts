import { kindOf } from '../lib/base/check-options.js'
import { SealformError } from '../lib/base/errors.js'

/** A choice of `form.select()` or of a group: a value that is also the label, or a value and its label. */
export type SelectOption =
  | string
  | { readonly value: string; readonly label: string; readonly disabled?: boolean }

/** A choice with its label. */
export interface Choice {
  readonly value: string
  readonly label: string
  readonly disabled?: boolean | undefined
}

/** Gives a choice that is a mere value itself as its label. */
export function choiceOf(option: SelectOption): Choice {
  return typeof option === 'string' ? { value: option, label: option } : option
}

/**
 * Checks the choices of a select or a group.
 *
 * @param where what takes them, for the message
 * @throws SealformError `ERR_FORM_INVALID`
 */
export function checkChoices(where: string, options: readonly SelectOption[] | undefined): void {
  if (!Array.isArray(options)) {
    throw invalid(`${where} needs an array of texts, or of { value, label }, not ${kindOf(options)}.`)
  }
  for (const [i, option] of options.entries()) {
    if (typeof option === 'string') continue
    const part = (['value', 'label'] as const).find((key) => typeof option?.[key] !== 'string')
    if (part === undefined) continue
    throw invalid(
      `${where}: option ${i + 1} has no text as its "${part}". Write a text, or { value: '…', label: '…' }.`,
    )
  }
}

function invalid(message: string): SealformError {
  return new SealformError('ERR_FORM_INVALID', message)
}
