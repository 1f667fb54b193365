import { kindOf } from '../base/check-options.js'
import { SealformError } from '../base/errors.js'

/** What fields are called for people, by field name; `items[].qty` stands for that field in every row. */
export type Labels = ReadonlyMap<string, string>

/**
 * Checks the option `labels`.
 *
 * @throws SealformError `ERR_OPTION_INVALID`
 */
export function resolveLabels(given: unknown, where: string): Labels {
  if (given === undefined) return none
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw invalid(`${where}: "labels" must be an object such as { title: 'Title' }, not ${kindOf(given)}.`)
  }
  for (const [name, label] of Object.entries(given)) {
    if (typeof label === 'string' && label !== '') continue
    throw invalid(
      `${where}: the label of "${name}" must be a text, not ${label === '' ? 'an empty one' : kindOf(label)}.`,
    )
  }
  return new Map(Object.entries(given))
}

/** Finds the label of a field. */
export function labelOf(labels: Labels, name: string): string | undefined {
  return labels.get(name) ?? labels.get(name.replaceAll(/\[\d+\]/g, '[]'))
}

const none: Labels = new Map()

function invalid(message: string): SealformError {
  return new SealformError('ERR_OPTION_INVALID', message)
}
