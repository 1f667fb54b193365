import type { FreshFields } from './answer.js'
import { keptPrefix, sealField, stateField, submitField } from './wire.js'

/** What is called: a form of the page, or a seal that was printed without one. */
export type CallTarget = HTMLFormElement | string

/** What is called, and with which button. */
export interface Called {
  readonly target: CallTarget
  readonly button: HTMLElement | null | undefined
  /** The fields as they were when it was called. */
  readonly own: FormData
}

/** The hidden fields with which a seal that was printed alone is called next. */
const successors = new Map<CallTarget, FreshFields>()

/** The files of a target that have been sent before and wait on the server. */
const waiting = new Map<
  CallTarget,
  readonly { readonly name: string; readonly value: FormDataEntryValue; readonly seal: string }[]
>()

/** Fields whose newest values count: seals, state, references to files. */
const ours = /^sealform($|\.(state$|submit|kept\.))/

/**
 * Puts the newest hidden fields of the target into what is sent. They come first: the server opens the seal before it reads
 * on. A file that waits on the server is not sent again.
 */
export const freshen = ({ target, button, own }: Called): FormData => {
  const data = new FormData()
  if (typeof target === 'string') {
    const { seal, state } = successors.get(target) ?? { seal: target }
    data.append(sealField, seal)
    if (state) data.append(stateField, state)
  } else {
    for (const [name, value] of new FormData(target, button)) if (ours.test(name)) data.append(name, value)
  }
  for (const [name, value] of own) {
    const file = waiting.get(target)?.find((each) => each.name === name && each.value === value)
    if (file) data.append(keptPrefix + name, file.seal)
    else if (!ours.test(name)) data.append(name, value)
  }
  return data
}

/** Keeps the new hidden fields of an answer: in the forms of the page, and for the seal that was sent. */
export const adopt = (called: Called, seals: readonly FreshFields[]): void => {
  const { target, button } = called
  for (const fresh of seals) {
    const form = fresh.sent ? target : document.getElementById(fresh.form ?? '')
    if (form instanceof HTMLFormElement) {
      replaceField(form.querySelector(`[name="${sealField}"]`), fresh.seal)
      replaceField(form.querySelector(`[name="${stateField}"]`), fresh.state)
    } else if (fresh.sent) successors.set(target, fresh)
    if (fresh.sent) adoptFiles(called, fresh)
    if (fresh.button) {
      // Where the value of a button is its label, the seal is in its name.
      if (button?.getAttribute('name') === submitField) button.setAttribute('value', fresh.button)
      else button?.setAttribute('name', `${submitField}.${fresh.button}`)
    }
  }
}

/** Keeps the references to files: of those that came from here by the file, of others in the form. */
const adoptFiles = ({ target, own }: Called, { files }: FreshFields): void => {
  const rest = [...files]
  const take = (matches: (file: FreshFields['files'][number]) => boolean) => {
    const at = rest.findIndex(matches)
    return at < 0 ? [] : rest.splice(at, 1)
  }
  waiting.set(
    target,
    [...own].flatMap(([name, value]) =>
      take(
        (each) =>
          each.name === name && each.file === (value as File).name && each.size === (value as File).size,
      ).map(({ seal }) => ({ name, value, seal })),
    ),
  )
  if (typeof target === 'string') return
  for (const field of target.querySelectorAll<HTMLInputElement>(`[name^="${keptPrefix}"]`)) {
    const [file] = take(({ name }) => keptPrefix + name === field.name)
    if (file) replaceField(field, file.seal)
    else field.remove()
  }
}

/** Browsers give back a value that was changed after Back, so the field is replaced. */
const replaceField = (field: Element | null, value: string | undefined): void => {
  const fresh = field?.cloneNode() as HTMLInputElement | undefined
  if (!field || !fresh || value === undefined) return
  fresh.setAttribute('value', value)
  field.replaceWith(fresh)
}
