import { fail, redirect } from '@sveltejs/kit'
import { issuesOf, keepNote } from '../notes.js'

export async function keep({ request }) {
  const formData = await request.formData()
  const values = Object.fromEntries([...formData].filter(([, value]) => typeof value === 'string'))
  const issues = issuesOf(values)
  if (Object.keys(issues).length > 0) return fail(400, { values, issues })
  keepNote(values)
  redirect(303, '/done')
}
