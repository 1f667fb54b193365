import { redirect } from 'sealform'
import { html } from 'sealform/html'
import type { Build } from '../build.js'

/** Defines the action that the second build adds. */
export const definePraise: Build = (actions, book) => {
  const praise = actions.define('book.praise', {
    once: true,
    async run({ formData }) {
      await book.write(`Praise: ${formData.get('praise')}`)
      return redirect('/')
    },
  })
  return (formOf) => {
    const form = formOf(praise)
    return html`${form.summary()}<form ${form.attributes}>${form.fields}
      <label>Praise <input ${form.input('praise', { required: true })}></label> <button>Praise</button></form>`
  }
}
