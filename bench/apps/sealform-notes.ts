import { type createActions, invalid, redirect, type Submission } from 'sealform'
import type { Form } from 'sealform/koa'
import { check, type Issue, type View } from './page.js'
import { type Row, titles } from './rows.js'

/** Defines the action of all Sealform apps. */
export async function keepNote({ formData }: Submission) {
  const issue = check(text(formData, 'title'), text(formData, 'note'), text(formData, 'priority'))
  return issue ? invalid({ [issue.name]: issue.message }) : redirect('/done')
}

/** Converts a form for the page. */
export function viewOf(form: Form): View {
  return {
    attributes: String(form.attributes),
    fields: String(form.fields),
    title: form.value('title'),
    note: form.value('note'),
    priority: form.value('priority', 'normal'),
    issue: form.issues.find(isOurs),
  }
}

/** Defines the actions of the rows of a list. Returns what makes the rows, each with its id bound to both actions. */
export function defineRows(actions: ReturnType<typeof createActions>) {
  const save = actions.define('rows.save', async (_submission: Submission, _id: number) => redirect('/rows'))
  const remove = actions.define('rows.remove', async (_submission: Submission, _id: number) =>
    redirect('/rows'),
  )
  return (count: number, formOf: (action: Submittable) => RowForm): Row[] =>
    titles(count).map((title, id) => {
      const form = formOf(save.bind(null, id))
      return {
        title,
        attributes: String(form.attributes),
        fields: String(form.fields),
        remove: String(form.submit(remove.bind(null, id))),
      }
    })
}

type Submittable = Parameters<Form['submit']>[0]
type RowForm = Pick<Form, 'attributes' | 'fields' | 'submit'>

function text(formData: FormData, name: Issue['name']): string {
  const value = formData.get(name)
  return typeof value === 'string' ? value : ''
}

function isOurs(issue: { readonly name: string; readonly message: string }): issue is Issue {
  return ['title', 'note', 'priority'].includes(issue.name)
}
