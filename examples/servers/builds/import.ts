import { invalid, redirect } from 'sealform'
import { html } from 'sealform/html'
import type { Build } from '../build.js'

/** Defines an action that imports a text file with a name on each line. All builds have it. */
export const defineImport: Build = (actions, book) => {
  const bring = actions.define('book.import', {
    once: true,
    files: { names: { types: ['text/*', '.txt'], maxSize: '2MiB', required: true } },
    async run({ formData }) {
      const file = formData.get('names')
      const names = file instanceof File ? (await file.text()).split('\n').filter((line) => line !== '') : []
      if (names.length === 0) return invalid({ names: 'There is no name in this file' })
      await book.write(...names, `${formData.get('from')} brought ${names.length} names`)
      return redirect('/')
    },
  })
  return (formOf) => {
    const form = formOf(bring)
    return html`${form.summary()}<form ${form.attributes}>${form.fields}
      <label>From <input ${form.input('from')}></label>
      <label>Names <input ${form.input('names')}></label> ${form.issue('names')}
      <button>Import</button></form>`
  }
}
