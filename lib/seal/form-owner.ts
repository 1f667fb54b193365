import { hash } from 'node:crypto'

/** The form that a state or a button belongs to. */
export interface FormOwner {
  readonly action: string
  /** The values bound to the action, as the form's seal holds them. */
  readonly boundText: string
}

/** Returns the digest of the values bound to a form's action, or `undefined` when there are none. */
export function boundDigest({ boundText }: FormOwner): string | undefined {
  return boundText === '' ? undefined : hash('sha256', boundText, 'base64url')
}

/**
 * Returns what the seal of a button holds of its form: the name of the form's action, then a space and the digest of its
 * bound values when it has some. A name holds no space, so no two forms give the same text.
 *
 * @example ownerOf({ action: 'todos.add', boundText: '' }) // 'todos.add'
 */
export function ownerOf(form: FormOwner): string {
  const digest = boundDigest(form)
  return digest === undefined ? form.action : `${form.action} ${digest}`
}

/** Returns the name of the form's action from what `ownerOf()` has made. */
export function ownerName(owner: string): string {
  return owner.split(' ', 1)[0]!
}
