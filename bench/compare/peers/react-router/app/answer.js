import { data, redirect } from 'react-router'
import { issuesOf, keepNote } from '../notes.js'

export function answer(formData) {
  const values = Object.fromEntries([...formData].filter(([, value]) => typeof value === 'string'))
  const issues = issuesOf(values)
  if (Object.keys(issues).length > 0) return data({ values, issues }, { status: 400 })
  keepNote(values)
  return redirect('/done')
}
