import { readFileSync } from 'node:fs'

const read = (name: string) => readFileSync(new URL(`../apps/${name}`, import.meta.url), 'utf8')

const layout = `export default function Layout({ children }) {
  return <html lang="en"><head><meta charSet="utf-8" /><title>Notes</title></head><body>{children}</body></html>
}
`

const page = (folder: string, listed: number) => `import { keep } from '${folder}/actions.js'
import { Body } from '${folder}/react-tree.js'

export const dynamic = 'force-dynamic'

export default function Page() {
  return <Body act={keep} listed={${listed}} />
}
`

// Without revalidatePath() a script would get the state alone, and the page would stay as it is.
const actions = `'use server'

import { revalidatePath } from 'next/cache'

export async function keep(_previous, data) {
  revalidatePath('/', 'layout')
  return String(data.get('title'))
}
`

/**
 * The files of the page of notes as an app of Next.js: the components that the other apps render, the list as server components, the
 * form as a client component.
 */
export function nextNotes(): Record<string, string> {
  return {
    'layout.jsx': layout,
    'page.jsx': page('.', 50),
    'short/page.jsx': page('..', 0),
    'actions.js': actions,
    'react-tree.js': read('react-tree.js'),
    'react-form.js': `'use client'\n${read('react-form.js')}`,
  }
}
