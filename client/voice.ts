import { element } from './element.js'

/**
 * Says politely that an answer is shown. A screen reader tells the changes of a live region that it knows already, so there
 * is one, and it is empty until an answer.
 */
export const voice = element('p', { role: 'status', style: 'position:fixed;top:-9em' })
