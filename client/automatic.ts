export const timers = new WeakMap<HTMLFormElement, ReturnType<typeof setTimeout>>()

/** Sends a form with `data-submit-on` by itself, some time after the last change. */
export const watchInput = (event: Event & { readonly isComposing?: boolean }): void => {
  const form = (event.target as HTMLInputElement).form!
  const on = form?.getAttribute('data-submit-on')
  // The other type is `compositionend`.
  if (!on || (on === 'change') !== (event.type === 'change')) return
  clearTimeout(timers.get(form))
  const send = () => {
    // requestSubmit() would complain about a half-typed text in a bubble.
    if (form.matches(':valid,[novalidate]')) form.requestSubmit()
  }
  // Until an input method has composed a text, it is not yet what the visitor means.
  if (!event.isComposing)
    timers.set(form, setTimeout(send, (form.getAttribute('data-delay') || 300) as number))
}
