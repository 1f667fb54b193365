import { fieldNames } from './wire-names.js'

/** What the name of a field carries that a React page has printed: `sealform.action.<seal>[.<state>[.<key>]]`. */
export interface ActionField {
  readonly seal: string
  /** The sealed state of the hook. Empty when the hook has no state yet; `undefined` when the field is of no hook. */
  readonly state: string | undefined
  /** The key that React has given to the hook. It only decides which hook shows the outcome. */
  readonly key: string | undefined
}

/** A field as it arrives. A browser adds `.x` and `.y` to the name of an image button. */
export interface SentActionField extends ActionField {
  readonly axis: '' | 'x' | 'y'
}

/** The longest name, in characters: the headers of a part may have 16 KiB. */
export const longestActionField = 15 * 1024

const longestToken = 8192
const longestKey = 1024

// A state and a key have two characters at least, so that neither is taken for an axis.
const pattern =
  /^sealform\.action\.([A-Za-z0-9_-]+)(?:\.(|[A-Za-z0-9_-]{2,})(?:\.([A-Za-z0-9_-]{2,}))?)?(?:\.([xy]))?$/

/** Reads the name of a field. Returns `undefined` when it is too long or has another form. */
export function readActionField(name: string): SentActionField | undefined {
  if (name.length > longestActionField) return undefined
  const [, seal, state, key, axis = ''] = pattern.exec(name) ?? []
  if (seal === undefined || seal.length > longestToken) return undefined
  if ((state?.length ?? 0) > longestToken || (key?.length ?? 0) > longestKey) return undefined
  const text = key === undefined ? undefined : Buffer.from(key, 'base64url').toString('utf8')
  return { seal, state, key: text, axis: axis as SentActionField['axis'] }
}

/** Whether a part of a name that was written here may be longer than it can be read. Most names are short, and need no reading. */
export function mayBeTooLong(name: string): boolean {
  return name.length > longestKey
}

/** Writes the name of a field. */
export function writeActionField({ seal, state, key }: ActionField): string {
  const name = fieldNames.action + seal
  if (state === undefined && key === undefined) return name
  const stateful = `${name}.${state ?? ''}`
  return key === undefined ? stateful : `${stateful}.${Buffer.from(key, 'utf8').toString('base64url')}`
}
