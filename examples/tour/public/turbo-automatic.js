// Sends a form with data-automatic, that many milliseconds after the last change.
const timers = new WeakMap()

addEventListener('input', ({ target }) => {
  const delay = target.form?.dataset.automatic
  if (delay === undefined) return
  clearTimeout(timers.get(target))
  // The answer to an earlier change may have replaced the form around the control.
  timers.set(
    target,
    setTimeout(() => target.form?.requestSubmit(), Number(delay)),
  )
})
