import { element } from './element.js'
import { type Pressed, read } from './submission.js'
import { words } from './words.js'

let confirmed: HTMLFormElement | undefined

/**
 * Says whether a form may be sent without a question. Asks the question of `data-confirm` otherwise, and sends the form
 * after a yes.
 */
export const isConfirmed = (pressed: Pressed): boolean => {
  const { button } = pressed
  const question = read(pressed, 'data-confirm')
  if (!question || confirmed === pressed.form) return true
  const dialog = element('dialog', question, 'alertdialog')
  // The first button gets the focus: the one that does nothing.
  const no = element('button', words.cancel)
  const yes = element('button', button?.textContent || 'OK')
  dialog.ariaLabel = question
  dialog.append(no, yes)
  dialog.onclick = ({ target }) => {
    if (target === dialog) return
    dialog.close()
    if (target === yes) sendConfirmed(pressed)
  }
  dialog.onclose = () => dialog.remove()
  document.body.append(dialog)
  dialog.showModal()
  return false
}

/** Sends a form as if its button were pressed, without a question. */
export const sendConfirmed = ({ form, button }: Pressed): void => {
  confirmed = form
  form.requestSubmit(button?.isConnected ? button : null)
  confirmed = undefined
}
