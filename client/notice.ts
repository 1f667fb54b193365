import { element } from './element.js'
import { words } from './words.js'

/** Says in a form that it was not sent, and offers to send it again. */
export const offerAgain = (form: HTMLFormElement, text: string, again: () => void): void => {
  const notice = element('p', text, 'alert')
  const button = element('button', words.sendAgain)
  notice.className = 'sealform-lost'
  button.type = 'button'
  button.onclick = again
  notice.append(' ', button)
  form.append(notice)
}

export const dropNotice = (form: HTMLFormElement): void => {
  form.querySelector('.sealform-lost')?.remove()
}
