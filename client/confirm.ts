import { element } from './element.js'
import type { Pressed } from './submission.js'
import { words } from './words.js'

/** The form that is being sent after a yes. */
export let confirmed: HTMLFormElement | null

/** Asks before a form is sent, and sends it after a yes. */
export const ask = (pressed: Pressed, question: string): undefined => {
  const dialog = element('dialog', { role: 'alertdialog', textContent: question, ariaLabel: question })
  dialog.append(
    // The first button gets the focus: the one that does nothing.
    element('button', { textContent: words.cancel, onclick: () => dialog.close() }),
    element('button', {
      textContent: pressed.button?.textContent || 'OK',
      onclick: () => {
        sendConfirmed(pressed)
        dialog.close()
      },
    }),
  )
  dialog.onclose = () => dialog.remove()
  document.body.append(dialog)
  dialog.showModal()
}

/** Sends a form as if its button were pressed, without a question. */
export const sendConfirmed = ({ form, button }: Pressed): void => {
  confirmed = form
  // An answer has replaced it meanwhile. Without it, the form would run its own action.
  if (button && !button.isConnected) form.append(button)
  form.requestSubmit(button)
  confirmed = null
}
