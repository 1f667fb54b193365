import { redirect } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { Build } from '../build.js'
import { defineComplain } from './complain.js'
import { defineImport } from './import.js'

/** The first build: one field for the name, and a form for complaints. */
export const first: Build = (actions, book) => {
  const sign = actions.define('book.sign', {
    once: true,
    version: 1,
    input: z.object({ name: z.string().min(1, 'Enter your name') }),
    async run({ input }) {
      await book.write(input.name)
      return redirect('/')
    },
  })
  const printComplain = defineComplain(actions, book)
  const printImport = defineImport(actions, book)

  return (formOf) => {
    const name = formOf(sign)
    return html`${name.summary()}
      <form ${name.attributes}>${name.fields}
        <label>Name <input ${name.input('name', { required: true })}></label> ${name.issue('name')}
        <button>Sign</button></form>
      ${printComplain(formOf)}
      ${printImport(formOf)}`
  }
}
