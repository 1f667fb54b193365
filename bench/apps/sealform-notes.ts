import { invalid, redirect, type Submission } from 'sealform'
import type { Form } from 'sealform/koa'
import { check, type Issue, type View } from './page.js'

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

function text(formData: FormData, name: Issue['name']): string {
  const value = formData.get(name)
  return typeof value === 'string' ? value : ''
}

function isOurs(issue: { readonly name: string; readonly message: string }): issue is Issue {
  return ['title', 'note', 'priority'].includes(issue.name)
}
