import { redirect } from 'sealform'
import { html } from 'sealform/html'
import { z } from 'zod'
import type { Build } from '../build.js'
import { defineComplain } from './complain.js'
import { defineImport } from './import.js'
import { definePraise } from './praise.js'

/**
 * Looks like the first build, and accepts the forms of the second one: it has the action that will be added, and its
 * changing action can migrate. So the second build can be deployed server by server, and rolled back.
 */
export const prepared: Build = (actions, book) => {
  definePraise(actions, book)
  const sign = actions.define('book.sign', {
    once: true,
    version: 1,
    input: z.object({ name: z.string().min(1, 'Enter your name') }),
    migrate: (from) =>
      from === '2'
        ? {
            formData(fields) {
              fields.set('name', `${fields.get('first')} ${fields.get('last')}`)
              return fields
            },
          }
        : undefined,
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
