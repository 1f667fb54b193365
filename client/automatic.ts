export const timers = new WeakMap<HTMLFormElement, ReturnType<typeof setTimeout>>()

/** Sends a form with `data-submit-on` by itself, some time after the last change. */
export const watchInput = ({
  target,
  type,
  isComposing,
}: Event & { readonly isComposing?: boolean }): void => {
  const form = (target as HTMLInputElement).form!
  const on = form?.getAttribute('data-submit-on')
  // The other type is `compositionend`.
  if (on === 'input' ? type === 'change' : type !== on) return
  clearTimeout(timers.get(form))
  // Until an input method has composed a text, it is not yet what the visitor means.
  if (isComposing) return
  const send = () => {
    // requestSubmit() would complain about a half-typed text in a bubble.
    if (form.matches(':valid,[novalidate]')) form.requestSubmit()
  }
  timers.set(form, setTimeout(send, (form.getAttribute('data-delay') ?? 300) as number))
}
