import type { FreshFields } from './answer.js'
import { sealField, stateField } from './wire.js'

/** What is called: a form of the page, or a seal that was printed without one. */
export type CallTarget = HTMLFormElement | string

/** The hidden fields with which a seal that was printed alone is called next. */
const successors = new Map<CallTarget, FreshFields>()

/** Puts the newest seal and state of the target into what is sent. They come first: the server opens the seal before it reads on. */
export const freshen = (target: CallTarget, own: FormData): FormData => {
  const data = new FormData()
  const form = typeof target === 'string' ? undefined : new FormData(target)
  const successor = successors.get(target)
  const seal = form ? form.get(sealField) : (successor?.seal ?? target)
  const state = form ? form.get(stateField) : successor?.state
  if (typeof seal === 'string') data.append(sealField, seal)
  if (typeof state === 'string') data.append(stateField, state)
  for (const [name, value] of own) if (name !== sealField && name !== stateField) data.append(name, value)
  return data
}

/** Keeps the new hidden fields of an answer: in the forms of the page, and for the seal that was sent. */
export const adopt = (target: CallTarget, seals: readonly FreshFields[]): void => {
  for (const fresh of seals) {
    const form = fresh.sent ? target : document.getElementById(fresh.form ?? '')
    if (typeof form === 'string') successors.set(form, fresh)
    else if (form instanceof HTMLFormElement) {
      replaceField(form, sealField, fresh.seal)
      replaceField(form, stateField, fresh.state)
    }
  }
}

/** Browsers give back a value that was changed after Back, so the field is replaced. */
const replaceField = (form: HTMLFormElement, name: string, value: string | undefined): void => {
  const field = form.querySelector(`input[name="${name}"]`)
  const fresh = field?.cloneNode() as HTMLInputElement | undefined
  if (!field || !fresh || value === undefined) return
  fresh.setAttribute('value', value)
  field.replaceWith(fresh)
}
