'use server'

import { redirect } from 'next/navigation'
import { issuesOf, keepNote } from '../notes.js'

export async function keep(_previous, formData) {
  const values = Object.fromEntries([...formData].filter(([, value]) => typeof value === 'string'))
  const issues = issuesOf(values)
  if (Object.keys(issues).length > 0) return { values, issues }
  keepNote(values)
  redirect('/done')
}
