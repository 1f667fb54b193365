import { type CallAnswer, readAnswer } from './answer.js'
import { adopt, type Called, type CallTarget, freshen } from './fresh-fields.js'
import { richType } from './wire.js'
import { type FieldValue, writeField } from './write-fields.js'

// The second file for browsers: calls an action from any event handler or effect. It needs neither the first file nor a form.

export type { CallAnswer, FreshFields } from './answer.js'
export type { CallTarget } from './fresh-fields.js'
export type { FieldValue } from './write-fields.js'

/** Options of `call(target, values, options)`. */
export interface CallOptions {
  /** Ends the call: it rejects with the reason of the signal. The action may have run. @default none */
  readonly signal?: AbortSignal | undefined
  /** Called while the body is sent, with the bytes sent so far and in total. @default none */
  readonly onProgress?: ((event: Pick<ProgressEvent, 'loaded' | 'total'>) => void) | undefined
  /** The button of the form to press, such as one that `form.submit()` or `form.validate()` has printed. @default none */
  readonly button?: HTMLElement | null | undefined
  /**
   * `queue`: after the calls of the same target that are underway, with the seal of their answer. `parallel`: at once.
   * @default 'queue'
   */
  readonly order?: 'queue' | 'parallel' | undefined
}

/** The last call of each target that is underway. */
const last = new Map<CallTarget, Promise<unknown>>()

/**
 * Calls an action and returns what came of it. Whatever the server or the network does is a value; nothing is thrown for it.
 *
 * @param target a form of the page with its fields, or a seal that the page has printed by `form.seal`
 * @param values fields to send, in place of those of the form that have the same names
 * @throws TypeError on a value that no field can carry, and on a button of another form or without a form
 * @throws DOMException `AbortError`, or the reason of the signal
 * @example
 * ```ts
 * const answer = await call(button.dataset.like, { count: 1 })
 * if (answer.outcome !== 'done') button.disabled = false
 * ```
 */
export const call = <State = unknown>(
  target: CallTarget,
  values: FormData | { readonly [name: string]: FieldValue } = {},
  options: CallOptions = {},
): Promise<CallAnswer<State>> => {
  const { signal, order, button } = options
  return new Promise((resolve, reject) => {
    const called = { target, button, own: fieldsOf(target, button, values) }
    const stop = () => reject(signal?.reason)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
    const call = () => send(called, options)
    const calling: Promise<CallAnswer<State>> =
      order === 'parallel' ? call() : (last.get(target) ?? Promise.resolve()).then(call)
    const settled = calling.then(resolve, reject).finally(() => {
      signal?.removeEventListener('abort', stop)
      if (last.get(target) === settled) last.delete(target)
    })
    last.set(target, settled)
  })
}

/** Collects the fields as they are now, however long the call waits. */
const fieldsOf = (
  target: CallTarget,
  button: Called['button'],
  values: FormData | { readonly [name: string]: FieldValue },
): FormData => {
  const data =
    typeof target === 'string' && !button ? new FormData() : new FormData(target as HTMLFormElement, button)
  const own = values instanceof FormData ? values : new FormData()
  if (own !== values) for (const [name, value] of Object.entries(values)) writeField(own, name, value)
  for (const name of [...Object.keys(values), ...own.keys()]) data.delete(name)
  for (const [name, value] of own) data.append(name, value)
  return data
}

const send = async (called: Called, { signal, onProgress }: CallOptions): Promise<CallAnswer<never>> => {
  const { target, button } = called
  signal?.throwIfAborted()
  const action =
    button?.getAttribute('formaction') ?? (typeof target === 'string' ? '' : target.getAttribute('action'))
  // Without an action, to the page itself whatever its base is.
  const url = new URL(action || location.href, document.baseURI)
  url.hash = ''
  const request = new XMLHttpRequest()
  request.open('POST', url)
  request.setRequestHeader('Accept', richType)
  // Tells the progress of an upload, which fetch does not.
  if (onProgress) request.upload.onprogress = onProgress
  const abort = () => request.abort()
  signal?.addEventListener('abort', abort)
  await new Promise((resolve) => {
    request.onloadend = resolve
    request.send(freshen(called))
  })
  signal?.removeEventListener('abort', abort)
  const answer = readAnswer(request, url.href)
  adopt(called, answer.seals)
  return answer
}
