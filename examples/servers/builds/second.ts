import { redirect } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { Build } from '../build.js'
import { defineImport } from './import.js'
import { definePraise } from './praise.js'

/** The second build: two fields for the name, and a form for praise. It has no complaints any more. */
export const second: Build = (actions, book) => {
  const sign = actions.define('book.sign', {
    once: true,
    version: 2,
    input: z.object({
      first: z.string().min(1, 'Enter your first name'),
      last: z.string().min(1, 'Enter your last name'),
    }),
    migrate: (from) =>
      from === '1'
        ? {
            formData(fields) {
              const [first = '', ...rest] = String(fields.get('name')).split(' ')
              fields.set('first', first)
              fields.set('last', rest.join(' '))
              return fields
            },
          }
        : undefined,
    async run({ input }) {
      await book.write(`${input.first} ${input.last}`)
      return redirect('/')
    },
  })
  const printPraise = definePraise(actions, book)
  const printImport = defineImport(actions, book)

  return (formOf) => {
    const name = formOf(sign)
    return html`${name.summary()}
      <form ${name.attributes}>${name.fields}
        <label>First name <input ${name.input('first', { required: true })}></label> ${name.issue('first')}
        <label>Last name <input ${name.input('last', { required: true })}></label> ${name.issue('last')}
        <button>Sign</button></form>
      ${printPraise(formOf)}
      ${printImport(formOf)}`
  }
}
