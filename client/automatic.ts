const timers = new WeakMap<HTMLFormElement, ReturnType<typeof setTimeout>>()

/** The form that is being sent by its timer. */
export let automatic: HTMLFormElement | undefined

/** Sends a form with `data-submit-on` by itself, some time after the last change. */
export const watchInput = ({
  target,
  type,
  isComposing,
}: Event & { readonly isComposing?: boolean }): void => {
  const { form } = target as HTMLInputElement
  const on = form?.getAttribute('data-submit-on')
  // The other type is `compositionend`.
  if (on === 'input' ? type === 'change' : type !== on) return
  stopTimer(form!)
  // Until an input method has composed a text, it is not yet what the visitor means.
  if (!isComposing) startTimer(form!)
}

export const stopTimer = (form: HTMLFormElement): void => {
  clearTimeout(timers.get(form))
}

const startTimer = (form: HTMLFormElement): void => {
  const send = () => {
    // requestSubmit() would complain about a half-typed text in a bubble.
    if (form.matches('[novalidate],:valid')) {
      automatic = form
      form.requestSubmit()
      automatic = undefined
    }
  }
  timers.set(form, setTimeout(send, (form.getAttribute('data-delay') ?? 300) as number))
}
