import type { Pressed } from './submission.js'

/** Makes a change at once, or as a View Transition where button, form or region ask for it and it is welcome. */
export const transition = ({ form, button }: Pressed, change: () => void): void => {
  if (
    (button ?? form).closest('[data-transition]') &&
    'startViewTransition' in document &&
    !matchMedia('(prefers-reduced-motion)').matches
  ) {
    // A page in the background skips the transition and makes the change; that is no error.
    document.startViewTransition(change).ready.catch(() => {})
  } else change()
}
