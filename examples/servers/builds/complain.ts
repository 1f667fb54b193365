import { redirect } from 'sealform'
import { html } from 'sealform/html'
import type { Build } from '../build.js'

/** Defines the action that the second build removes. */
export const defineComplain: Build = (actions, book) => {
  const complain = actions.define('book.complain', {
    once: true,
    async run({ formData }) {
      await book.write(`Complaint: ${formData.get('complaint')}`)
      return redirect('/')
    },
  })
  return (formOf) => {
    const form = formOf(complain)
    return html`${form.summary()}<form ${form.attributes}>${form.fields}
      <label>Complaint <input ${form.input('complaint', { required: true })}></label>
      <button>Complain</button></form>`
  }
}
